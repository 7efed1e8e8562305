package io.gru4j.cli;

import static io.gru4j.parameters.GRU4RecParameters.KEEP_LAST;
import static io.gru4j.parameters.GRU4RecParameters.LOSS_FN;
import static io.gru4j.parameters.GRU4RecParameters.STOPPING_CRITERION;

import io.gru4j.algorithms.MarkovChain;
import io.gru4j.algorithms.NextClickEvaluation;
import io.gru4j.algorithms.Popularity;
import io.gru4j.cli.report.Block;
import io.gru4j.cli.report.Block.Fact;
import io.gru4j.cli.report.Report;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.file.OneLine;
import io.gru4j.metrics.RankMetrics;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.ParameterSpec;
import io.gru4j.tensor.Parallel;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The report of {@code train --report}.
 *
 * @param run how the training was called and how long it took
 * @param data the training sessions
 * @param model the trained model
 * @param parameters what it was trained with
 * @param quality how well the validation sessions are predicted; null without validation
 * @param network what is in it
 * @param compared the model beside the one that it replaces; null if they were not judged
 */
record TrainingReport(
    Run run,
    DataStatistics data,
    FittedModel model,
    GRU4RecParameters parameters,
    Quality quality,
    NetworkReport network,
    OldAndNew compared) {
  static final int[] CUTOFFS = {5, 10, 20};
  private static final int K = 20;

  private static final int LONGEST_BAR = 25;
  private static final int CURVE_POINTS = 200;
  private static final int TOP_ITEMS = 10;
  private static final int MOST_UNFOLDED_EPOCHS = 12;
  private static final int LONGEST_ID = 120;

  /**
   * How the training was called and how long it took.
   *
   * @param command the command line
   * @param modelFile where the model was written
   * @param modelBytes the size of that file
   * @param started when the command began
   * @param threads that worked
   * @param readSeconds for the session files
   * @param fitSeconds for the training, criterion included
   */
  record Run(
      String command,
      String modelFile,
      long modelBytes,
      Instant started,
      int threads,
      double readSeconds,
      double fitSeconds) {}

  /**
   * Metrics over every prefix of the validation sessions.
   *
   * @param popular of the first baseline
   * @param markov of the second
   * @param gru of the model
   * @param seconds for all three
   */
  record Quality(RankMetrics popular, RankMetrics markov, RankMetrics gru, double seconds) {

    /** Measures as {@code gru4j evaluate} does. */
    static Quality measure(
        FittedModel model, InteractionMatrix train, InteractionMatrix sessions, int threads) {
      long start = System.nanoTime();
      RankMetrics gru;
      try (Parallel parallel = new Parallel(threads)) {
        gru = model.evaluate(sessions, parallel, CUTOFFS);
      }
      RankMetrics popular =
          NextClickEvaluation.evaluate(new Popularity().fit(train), sessions, CUTOFFS);
      RankMetrics markov =
          NextClickEvaluation.evaluate(new MarkovChain().fit(train), sessions, CUTOFFS);
      return new Quality(popular, markov, gru, (System.nanoTime() - start) * 1e-9);
    }
  }

  /** The page's contents. */
  Report report() {
    List<Report.Section> sections = new ArrayList<>();
    if (compared != null) {
      sections.add(new Report.Section("Old and new", compared.blocks()));
    }
    sections.add(new Report.Section("Quality", qualityBlocks()));
    sections.add(new Report.Section("Training", trainingBlocks()));
    sections.add(new Report.Section("Inside the network", network.blocks()));
    sections.add(new Report.Section("Data", dataBlocks()));
    sections.add(new Report.Section("How it was made", runBlocks()));
    return new Report(
        "gru4j training report",
        run.modelFile + ", " + run.started.truncatedTo(ChronoUnit.SECONDS),
        highlights(),
        sections);
  }

  private List<Report.Highlight> highlights() {
    List<Report.Highlight> highlights = new ArrayList<>();
    if (quality != null) {
      highlights.add(highlight("Recall@" + K, m -> m.recall(K)));
      highlights.add(highlight("MRR@" + K, m -> m.mrr(K)));
    }
    String epochs = model.history().isEmpty() ? "no whole epoch" : "epoch " + kept().epoch();
    String loss = model.history().isEmpty() ? "-" : Numbers.score(kept().loss());
    highlights.add(
        new Report.Highlight("training loss" + (isCrossEntropy() ? ", nats" : ""), loss, epochs));
    double seconds = trainingSeconds();
    long targets = model.history().stream().mapToLong(EpochSummary::targets).sum();
    highlights.add(
        new Report.Highlight(
            "training", Numbers.duration(seconds), count(targets / seconds) + " targets/s"));
    return highlights;
  }

  private Report.Highlight highlight(String name, ToDoubleFunction<RankMetrics> metric) {
    String markov = "Markov chain " + Numbers.score(metric.applyAsDouble(quality.markov));
    return new Report.Highlight(name, Numbers.score(metric.applyAsDouble(quality.gru)), markov);
  }

  private List<Block> qualityBlocks() {
    if (quality == null) {
      return List.of(
          new Block.Note(
              "There were no validation sessions, so nothing was measured: gru4j train takes"
                  + " --validation FILE or --validation-fraction X."));
    }
    List<String> head = new ArrayList<>(List.of(""));
    for (String metric : List.of("Recall", "MRR", "NDCG")) {
      for (int k : CUTOFFS) {
        head.add(metric + "@" + k);
      }
    }
    List<List<String>> rows =
        List.of(
            metrics("most popular", quality.popular),
            metrics("Markov chain", quality.markov),
            metrics("GRU4Rec", quality.gru));
    return List.of(
        new Block.Table("Next click of the validation sessions", head, rows, false),
        new Block.Note(
            Numbers.count(quality.gru.count(), "click")
                + " predicted, each from all those before it in its session, ranked over the whole"
                + " catalogue, ties against the model. These sessions also chose the epoch that is"
                + " kept, if one was chosen, so other sessions may be predicted a little worse."));
  }

  private static List<String> metrics(String name, RankMetrics metrics) {
    List<String> row = new ArrayList<>(List.of(name));
    for (int k : CUTOFFS) {
      row.add(Numbers.score(metrics.recall(k)));
    }
    for (int k : CUTOFFS) {
      row.add(Numbers.score(metrics.mrr(k)));
    }
    for (int k : CUTOFFS) {
      row.add(Numbers.score(metrics.ndcg(k)));
    }
    return row;
  }

  private List<Block> trainingBlocks() {
    List<EpochSummary> history = model.history();
    if (history.isEmpty()) {
      return List.of(new Block.Note("Training ended before its first epoch did."));
    }
    List<Block> blocks = new ArrayList<>();
    List<Block.Point> losses =
        history.stream().map(e -> new Block.Point(e.epoch(), e.loss())).toList();
    blocks.add(curve("Training loss", lossName(), losses));
    List<Block.Point> criteria =
        history.stream()
            .filter(e -> Double.isFinite(e.criterion().orElse(Double.NaN)))
            .map(e -> new Block.Point(e.epoch(), e.criterion().getAsDouble()))
            .toList();
    if (!criteria.isEmpty()) {
      blocks.add(curve("Stopping criterion", criterionName(), criteria));
    }
    List<String> head =
        List.of("epoch", "loss", criterionName(), "steps", "targets", "seconds", "targets/s");
    blocks.add(
        new Block.Table(
            "Epochs",
            head,
            history.stream().map(this::row).toList(),
            history.size() > MOST_UNFOLDED_EPOCHS));
    return blocks;
  }

  private Block.Curve curve(String title, String yName, List<Block.Point> points) {
    int kept = kept().epoch();
    return new Block.Curve(
        title + " (ring: epoch " + kept + ", kept)",
        "epoch",
        yName,
        Block.Scale.COUNT_AND_REAL,
        points,
        kept,
        "kept");
  }

  private List<String> row(EpochSummary e) {
    return List.of(
        e.epoch() + (e.epoch() == kept().epoch() ? ", kept" : ""),
        Numbers.score(e.loss()),
        e.criterion().isPresent() ? Numbers.score(e.criterion().getAsDouble()) : "-",
        Numbers.count(e.steps()),
        Numbers.count(e.targets()),
        String.format(Locale.ROOT, "%.2f", e.seconds()),
        count(e.targetsPerSecond()));
  }

  /** The epoch whose parameters the model has. */
  private EpochSummary kept() {
    return model.history().stream()
        .filter(e -> e.better() && e.criterion().isPresent() && !parameters.get(KEEP_LAST))
        .reduce((earlier, later) -> later)
        .orElseGet(() -> model.history().getLast());
  }

  private boolean isCrossEntropy() {
    return parameters.algorithm() == Algorithm.CROSS_ENTROPY;
  }

  private String lossName() {
    return isCrossEntropy() ? "mean cross-entropy (nats)" : parameters.get(LOSS_FN).toString();
  }

  private String criterionName() {
    return parameters.get(STOPPING_CRITERION).label();
  }

  private List<Block> dataBlocks() {
    List<Block.Bar> bars = new ArrayList<>();
    int longest = data.lengths().length - 1;
    int last = longest > LONGEST_BAR ? LONGEST_BAR - 1 : longest;
    for (int length = 1; length <= last; length++) {
      bars.add(new Block.Bar(Integer.toString(length), data.lengths()[length]));
    }
    if (longest > last) {
      long more = 0;
      for (int length = last + 1; length <= longest; length++) {
        more += data.lengths()[length];
      }
      bars.add(new Block.Bar(last + 1 + "+", more));
    }
    return List.of(
        new Block.Bars("Session lengths", "clicks of a session", "sessions", bars),
        new Block.Curve(
            "Item popularity",
            "rank of the item",
            "clicks",
            Block.Scale.LOG_LOG,
            popularity(),
            Double.NaN,
            ""),
        new Block.Facts("Training sessions", dataFacts()),
        new Block.Table(
            "Most clicked items", List.of("item", "clicks", "share"), topItems(), false));
  }

  /** Ranks that are about evenly spread on a logarithmic axis. */
  private List<Block.Point> popularity() {
    List<Block.Point> points = new ArrayList<>();
    int n = data.popularity().length;
    double ratio = Math.pow(n, 1.0 / CURVE_POINTS);
    int rank = 1;
    while (rank < n) {
      points.add(new Block.Point(rank, data.popularity()[rank - 1]));
      rank = Math.max(rank + 1, (int) (rank * ratio));
    }
    points.add(new Block.Point(n, data.popularity()[n - 1]));
    return points;
  }

  private List<Fact> dataFacts() {
    int tenth = Math.ceilDiv(data.items(), 10);
    return List.of(
        new Fact("sessions", Numbers.count(data.sessions())),
        new Fact("clicks", Numbers.count(data.clicks())),
        new Fact(
            "items",
            Numbers.count(data.items())
                + (data.items() == model.numItems()
                    ? ""
                    : " of the model's " + Numbers.count(model.numItems()))),
        new Fact(
            "clicks of a session",
            String.format(
                Locale.ROOT,
                "mean %.2f, median %d, 95%% at most %d, longest %d",
                data.meanLength(),
                data.lengthAt(0.5),
                data.lengthAt(0.95),
                data.lengths().length - 1)),
        new Fact("clicks of the most popular tenth of the items", percent(data.shareOfTop(tenth))));
  }

  private List<List<String>> topItems() {
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < Math.min(TOP_ITEMS, data.items()); i++) {
      String id = model.items().idOf(data.popular()[i]);
      int clicks = data.popularity()[i];
      rows.add(
          List.of(
              OneLine.of(id, LONGEST_ID),
              Numbers.count(clicks),
              percent((double) clicks / data.clicks())));
    }
    return rows;
  }

  private List<Block> runBlocks() {
    List<Fact> settings = new ArrayList<>();
    Map<String, Object> defaults = GRU4RecParameters.defaults(parameters.algorithm()).getParams();
    for (Map.Entry<String, Object> each : parameters.getParams().entrySet()) {
      String value = ParameterSpec.print(each.getValue());
      String usual = ParameterSpec.print(defaults.get(each.getKey()));
      settings.add(
          new Fact(
              each.getKey(), value.equals(usual) ? value : value + " (default " + usual + ")"));
    }
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("model", run.modelFile + " (" + Numbers.bytes(run.modelBytes) + ")"));
    facts.add(new Fact("estimator", parameters.algorithm().estimator()));
    facts.add(new Fact("seed", model.seed().toString()));
    facts.addAll(Environment.facts(run.threads));
    double training = trainingSeconds();
    facts.add(new Fact("started", run.started.truncatedTo(ChronoUnit.SECONDS).toString()));
    facts.add(new Fact("reading took", Numbers.duration(run.readSeconds)));
    facts.add(new Fact("training took", Numbers.duration(training)));
    double rest = Math.max(0, run.fitSeconds - training);
    facts.add(new Fact("the criterion and the rest", Numbers.duration(rest)));
    if (quality != null) {
      facts.add(new Fact("metrics of this page", Numbers.duration(quality.seconds)));
    }
    return List.of(
        new Block.Code("Command", run.command),
        new Block.Facts("Run", facts),
        new Block.Facts("Parameters", settings));
  }

  private double trainingSeconds() {
    return model.history().stream().mapToDouble(EpochSummary::seconds).sum();
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * share);
  }

  private static String count(double n) {
    return String.format(Locale.ROOT, "%,.0f", n);
  }
}
