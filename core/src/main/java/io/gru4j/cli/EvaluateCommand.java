package io.gru4j.cli;

import io.gru4j.data.SessionData;
import io.gru4j.file.Json;
import io.gru4j.metrics.RankMetrics;
import io.gru4j.model.FittedModel;
import io.gru4j.tensor.Parallel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/** {@code gru4j evaluate}. */
final class EvaluateCommand implements Command {
  @Override
  public String name() {
    return "evaluate";
  }

  @Override
  public String summary() {
    return "measure how well a model predicts the next click";
  }

  @Override
  public String usage() {
    return "FILE... --model M [--at 5,10,20] [--json] [flags]";
  }

  @Override
  public String details() {
    return SessionInput.FORMAT
        + "\n"
        + "After every prefix of every session, the item clicked next is ranked among the whole"
        + " catalogue; items with an equal score count as ranked before it. Clicks on items that"
        + " the model does not know are dropped first, and counted.\n"
        + "stdout gets a table, or with --json one line: {\"recall\": {\"20\": x}, \"mrr\": {...},"
        + " \"ndcg\": {...}, \"clicks\": clicks predicted, \"dropped\": clicks dropped,"
        + " \"seconds\": s of ranking}.";
  }

  @Override
  public List<Option> options() {
    List<Option> options = new ArrayList<>();
    options.add(new Option("model", "M", "the model file"));
    options.add(new Option("at", "K,K,...", "cut-offs of the metrics (default 5,10,20)"));
    options.add(new Option("json", null, "print one line of JSON"));
    options.add(SessionInput.THREADS);
    options.addAll(SessionInput.KEYS);
    options.add(SessionInput.SKIP_BAD_LINES);
    return options;
  }

  @Override
  public String argument() {
    return "FILE";
  }

  @Override
  public void run(CommandLine line, Console console)
      throws UsageException, WorkException, IOException {
    List<Path> files = SessionInput.paths(line.requireArguments("FILE"));
    Path file = line.requirePath("model");
    int[] cutoffs = line.integers("at", "5,10,20");
    boolean json = line.isOn("json");
    int threads = SessionInput.threads(line);
    SessionInput input = new SessionInput(line, console);

    FittedModel model = ModelInput.load(file);
    SessionData data = input.read(files, model.items());
    long start = System.nanoTime();
    RankMetrics metrics;
    try (Parallel parallel = new Parallel(threads)) {
      metrics = model.evaluate(data.interactions(), parallel, cutoffs);
    }
    double seconds = (System.nanoTime() - start) * 1e-9;
    if (metrics.count() == 0) {
      throw new WorkException(
          SessionInput.nothingToPredict(files, data.interactions().numInteractions()));
    }
    long dropped = data.droppedUnknownItems();
    console
        .out()
        .print(json ? json(metrics, dropped, seconds) + "\n" : text(metrics, dropped, seconds));
  }

  static String json(RankMetrics metrics, long dropped, double seconds) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("recall", byCutoff(metrics, metrics::recall));
    json.put("mrr", byCutoff(metrics, metrics::mrr));
    json.put("ndcg", byCutoff(metrics, metrics::ndcg));
    json.put("clicks", metrics.count());
    json.put("dropped", dropped);
    json.put("seconds", seconds);
    return Json.write(json);
  }

  private static Map<String, Object> byCutoff(RankMetrics metrics, IntToDoubleFunction metric) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int k : metrics.cutoffs()) {
      values.put(Integer.toString(k), metric.applyAsDouble(k));
    }
    return values;
  }

  private static String text(RankMetrics metrics, long dropped, double seconds) {
    TextTable table = new TextTable().row("k", "Recall@k", "MRR@k", "NDCG@k");
    for (int k : metrics.cutoffs()) {
      table.row(
          Integer.toString(k),
          Numbers.score(metrics.recall(k)),
          Numbers.score(metrics.mrr(k)),
          Numbers.score(metrics.ndcg(k)));
    }
    return table
        + Numbers.count(metrics.count(), "click")
        + " predicted, "
        + Numbers.count(dropped)
        + " dropped, "
        + Numbers.duration(seconds)
        + "\n";
  }
}
