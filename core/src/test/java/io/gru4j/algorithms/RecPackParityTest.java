package io.gru4j.algorithms;

import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static io.gru4j.parameters.GRU4RecParameters.CLIPNORM;
import static io.gru4j.parameters.GRU4RecParameters.KEEP_LAST;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.CsrMatrix;
import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SequenceBatch;
import io.gru4j.data.SequenceBatches;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.GruNetwork;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.training.Trainer;
import io.gru4j.training.TrainingStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Replays every recorded RecPack run: batches, losses and gradient norms of every step, criterion,
 * early stop, best epoch, parameters, scores. Prints the largest difference of each kind.
 */
class RecPackParityTest {

  private static final double LIMIT = 1e-4;

  static Stream<Recording> recordings() {
    return Recording.all().stream();
  }

  /** The largest absolute difference by kind, and the check that each is below the limit. */
  private static final class Differences {
    private final String recording;
    private final Map<String, Double> largest = new LinkedHashMap<>();

    Differences(String recording) {
      this.recording = recording;
    }

    void add(String kind, double expected, double actual) {
      double difference = Math.abs(expected - actual);
      assertTrue(
          difference <= LIMIT,
          () -> recording + ": " + kind + ": recorded " + expected + ", got " + actual);
      largest.merge(kind, difference, Math::max);
    }

    @Override
    public String toString() {
      return largest.entrySet().stream()
          .map(e -> String.format(Locale.ROOT, "%s %.1e", e.getKey(), e.getValue()))
          .collect(Collectors.joining(", ", recording + ": ", ""));
    }
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void batchesAreCutAlike(Recording recording) {
    InteractionMatrix x = recording.matrix(recording.list("interactions"));
    SequenceBatches batches = SequenceBatches.of(x, recording.parameters().get(BATCH_SIZE));
    List<?> expected = recording.list("batches");
    assertEquals(expected.size(), batches.size(), "batches");
    for (int b = 0; b < batches.size(); b++) {
      SequenceBatch batch = batches.get(b);
      Map<?, ?> e = (Map<?, ?>) expected.get(b);
      assertEquals(e.get("users"), longs(IntStream.range(0, batch.rows()).map(batch::user)));
      List<List<Long>> items = new ArrayList<>();
      List<List<Long>> targets = new ArrayList<>();
      for (int r = 0; r < batch.rows(); r++) {
        int row = r;
        items.add(longs(IntStream.range(0, batch.width()).map(t -> batch.item(row, t))));
        targets.add(longs(IntStream.range(0, batch.width()).map(t -> batch.target(row, t))));
      }
      assertEquals(e.get("items"), items);
      assertEquals(e.get("targets"), targets);
      int[] widths = SequenceBatches.chunkWidths(batch.width(), recording.parameters().get(BPTT));
      assertEquals(e.get("chunkWidths"), longs(Arrays.stream(widths)));
    }
  }

