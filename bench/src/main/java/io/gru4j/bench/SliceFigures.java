package io.gru4j.bench;

import io.gru4j.metrics.RankMetrics;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What three models have reached on a slice, and what two of them took.
 *
 * @param slice its number, from 0: the age of the stale model
 * @param stale the first model
 * @param updated the first model, updated with each slice before
 * @param retrained trained on all sessions before
 * @param updateSeconds CPU seconds of the newest update; NaN before the first
 * @param trainSeconds CPU seconds of the training
 */
record SliceFigures(
    int slice,
    Accuracy stale,
    Accuracy updated,
    Accuracy retrained,
    double updateSeconds,
    double trainSeconds) {

  static final int CUTOFF = 20;
  static final String HEADER = "slice,model,targets,recall,mrr,new_targets,new_recall,cpu_seconds";

  /**
   * What a model has reached.
   *
   * @param all of every target
   * @param fresh of those on items that the first model does not know
   */
  record Accuracy(RankMetrics all, RankMetrics fresh) {
    double recall() {
      return all.recall(CUTOFF);
    }

    double mrr() {
      return all.mrr(CUTOFF);
    }

    double freshRecall() {
      return fresh.recall(CUTOFF);
    }
  }

  /** The three lines below {@link #HEADER}. */
  String csv() {
    return line("stale", stale, Double.NaN)
        + line("updated", updated, updateSeconds)
        + line("retrained", retrained, trainSeconds);
  }

  private String line(String name, Accuracy a, double seconds) {
    return String.format(
        Locale.ROOT,
        "%d,%s,%d,%.5f,%.5f,%d,%.5f,%.1f%n",
        slice,
        name,
        a.all.count(),
        a.recall(),
        a.mrr(),
        a.fresh.count(),
        a.freshRecall(),
        seconds);
  }

  /** The table of all slices, with means over all and over those that have an update before. */
  static String table(List<SliceFigures> slices) {
    StringBuilder table =
        new StringBuilder(
            "| slice | targets | on new items | Recall@20 stale | updated | retrained | updated /"
                + " retrained | MRR@20 stale | updated | retrained | new items: updated | retrained"
                + " | updated / retrained | update, CPU s | retraining, CPU s | share |\n");
    table.append("|---".repeat(16)).append("|\n");
    slices.forEach(each -> table.append(row(Integer.toString(each.slice), List.of(each))));
    table.append(row("**mean of " + slices.size() + "**", slices));
    List<SliceFigures> later = slices.subList(1, slices.size());
    table.append(row("**mean without slice 0**", later));
    return table.toString();
  }

  private static String row(String name, List<SliceFigures> slices) {
    double recall = mean(slices, s -> s.updated.recall());
    double retrained = mean(slices, s -> s.retrained.recall());
    double fresh = mean(slices, s -> s.updated.freshRecall());
    double freshRetrained = mean(slices, s -> s.retrained.freshRecall());
    double update = mean(slices, SliceFigures::updateSeconds);
    double train = // of the same slices
        mean(slices, s -> Double.isNaN(s.updateSeconds) ? Double.NaN : s.trainSeconds);
    return "| "
        + String.join(
            " | ",
            name,
            number("%,.0f", mean(slices, s -> s.stale.all.count())),
            number("%,.0f", mean(slices, s -> s.stale.fresh.count())),
            number("%.4f", mean(slices, s -> s.stale.recall())),
            number("%.4f", recall),
            number("%.4f", retrained),
            number("%.3f", recall / retrained),
            number("%.4f", mean(slices, s -> s.stale.mrr())),
            number("%.4f", mean(slices, s -> s.updated.mrr())),
            number("%.4f", mean(slices, s -> s.retrained.mrr())),
            number("%.4f", fresh),
            number("%.4f", freshRetrained),
            number("%.3f", fresh / freshRetrained),
            number("%.1f", update),
            number("%.1f", train),
            number("%.3f", update / train))
        + " |\n";
  }

  /** The mean of those that are known; NaN if none is. */
  private static double mean(List<SliceFigures> slices, ToDoubleFunction<SliceFigures> figure) {
    double[] known = slices.stream().mapToDouble(figure).filter(x -> !Double.isNaN(x)).toArray();
    return Arrays.stream(known).average().orElse(Double.NaN);
  }

  private static String number(String format, double x) {
    return Double.isNaN(x) ? "-" : String.format(Locale.ROOT, format, x);
  }
}
