package io.gru4j.bench;

import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.SEED;

import io.gru4j.algorithms.GRU4RecCrossEntropy;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.model.EpochSummary;
import io.gru4j.parameters.GRU4RecOptions.Embedding;
import io.gru4j.parameters.GRU4RecOptions.Negatives;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.progress.TrainingListener;
import io.gru4j.tensor.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where the time of training goes: samples of the JDK Flight Recorder by part of a step, as a
 * Markdown table. Only threads that run are sampled, not those that wait.
 *
 * <pre>
 * java --add-modules=jdk.incubator.vector -XX:+UnlockDiagnosticVMOptions -XX:+DebugNonSafepoints
 *   -cp bench/target/benchmarks.jar io.gru4j.bench.EpochProfile 10k 1 0.5
 * </pre>
 *
 * <p>Arguments: the catalogue of {@link ClickSessions}, threads, share of the training sessions
 * that is an epoch here, and {@code shared} for the training of {@link SampledTraining} against
 * shared samples instead of the defaults. Without the two options a sample may be counted for a
 * neighbouring part.
 */
final class EpochProfile {

  private static final int WARM_UP = 2; // epochs
  private static final int EPOCHS = 5;

  private EpochProfile() {}

  /**
   * Prints the table.
   *
   * @param args catalogue, threads, share
   */
  public static void main(String[] args) throws IOException {
    if (args.length < 3 || args.length > 4) {
      throw new IllegalArgumentException(
          "arguments are: catalogue (1k, 10k, 40k), threads, share of the sessions, and shared"
              + " for shared samples");
    }
    boolean shared = args.length == 4;
    if (shared && !args[3].equals("shared")) {
      throw new IllegalArgumentException("the last argument can be shared, got " + args[3]);
    }
    InteractionMatrix x = ClickSessions.named(args[0]).trainPart(Double.parseDouble(args[2]));
    Path file = Files.createTempFile("epochs", ".jfr");
    try (Recording recording = new Recording();
        GRU4RecCrossEntropy estimator =
            new GRU4RecCrossEntropy(parameters(shared).set(MAX_EPOCHS, WARM_UP + EPOCHS).build())) {
      recording.enable("jdk.ExecutionSample").withPeriod(Duration.ofMillis(10));
      TrainingListener listener =
          new TrainingListener() {
            @Override
            public void onEpoch(EpochSummary epoch) {
              if (epoch.epoch() == WARM_UP) {
                recording.start();
              }
            }
          };
      estimator
          .threads(Integer.parseInt(args[1]))
          .listener(listener)
          .fit(x, Ours.ids(x.numItems()), null);
      recording.stop();
      recording.dump(file);
      print(args, x.numItems(), count(file, shared ? StepParts.SHARED : StepParts.CATALOGUE));
    } finally {
      Files.delete(file);
    }
  }

  private static GRU4RecParameters.Builder parameters(boolean shared) {
    return shared
        ? SampledTraining.parameters(Negatives.SHARED, Embedding.SHARED).toBuilder()
        : GRU4RecParameters.builder().set(SEED, Ours.DATA_SEED);
  }

  private static Map<String, Integer> count(Path file, List<String> parts) throws IOException {
    Map<String, Integer> counts = new LinkedHashMap<>();
    parts.forEach(part -> counts.put(part, 0));
    counts.put(StepParts.REST, 0);
    try (RecordingFile events = new RecordingFile(file)) {
      while (events.hasMoreEvents()) {
        RecordedEvent event = events.readEvent();
        if (event.getEventType().getName().equals("jdk.ExecutionSample")
            && event.getStackTrace() != null) {
          counts.merge(StepParts.of(event.getStackTrace().getFrames()), 1, Integer::sum);
        }
      }
    }
    return counts;
  }

  private static void print(String[] args, int items, Map<String, Integer> counts)
      throws IOException {
    int all = counts.values().stream().mapToInt(Integer::intValue).sum();
    System.out.printf(
        "`EpochProfile %s`: %s; JDK %s; kernels: %s; %d items; %d samples of %d epochs%n%n",
        String.join(" ", args),
        PeersTable.cpu(),
        Runtime.version(),
        Backend.description(),
        items,
        all,
        EPOCHS);
    System.out.println("| part | share |\n|---|---|");
    counts.forEach(
        (part, n) ->
            System.out.printf(
                Locale.ROOT, "| %s | %.1f %% |%n", part, 100.0 * n / Math.max(1, all)));
  }
}