  private static List<Long> longs(IntStream ints) {
    return ints.asLongStream().boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void fitAndPredictAgree(Recording recording) {
    Differences differences = new Differences(recording.name());
    GruNetwork network = recording.initialNetwork();
    StepChecker checker = new StepChecker(recording, differences);
    try (GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy(recording.parameters())) {
      InteractionMatrix x = recording.matrix(recording.list("interactions"));
      IdMap ids = IdMap.of(IntStream.range(0, x.numItems()).mapToObj(Integer::toString).toList());
      estimator.observer(checker).fit(x, ids, recording.validation(), 0, network);
      checker.end();
      checkEpochs(recording, estimator.model().history(), differences);
      checkParameters(recording.map("finalParams"), network, "final parameters", differences);
      if (!recording.parameters().get(KEEP_LAST)) {
        checkParameters(
            recording.map("usedParams"),
            estimator.model().network(),
            "used parameters",
            differences);
      }
      checkPredict(recording, estimator, differences);
    }
    System.out.println(differences);
  }

  /** Compares each step and batch with the recorded ones during training. */
  private static final class StepChecker implements Trainer.Observer {
    private final Recording recording;
    private final Differences differences;
    private int step;
    private int batch;
    private int batches;

    StepChecker(Recording recording, Differences differences) {
      this.recording = recording;
      this.differences = differences;
    }

    @Override
    public void stepped(TrainingStep done, int epoch, int width, double loss) {
      assertTrue(step < recording.list("steps").size(), "more steps than recorded");
      Map<?, ?> expected = (Map<?, ?>) recording.list("steps").get(step++);
      String at = "step " + step;
      assertEquals(number(expected, "epoch"), epoch, at + " epoch");
      assertEquals(number(expected, "rows"), done.rows(), at + " rows");
      assertEquals(number(expected, "width"), width, at + " width");
      assertEquals(number(expected, "targets"), done.numTargets(), at + " targets");
      differences.add("step loss", number(expected, "loss"), loss);
      double norm = done.gradNorm();
      assertEquals(
          recording.parameters().get(CLIPNORM) != null,
          expected.containsKey("gradNormBeforeClip"),
          at + " clips");
      if (expected.containsKey("gradNormBeforeClip")) {
        differences.add("norm", number(expected, "gradNormBeforeClip"), norm);
      }
      differences.add("norm applied", number(expected, "gradNormApplied"), norm * done.gradScale());
    }

    @Override
    public void batchDone(int epoch, double sumOfChunkLosses) {
      if (batch == 0) {
        batches = batchLosses(epoch).size();
      }
      differences.add(
          "batch loss", ((Number) batchLosses(epoch).get(batch)).doubleValue(), sumOfChunkLosses);
      batch = (batch + 1) % batches;
    }

    private List<?> batchLosses(int epoch) {
      return (List<?>) ((Map<?, ?>) recording.list("epochs").get(epoch)).get("batchLosses");
    }

    void end() {
      assertEquals(recording.list("steps").size(), step, "number of steps");
      assertEquals(0, batch, "every epoch has all its batches");
    }
  }

  private static double number(Map<?, ?> map, String key) {
    return ((Number) map.get(key)).doubleValue();
  }

  private static void checkEpochs(
      Recording recording, List<EpochSummary> history, Differences differences) {
    List<?> epochs = recording.list("epochs");
    assertEquals(epochs.size(), history.size(), "epochs run");
    for (int i = 0; i < history.size(); i++) {
      Map<?, ?> expected = (Map<?, ?>) epochs.get(i);
      EpochSummary epoch = history.get(i);
      differences.add("criterion", number(expected, "criterion"), epoch.criterion().getAsDouble());
      assertEquals(expected.get("better"), epoch.better(), "epoch " + i + " better");
      assertEquals(expected.get("stopped"), epoch.stopped(), "epoch " + i + " stopped");
    }
    int used = recording.parameters().get(KEEP_LAST) ? history.size() - 1 : lastBetter(history);
    assertEquals(recording.integer("usedEpoch"), used, "epoch used");
  }

  private static int lastBetter(List<EpochSummary> history) {
    return IntStream.range(0, history.size())
        .filter(i -> history.get(i).better())
        .max()
        .orElseThrow();
  }

  private static void checkParameters(
      Map<String, Object> expected, GruNetwork network, String kind, Differences differences) {
    for (Parameter p : network.parameters()) {
      float[] values = Recording.floats(expected.get(p.name()));
      for (int i = 0; i < values.length; i++) {
        differences.add(kind, values[i], p.get(i / p.cols(), i % p.cols()));
      }
    }
  }

  private static void checkPredict(
      Recording recording, GRU4RecCrossEntropy estimator, Differences differences) {
    CsrMatrix scores = estimator.predict(recording.matrix(recording.list("predictInteractions")));
    List<?> expected = recording.list("predict");
    List<?> stored = recording.list("predictStored");
    for (int user = 0; user < scores.rows(); user++) {
      assertEquals(
          stored.get(user),
          longs(Arrays.stream(scores.rowIndices(user))),
          "stored for user " + user);
      float[] row = Recording.floats(expected.get(user));
      for (int item = 0; item < row.length; item++) {
        differences.add("score", row[item], scores.get(user, item));
      }
    }
  }
}
