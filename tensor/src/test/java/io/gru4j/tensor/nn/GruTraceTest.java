package io.gru4j.tensor.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.TestData;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** A sequence looked at, and the way back, against the layers that training uses. */
class GruTraceTest {
  private final Parallel parallel = new Parallel(1);

  @Provide
  Arbitrary<Integer> widths() {
    return Arbitraries.of(1, 2, 3, 5, 8, 11, 16, 31, 32, 33);
  }

  @Property(tries = 100)
  void forwardAndBackwardAreThoseOfTraining(
      @ForAll("widths") int E,
      @ForAll("widths") int H,
      @ForAll @IntRange(min = 1, max = 3) int layerCount,
      @ForAll @IntRange(min = 1, max = 6) int T,
      @ForAll @IntRange(min = 1, max = 70) int K,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    Parameter table = data.fill(Parameter.ofSparseRows("emb.weight", 9, E), 1f);
    List<GruParameters> layers = new ArrayList<>();
    for (int i = 0; i < layerCount; i++) {
      layers.add(data.gru(i, i == 0 ? E : H, H, 1f));
    }
    int[] items = data.targets(T, 9, 0);
    Matrix dLast = data.matrix(K, H, 1f);

    GruTrace trace = new GruTrace(table, layers, items);
    GruState state = new GruState(table, layers, 1);
    for (int t = 0; t < T; t++) {
      state.advance(new int[] {items[t]}, 1);
      for (int i = 0; i < layerCount; i++) {
        assertArrayEquals(state.layer(i).toArray(), row(trace.states(i), t + 1));
        float[] gates = Arrays.copyOf(row(trace.gates(i), t), 3 * H);
        assertArrayEquals(Arrays.copyOf(state.gates(i).toArray(), 3 * H), gates);
      }
    }

    float[][] expected = inTraining(table, layers, items, dLast);
    Matrix actual = trace.gradientTimesInput(dLast);
    for (int k = 0; k < K; k++) {
      assertArrayEquals(expected[k], row(actual, k), 1e-5f, "row " + k);
    }
    assertArrayEquals(actual.toArray(), trace.gradientTimesInput(dLast).toArray(), "a second time");
    layers.forEach(layer -> layer.all().forEach(p -> assertEquals(null, p.gradOrNull())));
  }

  private static float[] row(Matrix from, int row) {
    return Arrays.copyOfRange(from.data(), row * from.cols(), (row + 1) * from.cols());
  }

  /** One sequence for each row, packed by time, through the layers of a training step. */
  private float[][] inTraining(
      Parameter table, List<GruParameters> layers, int[] items, Matrix dLast) {
    int K = dLast.rows();
    int T = items.length;
    int E = table.cols();
    int[] packed = new int[K * T];
    int[] active = new int[T];
    for (int t = 0; t < T; t++) {
      Arrays.fill(packed, t * K, (t + 1) * K, items[t]);
      active[t] = K;
    }
    Variable x = new Variable(Matrix.zeros(K * T, E));
    Embedding.lookUp(table, packed, K * T, x.value().data());
    Tape tape = new Tape();
    Variable h = x;
    for (int i = 0; i < layers.size(); i++) {
      GruParameters copy = GruParameters.zeros(i, layers.get(i).inputs(), layers.get(i).hidden());
      for (int p = 0; p < copy.all().size(); p++) {
        float[] from = layers.get(i).all().get(p).value();
        System.arraycopy(from, 0, copy.all().get(p).value(), 0, from.length);
      }
      Matrix state = Matrix.zeros(K, copy.hidden());
      h = new Gru(copy, parallel).forward(tape, h, active, T, state);
    }
    Variable top = h;
    int H = dLast.cols();
    tape.record(() -> System.arraycopy(dLast.data(), 0, top.grad().data(), (T - 1) * K * H, K * H));
    tape.backward(new Variable(Matrix.zeros(1, 1)));
    float[][] result = new float[K][T];
    for (int k = 0; k < K; k++) {
      for (int t = 0; t < T; t++) {
        for (int e = 0; e < E; e++) {
          int at = (t * K + k) * E + e;
          result[k][t] += x.value().data()[at] * x.grad().data()[at];
        }
      }
    }
    return result;
  }
}
