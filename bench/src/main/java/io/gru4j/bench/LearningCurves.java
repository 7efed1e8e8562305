package io.gru4j.bench;

import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.SEED;

import io.gru4j.algorithms.GRU4Rec;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SessionData;
import io.gru4j.data.SessionFiles;
import io.gru4j.metrics.RankMetrics;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.progress.TrainingListener;
import io.gru4j.tensor.Backend;
import io.gru4j.tensor.Parallel;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How good a model is after so many seconds of training, epoch by epoch: Recall@20 and MRR@20 of
 * the next click after every prefix of sessions that are not trained on, ties against the model.
 * Prints comments, then lines {@code curve,epoch,seconds,recall,mrr}. Only training counts as time.
 *
 * <pre>
 * java --add-modules=jdk.incubator.vector -Xmx6g -cp bench/target/benchmarks.jar
 *   io.gru4j.bench.LearningCurves --data DIR
 * </pre>
 *
 * <p>Options: {@code --data} (a folder with {@code SET_train.tsv.gz}, or that in two parts, and
 * {@code SET_test.tsv.gz}) and {@code --set diginetica}; or {@code --train FILE,...} and {@code
 * --judge FILE}; {@code --curves} (see {@link CurveSettings}); {@code --with
 * CURVE:name=value,name=value;CURVE:...} (other parameters of a curve); {@code --epochs} (for all
 * of them), {@code --seed 42}, {@code --threads 2}.
 */
final class LearningCurves {

  private static final int CUTOFF = 20;

  private static final Map<String, String> DEFAULTS =
      Map.of(
          "--data", System.getProperty("gru4j.data", ""),
          "--set", "diginetica",
          "--train", "",
          "--judge", "",
          "--curves", String.join(",", CurveSettings.NAMES),
          "--with", "",
          "--epochs", "",
          "--seed", "42",
          "--threads", "2");

  private final Map<String, String> options;
  private SessionData train;
  private InteractionMatrix judge;

  private LearningCurves(String[] args) {
    options = NamedOptions.parse(DEFAULTS, args);
  }

  /**
   * Prints the curves.
   *
   * @param args options, as the class comment has them
   */
  public static void main(String[] args) throws IOException {
    if (!Backend.description().startsWith("vector")) {
      throw new IllegalStateException("kernels are " + Backend.description() + ", not vector");
    }
    LearningCurves curves = new LearningCurves(args);
    Map<String, GRU4RecParameters> settings = curves.settings(); // refused before it is long
    Path folder = Files.createTempDirectory("curves");
    try {
      curves.read(folder);
      System.out.printf(
          "# LearningCurves %s: %s; JDK %s; kernels: %s; %d training clicks, %d items%n",
          String.join(" ", args),
          PeersTable.cpu(),
          Runtime.version(),
          Backend.description(),
          curves.train.interactions().numInteractions(),
          curves.train.items().size());
      settings.forEach((name, p) -> System.out.printf("# %s: %s%n", name, p.identifier()));
      System.out.println("curve,epoch,seconds,recall,mrr");
      for (Map.Entry<String, GRU4RecParameters> each : settings.entrySet()) {
        curves.run(each.getKey(), each.getValue(), folder);
      }
    } finally {
      for (Path file : Files.list(folder).toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    }
  }

  private Map<String, GRU4RecParameters> settings() {
    Map<String, Map<String, Object>> changes = new HashMap<>();
    for (String curve : parts("--with", ";")) {
      String[] nameAndValues = curve.split(":", 2);
      Map<String, Object> values = new HashMap<>();
      for (String each : nameAndValues[1].split(",")) {
        String[] pair = each.split("=", 2);
        values.put(pair[0], pair[1]);
      }
      changes.put(nameAndValues[0], values);
    }
    Map<String, GRU4RecParameters> settings = new LinkedHashMap<>();
    for (String name : parts("--curves", ",")) {
      GRU4RecParameters.Builder p =
          CurveSettings.named(name).toBuilder().set(SEED, Long.parseLong(options.get("--seed")));
      if (!options.get("--epochs").isEmpty()) {
        p.set(MAX_EPOCHS, Integer.parseInt(options.get("--epochs")));
      }
      Map<String, Object> ofCurve = changes.remove(name);
      settings.put(name, p.build().withParams(ofCurve == null ? Map.of() : ofCurve));
    }
    if (!changes.isEmpty()) {
      throw new IllegalArgumentException("--with names no curve: " + changes.keySet());
    }
    return settings;
  }

  private List<String> parts(String option, String separator) {
    return Arrays.stream(options.get(option).split(separator)).filter(s -> !s.isEmpty()).toList();
  }

  private void read(Path folder) throws IOException {
    if (options.get("--train").isEmpty() != options.get("--judge").isEmpty()) {
      throw new IllegalArgumentException("--train needs --judge, and --judge needs --train");
    }
    List<Path> trainFiles = parts("--train", ",").stream().map(Path::of).toList();
    Path judgeFile = Path.of(options.get("--judge"));
    if (trainFiles.isEmpty()) {
      if (options.get("--data").isEmpty()) {
        throw new IllegalArgumentException("--data DIR is missing, or --train and --judge");
      }
      Path data = Path.of(options.get("--data"));
      String set = options.get("--set");
      trainFiles = List.of(trainFile(data, set, folder));
      judgeFile = data.resolve(set + "_test.tsv.gz");
    }
    train = new SessionFiles().readAll(trainFiles);
    judge = new SessionFiles().knownItems(train.items()).readAll(judgeFile).interactions();
  }

  /** The file, or its two parts joined, which make one gzip file of several members. */
  private static Path trainFile(Path data, String set, Path folder) throws IOException {
    Path whole = data.resolve(set + "_train.tsv.gz");
    if (Files.exists(whole)) {
      return whole;
    }
    Path joined = folder.resolve("train.tsv.gz");
    try (OutputStream out = Files.newOutputStream(joined)) {
      Files.copy(data.resolve(set + "_train.part1.tsv.gz"), out);
      Files.copy(data.resolve(set + "_train.part2.tsv.gz"), out);
    }
    return joined;
  }

  /** Trains an epoch, judges the model, goes on from its checkpoint. */
  private void run(String name, GRU4RecParameters p, Path folder) throws IOException {
    int threads = Integer.parseInt(options.get("--threads"));
    try (Parallel parallel = new Parallel(threads);
        GRU4Rec<?> estimator = GRU4Rec.of(p)) {
      estimator.threads(threads);
      estimator.listener(new OneEpoch());
      estimator.checkpoint(folder, Duration.ofDays(365)); // that is, after epochs alone
      estimator.fit(train.interactions(), train.items(), null);
      double seconds = 0;
      for (int epoch = 1; ; epoch++) {
        FittedModel model = estimator.model();
        seconds += model.history().getLast().seconds();
        RankMetrics metrics = model.evaluate(judge, parallel, CUTOFF);
        System.out.printf(
            Locale.ROOT,
            "%s,%d,%.2f,%.4f,%.4f%n",
            name,
            epoch,
            seconds,
            metrics.recall(CUTOFF),
            metrics.mrr(CUTOFF));
        if (epoch == p.get(MAX_EPOCHS)) {
          return;
        }
        estimator.resume(train.interactions(), train.items(), null);
      }
    }
  }

  private static final class OneEpoch implements TrainingListener {
    private boolean over;

    @Override
    public void onResume(List<EpochSummary> history) {
      over = false;
    }

    @Override
    public void onEpoch(EpochSummary epoch) {
      over = true;
    }

    @Override
    public boolean isCancelled() {
      return over;
    }
  }
}
