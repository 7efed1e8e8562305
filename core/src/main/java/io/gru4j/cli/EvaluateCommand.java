package io.gru4j.cli;

import io.gru4j.algorithms.Baseline;
import io.gru4j.algorithms.NextClickEvaluation;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SessionData;
import io.gru4j.metrics.NextClickMetrics;
import io.gru4j.metrics.NextClickProtocol;
import io.gru4j.metrics.Ties;
import io.gru4j.model.FittedModel;
import io.gru4j.tensor.Parallel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
    return "FILE... --model M [--at 5,10,20] [--baselines TRAIN] [--json] [flags]";
  }

  @Override
  public String details() {
    return SessionInput.FORMAT
        + "\n"
        + "After every prefix of every session, the item clicked next is ranked among the whole"
        + " catalogue; items with an equal score count as ranked before it, if --ties does not say"
        + " otherwise. Clicks on items that the model does not know are dropped first, and"
        + " counted.\n"
        + "Recall@k: the share of clicks whose item is among the k best. MRR@k: the mean of 1/rank,"
        + " 0 beyond k. NDCG@k: the mean of 1/log2(rank + 1), 0 beyond k. Precision@k: Recall@k/k."
        + " Coverage@k: the share of the catalogue that is among the k best at least once."
        + " Popularity@k: the mean over the k best of their training clicks (those that the model"
        + " file has), those of the most popular item being 1.\n"
        + "stdout gets a table, or with --json one line: {\"recall\": {\"20\": x}, \"mrr\": {...},"
        + " \"ndcg\": {...}, \"precision\": {...}, \"coverage\": {...}, \"popularity\": {...},"
        + " \"clicks\": clicks predicted, \"dropped\": clicks dropped, \"seconds\": s of ranking},"
        + " with --baselines also \"baselines\": {name: the same metrics}, with --each a line for"
        + " each file, which begins with \"file\".";
  }

  @Override
  public List<Option> options() {
    List<Option> options = new ArrayList<>();
    options.add(new Option("model", "M", "the model file"));
    options.add(new Option("at", "K,K,...", "cut-offs of the metrics (default 5,10,20)"));
    options.add(
        new Option(
            "baselines",
            "TRAIN",
            "also measure most popular items, a Markov chain and V-SkNN, which learn from these"
                + " sessions: give the files that the model was trained on",
            true));
    options.add(
        new Option("exclude-seen", null, "items that the session has clicked are not predicted"));
    options.add(
        new Option(
            "ties",
            "against|for|middle",
            "whether items of an equal score count as ranked before the right one (default), after"
                + " it, or half of them each"));
    options.add(new Option("each", null, "measure each FILE by itself"));
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
    NextClickProtocol protocol =
        NextClickProtocol.at(line.integers("at", "5,10,20"))
            .ties(ties(line.get("ties").orElse("against")))
            .excludeSeen(line.isOn("exclude-seen"));
    List<Path> training = SessionInput.paths("--baselines", line.all("baselines"));
    SessionInput.requireOneStandardInput(files, training);
    boolean each = line.isOn("each");
    boolean json = line.isOn("json");
    int threads = SessionInput.threads(line);
    SessionInput input = new SessionInput(line, console);

    LittleWork.expect(LittleWork.ofScoring(file, files));
    FittedModel model = ModelInput.load(file);
    List<Baseline> baselines = new ArrayList<>();
    int[] learned = null; // the clicks of the baselines' items
    if (!training.isEmpty()) {
      InteractionMatrix train = input.read(training, model.items()).interactions();
      Baseline.all().forEach(baseline -> baselines.add(baseline.fit(train)));
      learned = train.itemClicks();
      model = model.itemClicks() == null ? model.withItemClicks(learned) : model;
    }
    List<List<Path>> tests = each ? files.stream().map(List::of).toList() : List.of(files);
    try (Parallel parallel = new Parallel(threads)) {
      Evaluation evaluation = new Evaluation(model, baselines, protocol, parallel);
      for (List<Path> test : tests) {
        String name = each ? SessionInput.names(test) : null;
        SessionData data = input.read(test, model.items());
        Figures figures = evaluation.of(data);
        if (figures.gru().ranks().count() == 0) {
          throw new WorkException(
              SessionInput.nothingToPredict(test, data.interactions().numInteractions()));
        }
        if (learned != null) {
          requireCommonItem(training, learned, test, data.interactions());
        }
        console.out().print(json ? figures.json(name) + "\n" : figures.text(name));
      }
    }
  }

  /** Baselines that know no item of the test judge nothing: their file is another shop's. */
  private static void requireCommonItem(
      List<Path> training, int[] learned, List<Path> test, InteractionMatrix sessions)
      throws WorkException {
    int[] clicks = sessions.itemClicks();
    for (int item = 0; item < learned.length; item++) {
      if (learned[item] > 0 && clicks[item] > 0) {
        return;
      }
    }
    throw new WorkException(
        "--baselines "
            + SessionInput.names(training)
            + ": none of the items of "
            + SessionInput.names(test)
            + " is known, these training data have others");
  }

  private static Ties ties(String text) throws UsageException {
    return switch (text) {
      case "against" -> Ties.AGAINST;
      case "for" -> Ties.FOR;
      case "middle" -> Ties.MIDDLE;
      default -> throw new UsageException("--ties must be against, for or middle, got " + text);
    };
  }

  /** What is judged, and how. */
  private record Evaluation(
      FittedModel model, List<Baseline> baselines, NextClickProtocol protocol, Parallel parallel) {

    Figures of(SessionData data) {
      InteractionMatrix sessions = data.interactions();
      long start = System.nanoTime();
      NextClickMetrics gru = model.evaluate(sessions, protocol, parallel);
      double seconds = (System.nanoTime() - start) * 1e-9;
      Map<String, NextClickMetrics> others = new LinkedHashMap<>();
      int[] clicks = model.itemClicks();
      for (Baseline each : baselines) {
        NextClickMetrics metrics =
            NextClickEvaluation.evaluate(each, sessions, protocol, clicks, parallel);
        others.put(each.name(), metrics);
      }
      return new Figures(gru, others, data.droppedUnknownItems(), seconds);
    }
  }
}
