package io.gru4j.cli;

import io.gru4j.cli.report.Block;
import io.gru4j.metrics.RankMetrics;
import io.gru4j.model.FittedModel;
import io.gru4j.model.JudgedSessions;
import io.gru4j.tensor.Parallel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What an old and a new model reach on the same sessions, of every target and of those on items
 * that the old model does not know.
 *
 * @param old of the old model; null if there is none
 * @param now of the new model
 * @param oldFresh of the old model: misses; null if there is none
 * @param nowFresh of the new model
 */
record OldAndNew(RankMetrics old, RankMetrics now, RankMetrics oldFresh, RankMetrics nowFresh) {
  /** Of all metrics. */
  static final int CUTOFF = 20;

  /** What rounding may add to a fall: less than one click among a hundred million. */
  private static final double ROUNDING = 1e-9;

  private record Line(String name, double old, double now) {
    /** How much of the old figure is lost; 0 where there was nothing to lose. */
    double fall() {
      return old > 0 ? (old - now) / old : 0;
    }

    List<String> cells() {
      String change = old > 0 ? percent(-fall()) : "-";
      return List.of(
          name, Double.isNaN(old) ? "-" : Numbers.score(old), Numbers.score(now), change);
    }
  }

  /** Has both models judged. */
  static OldAndNew measure(
      FittedModel oldOrNull, FittedModel now, JudgedSessions sessions, int threads) {
    try (Parallel parallel = new Parallel(threads)) {
      RankMetrics ofNow = sessions.judge(now, parallel, CUTOFF);
      if (oldOrNull == null) {
        return new OldAndNew(null, ofNow, null, new RankMetrics(CUTOFF));
      }
      JudgedSessions fresh = sessions.newSince(oldOrNull.items());
      return new OldAndNew(
          sessions.judge(oldOrNull, parallel, CUTOFF),
          ofNow,
          fresh.judge(oldOrNull, parallel, CUTOFF),
          fresh.judge(now, parallel, CUTOFF));
    }
  }

  private List<Line> decisive() {
    return List.of(
        line("Recall@" + CUTOFF, old, now, m -> m.recall(CUTOFF)),
        line("MRR@" + CUTOFF, old, now, m -> m.mrr(CUTOFF)));
  }

  private static Line line(
      String name, RankMetrics old, RankMetrics now, ToDoubleFunction<RankMetrics> metric) {
    double before = old == null ? Double.NaN : metric.applyAsDouble(old);
    return new Line(name, before, metric.applyAsDouble(now));
  }

  /**
   * Says what has fallen by more than a share of its old value.
   *
   * @param allowed the share, in [0, 1)
   * @return such as {@code MRR@20 fell by 3.1%}; empty if nothing has
   */
  Optional<String> fall(double allowed) {
    List<String> fallen = new ArrayList<>();
    for (Line line : decisive()) {
      if (line.fall() > allowed + ROUNDING) {
        fallen.add(line.name + " fell by " + percent(line.fall()).substring(1));
      }
    }
    return fallen.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", fallen));
  }

  private List<List<String>> rows() {
    List<List<String>> rows = new ArrayList<>();
    decisive().forEach(line -> rows.add(line.cells()));
    if (nowFresh.count() > 0) {
      String name = "Recall@" + CUTOFF + " of items new to the old model";
      rows.add(line(name, oldFresh, nowFresh, m -> m.recall(CUTOFF)).cells());
    }
    return rows;
  }

  private static final List<String> HEAD = List.of("", "old", "new", "change");

  /** The table, and on what it rests. */
  String text() {
    TextTable table = new TextTable().row(HEAD.toArray(String[]::new));
    rows().forEach(row -> table.row(row.toArray(String[]::new)));
    return table + basis() + "\n";
  }

  private String basis() {
    return Numbers.count(now.count(), "click")
        + " predicted"
        + (old == null
            ? ", there is no old model"
            : ", "
                + Numbers.count(nowFresh.count())
                + " on items that the old model does not know");
  }

  /** The same for a page. */
  List<Block> blocks() {
    return List.of(
        new Block.Table("The same sessions, judged by both models", HEAD, rows(), false),
        new Block.Note(
            basis()
                + ". Every click but each session's first counts for both models; one on an item"
                + " that a model does not know is a miss for it."));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%+.1f%%", 100 * share + 0.0); // never -0.0
  }
}
