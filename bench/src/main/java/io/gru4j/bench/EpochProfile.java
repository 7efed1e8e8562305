package io.gru4j.bench;

import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.SEED;

import io.gru4j.algorithms.GRU4RecCrossEntropy;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.model.EpochSummary;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.progress.TrainingListener;
import io.gru4j.tensor.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
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
 * that is an epoch here. Without the two options a sample may be counted for a neighbouring part.
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
    if (args.length != 3) {
      throw new IllegalArgumentException(
          "arguments are: catalogue (1k, 10k, 40k), threads, share of the sessions");
    }
    InteractionMatrix x = ClickSessions.named(args[0]).trainPart(Double.parseDouble(args[2]));
    Path file = Files.createTempFile("epochs", ".jfr");
    try (Recording recording = new Recording();
        GRU4RecCrossEntropy estimator =
            new GRU4RecCrossEntropy(
                GRU4RecParameters.builder()
                    .set(SEED, Ours.DATA_SEED)
                    .set(MAX_EPOCHS, WARM_UP + EPOCHS)
                    .build())) {
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
      print(args, x.numItems(), count(file));
    } finally {
      Files.delete(file);
    }
  }

  private static Map<String, Integer> count(Path file) throws IOException {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (String part : new String[] {"forward", "softmax", "dW", "dhidden", "optimizer", "GRU"}) {
      counts.put(part, 0);
    }
    counts.put("rest", 0);
    try (RecordingFile events = new RecordingFile(file)) {
      while (events.hasMoreEvents()) {
        RecordedEvent event = events.readEvent();
        if (event.getEventType().getName().equals("jdk.ExecutionSample")
            && event.getStackTrace() != null) {
          counts.merge(part(event), 1, Integer::sum);
        }
      }
    }
    return counts;
  }

  /** The part of the step that the innermost known frame belongs to. */
  private static String part(RecordedEvent event) {
    for (RecordedFrame frame : event.getStackTrace().getFrames()) {
      String type = frame.getMethod().getType().getName();
      String method = frame.getMethod().getName();
      String part = null;
      if (type.startsWith("io.gru4j.tensor.optim.")) { // clipping is among them
        part = "optimizer";
      } else if (type.startsWith("io.gru4j.tensor.nn.Gru")) {
        part = "GRU";
      } else if (type.equals("io.gru4j.tensor.nn.HiddenGradient")) {
        part = "dhidden";
      } else if (type.equals("io.gru4j.tensor.nn.OutputLayer")) {
        part = ofOutputLayer(method);
      } else if (type.equals("io.gru4j.tensor.nn.DistinctRows")) {
        continue; // these frames say nothing: a frame further out does
      } else if (method.startsWith("row")) {
        part = "softmax";
      }
      if (part != null) {
        return part;
      }
    }
    return "rest";
  }

  private static String ofOutputLayer(String method) {
    return switch (method) {
      case "makeLogits" -> "forward";
      case "backwardTile", "addToWeights", "addToBias", "scaleHidden", "takeTargets" -> "dW";
      case "backwardHidden" -> "dhidden";
      case "forward", "packChunk", "normaliseChunk" -> "softmax"; // forward: equal rows, losses
      default -> null; // the lambdas and loops around those
    };
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
