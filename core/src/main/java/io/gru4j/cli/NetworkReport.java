package io.gru4j.cli;

import io.gru4j.cli.report.Block;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.file.OneLine;
import io.gru4j.model.FittedModel;
import io.gru4j.progress.UpdateNorm;
import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;

/**
 * What a training report shows of the network itself: how far epochs have moved its parts, how open
 * its gates are, where the items are that are clicked most, and what it loses on rare ones.
 *
 * @param updates norms by epoch
 * @param gates of each layer
 * @param losses by the targets' frequency
 * @param components of the embeddings of {@code named}
 * @param named ids of the items that are clicked most, descending
 * @param validated whether gates and losses are of validation sessions, not of training sessions
 */
record NetworkReport(
    SortedMap<Integer, List<UpdateNorm>> updates,
    List<GateHistogram> gates,
    FrequencyLoss losses,
    PrincipalComponents components,
    List<String> named,
    boolean validated) {
  private static final int ITEMS = 200;
  private static final int NAMED = 12;
  private static final int MOST_UNFOLDED_EPOCHS = 12;
  private static final int LONGEST_ID = 120;

  /**
   * Measures what is not known yet.
   *
   * @param sessionsOrNull validation sessions; null for none
   */
  static NetworkReport measure(
      FittedModel model,
      DataStatistics data,
      InteractionMatrix train,
      InteractionMatrix sessionsOrNull,
      SortedMap<Integer, List<UpdateNorm>> updates,
      int threads) {
    InteractionMatrix sessions = sessionsOrNull == null ? train : sessionsOrNull;
    int n = Math.min(ITEMS, data.items());
    Matrix rows = Matrix.zeros(n, model.network().numComponents());
    List<String> named = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      model.network().embedding().readRow(data.popular()[i], rows.data(), i * rows.cols());
      named.add(OneLine.of(model.items().idOf(data.popular()[i]), LONGEST_ID));
    }
    try (Parallel parallel = new Parallel(threads)) {
      return new NetworkReport(
          updates,
          GateHistogram.of(model, sessions),
          FrequencyLoss.measure(model, data, sessions, parallel),
          PrincipalComponents.of(rows, 2),
          named,
          sessionsOrNull != null);
    }
  }

  /** The section's contents. */
  List<Block> blocks() {
    List<Block> blocks = new ArrayList<>(updateBlocks());
    blocks.addAll(gateBlocks());
    blocks.add(scatter());
    blocks.add(lossTable());
    blocks.add(
        new Block.Note(
            ("An update's norm is that of what an epoch has added to the values of a part. A gate"
                 + " is saturated below 0.1 and from 0.9 on, where it hardly passes a gradient;"
                 + " gates and losses are of up to 2,000 clicks of the %s sessions. Frequent items"
                 + " are those that have a third of the training clicks, rare ones the least"
                 + " clicked third; the loss is the cross-entropy of sessions' last clicks over the"
                 + " whole catalogue.")
                .formatted(validated ? "validation" : "training")));
    return blocks;
  }

  private List<Block> updateBlocks() {
    List<Block> blocks = new ArrayList<>();
    if (updates.isEmpty()) {
      return List.of(new Block.Note("No epoch was trained from its beginning on, or all of it."));
    }
    List<UpdateNorm> parts = updates.get(updates.firstKey());
    for (int part = 0; part < parts.size(); part++) {
      List<Block.Point> points = new ArrayList<>();
      for (Map.Entry<Integer, List<UpdateNorm>> epoch : updates.entrySet()) {
        double ratio = epoch.getValue().get(part).ratio();
        if (Double.isFinite(ratio)) {
          points.add(new Block.Point(epoch.getKey(), ratio));
        }
      }
      if (!points.isEmpty()) {
        blocks.add(
            new Block.Curve(
                "Update norm, " + parts.get(part).part(),
                "epoch",
                "update norm / weight norm",
                Block.Scale.COUNT_AND_REAL,
                points,
                Double.NaN,
                ""));
      }
    }
    List<List<String>> rows = new ArrayList<>();
    updates.forEach(
        (epoch, norms) ->
            norms.forEach(
                each ->
                    rows.add(
                        List.of(
                            epoch + ", " + each.part(),
                            number(each.update()),
                            number(each.weight()),
                            number(each.ratio())))));
    blocks.add(
        new Block.Table(
            "Update norms",
            List.of("epoch, part", "update", "weights", "ratio"),
            rows,
            rows.size() > MOST_UNFOLDED_EPOCHS));
    return blocks;
  }

  private List<Block> gateBlocks() {
    List<Block> blocks = new ArrayList<>();
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < gates.size(); i++) {
      String layer = gates.size() == 1 ? "" : " of layer " + (i + 1);
      blocks.add(bars("Reset gate" + layer, gates.get(i).reset()));
      blocks.add(bars("Update gate" + layer, gates.get(i).update()));
      rows.add(row("reset gate" + layer, gates.get(i).reset()));
      rows.add(row("update gate" + layer, gates.get(i).update()));
    }
    blocks.add(
        new Block.Table(
            "Saturated gates", List.of("", "below 0.1", "0.9 and up", "together"), rows, false));
    return blocks;
  }

  private static Block bars(String title, long[] counts) {
    List<Block.Bar> bars = new ArrayList<>();
    for (int tenth = 0; tenth < counts.length; tenth++) {
      long share = Math.round(1_000 * GateHistogram.share(counts, tenth));
      bars.add(new Block.Bar(String.format(Locale.ROOT, "%.1f", tenth / 10.0), share));
    }
    return new Block.Bars(title, "value, tenths from", "of 1,000 values", bars);
  }

  private static List<String> row(String name, long[] gate) {
    return List.of(
        name,
        percent(GateHistogram.share(gate, 0)),
        percent(GateHistogram.share(gate, GateHistogram.TENTHS - 1)),
        percent(GateHistogram.saturated(gate)));
  }

  private Block scatter() {
    List<Block.NamedPoint> points = new ArrayList<>();
    for (int i = 0; i < named.size(); i++) {
      double[] at = components.coordinates()[i];
      points.add(new Block.NamedPoint(at[0], at[1], named.get(i)));
    }
    return new Block.Scatter(
        "Embeddings of the " + named.size() + " most clicked items",
        "first component, " + percent(components.shares()[0]) + " of the variance",
        "second component, " + percent(components.shares()[1]),
        points,
        NAMED);
  }

  private Block lossTable() {
    List<List<String>> rows = new ArrayList<>();
    for (FrequencyLoss.Group each : losses.groups()) {
      rows.add(
          List.of(
              each.name() + ", " + Numbers.count(each.items(), "item"),
              Numbers.count(each.least()) + " to " + Numbers.count(each.most()),
              Numbers.count(each.targets()),
              each.targets() == 0 ? "-" : Numbers.score(each.loss())));
    }
    return new Block.Table(
        "Loss by frequency",
        List.of("items", "training clicks of one", "targets", "cross-entropy, nats"),
        rows,
        false);
  }

  private static String number(double x) {
    return Double.isNaN(x) ? "-" : String.format(Locale.ROOT, "%.4g", x);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * share);
  }
}
