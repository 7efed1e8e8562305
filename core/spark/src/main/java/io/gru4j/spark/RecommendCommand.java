package io.gru4j.spark;

import io.gru4j.cli.Command;
import io.gru4j.cli.CommandLine;
import io.gru4j.cli.Console;
import io.gru4j.cli.InputFormat;
import io.gru4j.cli.ItemList;
import io.gru4j.cli.Option;
import io.gru4j.cli.UsageException;
import io.gru4j.cli.WorkException;
import io.gru4j.model.FittedModel;
import io.gru4j.model.UnknownItems;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** {@code recommend}. */
final class RecommendCommand implements Command {
  @Override
  public String name() {
    return "recommend";
  }

  @Override
  public String summary() {
    return "recommend next items for sessions";
  }

  @Override
  public String usage() {
    return "--model PATH --sessions PATH --out PATH [--top 20] [flags]";
  }

  @Override
  public String details() {
    return "--sessions is anything that Spark reads, one click a row. --out gets Parquet with"
        + " columns session, rank (from 1), item, score, and source with --fallback; if it is there"
        + " already, that is an error. Scores are those of gru4j recommend, to the bit.";
  }

  @Override
  public List<Option> options() {
    List<Option> options = new ArrayList<>();
    options.add(new Option("model", "PATH", "the model file, on any file system that Spark knows"));
    options.add(new Option("sessions", "PATH", "the sessions; several may be given", true));
    options.add(new Option("out", "PATH", "where to write"));
    options.addAll(
        io.gru4j.cli.Main.options(
            "recommend", "top", "exclude-seen", "exclude", "candidates", "fallback", "unknown"));
    options.addAll(FrameFlags.options());
    return options;
  }

  @Override
  public void run(CommandLine line, Console console)
      throws UsageException, WorkException, IOException {
    String path = line.require("model");
    line.require("sessions");
    String out = line.require("out");
    int top = line.integer("top", 20, 1);
    boolean fallback = is(line, "fallback", "popular", null);
    boolean fail = is(line, "unknown", "fail", "skip");
    InputFormat input = InputFormat.of(line);
    SparkSession spark = SparkSession.builder().getOrCreate();
    FittedModel model = ModelPath.load(spark, path);
    ScoringCounters counters = SparkRecommender.newCounters(spark);
    SparkRecommender recommender =
        new SparkRecommender(model)
            .counters(counters)
            .format(FrameFlags.format(line, input))
            .unknown(fail ? UnknownItems.FAIL : UnknownItems.SKIP);
    if (line.isOn("exclude-seen")) {
      recommender = recommender.unseen();
    }
    if (fallback) {
      recommender = recommender.popularFallback();
    }
    Optional<String> candidates = line.get("candidates");
    if (candidates.isPresent()) {
      List<String> ids =
          items(spark, model, "--candidates " + candidates.get(), candidates, console);
      if (ids.isEmpty()) {
        throw new WorkException(
            "--candidates " + candidates.get() + ": the model knows none of these items");
      }
      recommender = recommender.only(ids);
    }
    Optional<String> exclude = line.get("exclude");
    if (exclude.isPresent()) {
      recommender =
          recommender.without(items(spark, model, "--exclude " + exclude.get(), exclude, console));
    }
    Dataset<Row> sessions = FrameFlags.read(spark, line, line.all("sessions"));
    Dataset<Row> best = recommender.recommend(sessions, top);
    spark.sparkContext().setJobDescription("gru4j recommend: scoring");
    try {
      best.write().parquet(out);
    } finally {
      spark.sparkContext().setJobDescription(null);
    }
    report(counters, fallback, console);
    console.err().println(out + ": written");
  }

  private static boolean is(CommandLine line, String flag, String word, String other)
      throws UsageException {
    Optional<String> value = line.get(flag);
    if (value.isPresent() && !value.get().equals(word) && !value.get().equals(other)) {
      throw new UsageException(
          "--"
              + flag
              + " must be "
              + (other == null ? word : other + " or " + word)
              + ", got "
              + value.get());
    }
    return value.isPresent() && value.get().equals(word);
  }

  private static List<String> items(
      SparkSession spark, FittedModel model, String what, Optional<String> path, Console console) {
    List<String> lines = spark.read().textFile(path.orElseThrow()).collectAsList();
    ItemList list = ItemList.of(lines, model.items());
    list.doubt(what).ifPresent(console.err()::println);
    return list.ids();
  }

  private static void report(ScoringCounters counters, boolean fallback, Console console) {
    console
        .err()
        .printf(
            "%,d sessions scored, %.1f seconds of tasks%n",
            counters.sessions(), counters.seconds());
    if (counters.sessionsWithoutKnownItem() > 0) {
      console
          .err()
          .printf(
              "%,d sessions without any known item got %s%n",
              counters.sessionsWithoutKnownItem(),
              fallback ? "the most popular items" : "no recommendation");
    }
    if (counters.unknownClicks() > 0) {
      console.err().printf("%,d clicks on unknown items skipped%n", counters.unknownClicks());
    }
    if (!counters.scalarExecutors().isEmpty()) {
      console
          .err()
          .println(
              "warning: no Vector API on executors "
                  + String.join(", ", counters.scalarExecutors())
                  + ": the same scores, some ten times slower; see"
                  + " spark.executor.extraJavaOptions");
    }
  }
}
