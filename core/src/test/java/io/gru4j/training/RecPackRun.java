package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static io.gru4j.parameters.GRU4RecParameters.CLIPNORM;
import static io.gru4j.parameters.GRU4RecParameters.KEEP_LAST;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.algorithms.Differences;
import io.gru4j.algorithms.Recording;
import io.gru4j.data.CsrMatrix;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SequenceBatch;
import io.gru4j.data.SequenceBatches;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.tensor.autograd.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Compares a training with a recorded RecPack run. */
public final class RecPackRun {
  private RecPackRun() {}

  /** Compares the batches of an epoch. */
  public static void checkBatches(Recording recording, GRU4RecParameters parameters) {
    InteractionMatrix x = recording.matrix(recording.list("interactions"));
    SequenceBatches batches = SequenceBatches.of(x, parameters.get(BATCH_SIZE));
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
      int[] widths = SequenceBatches.chunkWidths(batch.width(), parameters.get(BPTT));
      assertEquals(e.get("chunkWidths"), longs(Arrays.stream(widths)));
    }
  }

  private static List<Long> longs(IntStream ints) {
    return ints.asLongStream().boxed().toList();
  }

  /** Compares each step and batch with the recorded ones during training. */
  public static final class Steps implements Trainer.Observer {
    private final Recording recording;
    private final GRU4RecParameters parameters;
    private final Differences differences;
    private int step;
    private int batch;
    private int batches;

    /** Starts before the first step of a recording, whose run had these parameters. */
    public Steps(Recording recording, GRU4RecParameters parameters, Differences differences) {
      this.recording = recording;
      this.parameters = parameters;
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
          parameters.get(CLIPNORM) != null,
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

    /** Says that training has ended. */
    public void end() {
      assertEquals(recording.list("steps").size(), step, "number of steps");
      assertEquals(0, batch, "every epoch has all its batches");
    }
  }

  private static double number(Map<?, ?> map, String key) {
    return ((Number) map.get(key)).doubleValue();
  }

  /** Compares what was trained and what is kept. */
  public static void checkModel(
      Recording recording,
      GRU4RecParameters parameters,
      GruNetwork trained,
      FittedModel model,
      Differences differences) {
    boolean last = parameters.get(KEEP_LAST);
    checkEpochs(recording, last, model.history(), differences);
    checkParameters(recording.map("finalParams"), trained, "final parameters", differences);
    Map<String, Object> used = recording.map(last ? "finalParams" : "usedParams");
    checkParameters(used, model.network(), "used parameters", differences);
  }

  private static void checkEpochs(
      Recording recording, boolean last, List<EpochSummary> history, Differences differences) {
    List<?> epochs = recording.list("epochs");
    assertEquals(epochs.size(), history.size(), "epochs run");
    for (int i = 0; i < history.size(); i++) {
      Map<?, ?> expected = (Map<?, ?>) epochs.get(i);
      EpochSummary epoch = history.get(i);
      differences.add("criterion", number(expected, "criterion"), epoch.criterion().getAsDouble());
      assertEquals(expected.get("better"), epoch.better(), "epoch " + i + " better");
      assertEquals(expected.get("stopped"), epoch.stopped(), "epoch " + i + " stopped");
    }
    int used = last ? history.size() - 1 : lastBetter(history);
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

  /** Compares what was predicted. */
  public static void checkScores(Recording recording, CsrMatrix scores, Differences differences) {
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
