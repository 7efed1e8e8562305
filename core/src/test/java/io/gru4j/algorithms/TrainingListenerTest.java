package io.gru4j.algorithms;

import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_LAYERS;
import static io.gru4j.parameters.GRU4RecParameters.SEED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.progress.BatchProgress;
import io.gru4j.progress.TrainingListener;
import io.gru4j.tensor.RandomStream;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.training.Trainer;
import io.gru4j.training.TrainingStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingListenerTest {
  private final TestSessions s = TestSessions.make(3, 40, 9);

  /** Records the calls, and cancels after a given one. */
  private static final class Log implements TrainingListener {
    final List<String> calls = new ArrayList<>();
    final List<BatchProgress> batches = new ArrayList<>();
    final List<EpochSummary> epochs = new ArrayList<>();
    String cancelAfter = "";

    @Override
    public void onBatch(BatchProgress p) {
      batches.add(p);
      calls.add("batch " + p.epoch() + "." + p.batch());
    }

    @Override
    public void onEpoch(EpochSummary e) {
      epochs.add(e);
      calls.add("epoch " + e.epoch());
    }

    @Override
    public boolean isCancelled() {
      boolean cancels = calls.getLast().equals(cancelAfter);
      calls.add(cancels ? "cancelled" : "asked");
      return cancels;
    }
  }

  private FittedModel fit(Log log, boolean validate, Map<String, Object> params) {
    try (GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy(TestSessions.tiny())) {
      estimator.setParams(params).threads(1).listener(log);
      return estimator.fit(s.x(), s.items(), validate ? s.validation() : null).model();
    }
  }

  private static void assertSameBits(GruNetwork expected, GruNetwork actual) {
    for (int i = 0; i < expected.parameters().size(); i++) {
      assertArrayEquals(values(expected.parameters().get(i)), values(actual.parameters().get(i)));
    }
  }

  private static float[] values(Parameter p) {
    float[] values = new float[p.rows() * p.cols()];
    p.read(0, values, values.length);
    return values;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void batchesThenTheirEpoch(boolean validate) {
    Log log = new Log();
    fit(log, validate, Map.of());
    int batches = log.batches.getFirst().batches();
    assertTrue(batches > 2);
    List<String> expected = new ArrayList<>();
    for (int epoch = 1; epoch <= 3; epoch++) {
      for (int batch = 1; batch <= batches; batch++) {
        expected.addAll(List.of("batch " + epoch + "." + batch, "asked"));
      }
      expected.addAll(List.of("epoch " + epoch, "asked"));
    }
    assertEquals(expected, log.calls);
  }

  /** One session of 20 clicks, whose steps take their time. */
  @Test
  void aLongBatchReportsItsSteps() {
    List<BatchProgress> steps = new ArrayList<>();
    List<BatchProgress> batches = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(BatchProgress progress) {
            steps.add(progress);
          }

          @Override
          public void onBatch(BatchProgress progress) {
            batches.add(progress);
          }
        };
    Trainer.Observer slow =
        new Trainer.Observer() {
          @Override
          public void stepped(TrainingStep step, int epoch, int width, double loss) {
            LockSupport.parkNanos(60_000_000);
          }
        };
    int[] items = IntStream.range(0, 20).toArray();
    InteractionMatrix x =
        InteractionMatrix.of(
            1, 20, new int[20], items, IntStream.range(0, 20).asDoubleStream().toArray());
    try (GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy(TestSessions.tiny())) {
      estimator.setParams(Map.of("max_epochs", 1, "bptt", 1)).threads(1).listener(listener);
      estimator.observer(slow).fit(x);
    }
    assertEquals(1, batches.size());
    assertTrue(steps.size() >= 2, steps::toString);
    long before = 0;
    for (BatchProgress step : steps) {
      assertEquals(1, step.batch());
      assertTrue(step.targetsDone() > before && step.targetsDone() <= 19, steps::toString);
      before = step.targetsDone();
    }
  }

  @Test
  void theLastBatchOfAnEpochHasItsSums() {
    Log log = new Log();
    assertEquals(log.epochs, fit(log, true, Map.of()).history());
    for (BatchProgress p : log.batches) {
      assertEquals(3, p.maxEpochs());
      EpochSummary epoch = log.epochs.get(p.epoch() - 1);
      assertEquals(epoch.targets(), p.targetsPerEpoch());
      assertEquals(p.batch() == p.batches(), p.targetsDone() == p.targetsPerEpoch());
      if (p.batch() == p.batches()) {
        assertEquals(epoch.loss(), p.meanLoss());
        assertTrue(p.seconds() <= epoch.seconds());
      }
      assertEquals(p.targetsDone(), p.targetsPerSecond() * p.seconds(), 1e-6);
      assertEquals(epoch.targets(), epoch.targetsPerSecond() * epoch.seconds(), 1e-6);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,true", "1,false", "2,true", "2,false"})
  void cancelledBetweenEpochsIsTheFitOfSoManyEpochs(int epochs, boolean validate) {
    Log log = new Log();
    log.cancelAfter = "epoch " + epochs;
    FittedModel cancelled = fit(log, validate, Map.of());
    FittedModel shorter = fit(new Log(), validate, Map.of("max_epochs", epochs));
    assertEquals("cancelled", log.calls.getLast());
    assertEquals(epochs, cancelled.history().size());
    assertFalse(cancelled.history().getLast().stopped(), "no rule stopped it");
    assertSameBits(shorter.network(), cancelled.network());
  }

  @Test
  void cancelledAfterTheLastBatchIsAWholeEpoch() {
    Log log = new Log();
    fit(log, true, Map.of("max_epochs", 1));
    Log again = new Log();
    again.cancelAfter = "batch 1." + log.batches.size();
    FittedModel model = fit(again, true, Map.of("max_epochs", 1));
    assertEquals(1, model.history().size());
    assertTrue(again.calls.contains("epoch 1"));
  }

  /** Without validation, and where no epoch was judged, the parameters are those of that moment. */
  @ParameterizedTest
  @CsvSource({"1,false,false", "1,true,false", "2,false,false", "2,true,true"})
  void cancelledWithinAnEpochKeepsTheParametersOfThatMoment(
      int epoch, boolean validate, boolean keepLast) {
    Log log = new Log();
    log.cancelAfter = "batch " + epoch + ".2";
    FittedModel cancelled = fit(log, validate, Map.of("keep_last", keepLast));
    assertEquals(epoch - 1, cancelled.history().size());
    assertEquals(epoch - 1, log.epochs.size());
    assertEquals("cancelled", log.calls.getLast());
    assertSameBits(afterBatch(epoch, 2), cancelled.network());
  }

  @Test
  void cancelledWithinAnEpochKeepsTheBestEpoch() {
    Log log = new Log();
    log.cancelAfter = "batch 2.2";
    FittedModel cancelled = fit(log, true, Map.of());
    assertEquals(1, cancelled.history().size());
    assertSameBits(fit(new Log(), true, Map.of("max_epochs", 1)).network(), cancelled.network());
  }

  @Test
  void anExceptionOfAListenerIsThrownByFit() {
    TrainingListener failing =
        new TrainingListener() {
          @Override
          public boolean isCancelled() {
            throw new IllegalStateException("asked once too often");
          }
        };
    try (GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy(TestSessions.tiny())) {
      estimator.threads(1).listener(failing);
      IllegalStateException thrown =
          assertThrows(
              IllegalStateException.class, () -> estimator.fit(s.x(), s.items(), s.validation()));
      assertEquals("asked once too often", thrown.getMessage());
    }
  }

  /** The parameters in mid-flight, seen by an observer of an uninterrupted training. */
  private GruNetwork afterBatch(int epoch, int batch) {
    GRU4RecParameters p = TestSessions.tiny();
    GruNetwork network =
        GruNetwork.zeros(
                s.x().numItems(), p.get(NUM_COMPONENTS), p.get(HIDDEN_SIZE), p.get(NUM_LAYERS))
            .initialise(RandomStream.at(p.get(SEED), 0));
    List<GruNetwork> seen = new ArrayList<>();
    Trainer.Observer observer =
        new Trainer.Observer() {
          private int batches;

          @Override
          public void batchDone(int index, double sumOfChunkLosses) {
            if (index == epoch - 1 && ++batches == batch) {
              seen.add(network.copy());
            }
          }
        };
    try (GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy(p)) {
      estimator.threads(1).observer(observer).fit(s.x(), s.items(), null, p.get(SEED), network);
    }
    return seen.getFirst();
  }
}
