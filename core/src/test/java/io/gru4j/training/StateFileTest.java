package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecParameters.NUM_LAYERS;
import static io.gru4j.parameters.GRU4RecParameters.OPTIMIZATION_ALGORITHM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.algorithms.TestSessions;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.OptimizationAlgorithm;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The optimizer's state moves with the rows of its items. */
class StateFileTest {
  private static final Parallel ONE = new Parallel(1);

  private static TrainingState state(GRU4RecParameters p, int items, boolean shared) {
    GruNetwork.Form form = Objectives.form(p);
    GruNetwork network =
        shared
            ? GruNetwork.sharedZeros(items, p.layerSizes(), form)
            : GruNetwork.zeros(items, 3, p.layerSizes(), form);
    int[] clicks = new int[items];
    Arrays.fill(clicks, 1);
    Objective objective = Objectives.of(network, p, clicks, null, 1, ONE);
    TrainingStep step = new TrainingStep(network, p, objective, 1, ONE);
    return new TrainingState(1, network, step, new StoppingRule(p));
  }

  /** Every value is a function of its parameter, row and column. */
  private static float value(int parameter, int k, int row, int col) {
    return 1 + 1000 * parameter + 300 * k + 8 * row + col / 8f;
  }

  /** Some are forgotten, some are new, and the pad token's row is the last of both. */
  @Property(tries = 60)
  void everyRowIsWhereItsItemIs(
      @ForAll @IntRange(min = 1, max = 30) int before,
      @ForAll @IntRange(min = 1, max = 9) int added,
      @ForAll @IntRange(min = 0, max = 15) int switches,
      @ForAll long seed)
      throws IOException {
    GRU4RecParameters.Builder builder = TestSessions.tiny().toBuilder().set(NUM_LAYERS, 2);
    boolean shared = (switches & 1) != 0;
    if ((switches & 2) != 0) { // in rows
      builder.set("batching", "session_parallel").set("negatives", "shared").set("num_samples", 3);
    }
    if ((switches & 4) != 0) {
      builder.set(OPTIMIZATION_ALGORITHM, OptimizationAlgorithm.SGD).set("momentum", 0.5);
    } else if ((switches & 8) != 0) {
      builder.set("adagrad_momentum", 0.3);
    }
    GRU4RecParameters p = builder.build();
    TrainingState old = state(p, before, shared);
    List<Parameter> parameters = old.network.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter each = parameters.get(i);
      float[][] arrays = old.step.optimizer().state(i);
      assertTrue(arrays.length > 0);
      for (int k = 0; k < arrays.length; k++) {
        for (int row = 0; row < each.rows(); row++) {
          float[] values = new float[each.cols()];
          for (int col = 0; col < values.length; col++) {
            values[col] = value(i, k, row, col);
          }
          each.write(arrays[k], (long) row * values.length, values, values.length);
        }
      }
    }
    old.step.resumeAt(17);
    Path file = Files.createTempFile("gru4j", ".state");
    StateFile.write(file, null, "0".repeat(64), old);

    List<Integer> kept = new ArrayList<>();
    Random random = new Random(seed);
    for (int item = 0; item < before; item++) {
      if (random.nextInt(3) > 0) {
        kept.add(item);
      }
    }
    kept.addAll(Collections.nCopies(added, -1));
    int[] rows = kept.stream().mapToInt(Integer::intValue).toArray();
    TrainingState now = state(p, rows.length, shared);
    StateFile.restore(file, now, rows, before);
    Files.delete(file);
    assertEquals(17, now.step.steps());
    List<Parameter> tables = StartNetwork.tables(now.network);
    parameters = now.network.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter each = parameters.get(i);
      float[][] arrays = now.step.optimizer().state(i);
      boolean table = tables.contains(each);
      for (int k = 0; k < arrays.length; k++) {
        float fresh = state(p, rows.length, shared).step.optimizer().state(i)[k][0];
        for (int row = 0; row < each.rows(); row++) {
          int from = !table ? row : row == rows.length ? before : rows[row];
          float[] values = new float[each.cols()];
          each.read(arrays[k], (long) row * values.length, values, values.length);
          for (int col = 0; col < values.length; col++) {
            float expected = from < 0 ? fresh : value(i, k, from, col);
            assertEquals(expected, values[col], each.name() + ", row " + row);
          }
        }
      }
    }
  }
}
