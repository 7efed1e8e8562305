package io.gru4j.tensor.nn;

import static io.gru4j.tensor.PlainGru4Rec.FILE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.Reference;
import io.gru4j.tensor.TestData;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import io.gru4j.tensor.optim.Adagrad;
import io.gru4j.tensor.optim.GradientClipping;
import io.gru4j.tensor.optim.Optimizer;
import io.gru4j.tensor.optim.Sgd;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Embedding, GRU, dropout and output layer together. */
class NetworkTest {

  private final Parallel parallel = new Parallel(1);

  /** Few, and around the borders of panels and of the output layer's tiles. */
  @Provide
  Arbitrary<Integer> classes() {
    return Arbitraries.oneOf(
        Arbitraries.integers().between(1, 40), Arbitraries.of(64, 127, 128, 129, 257));
  }

  @Property
  void lossAndGradients(
      @ForAll("classes") int V,
      @ForAll @IntRange(min = 1, max = 9) int components,
      @ForAll @IntRange(min = 1, max = 17) int H,
      @ForAll @IntRange(min = 1, max = 3) int layerCount,
      @ForAll @IntRange(min = 1, max = 6) int T,
      @ForAll @IntRange(min = 1, max = 5) int rows,
      @ForAll boolean drops,
      @ForAll boolean shared,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    float p = drops ? 0.4f : 0f;
    int E = shared ? H : components;
    SmallNetwork net = new SmallNetwork(data, parallel, V, E, H, layerCount, rows, p, shared);
    int[] active = data.activeRows(T, rows);
    int M = TestData.sum(active);
    int[] items = data.targets(M, V, 0);
    int[] targets = data.targets(M, V, 4);

    double[][] table = Reference.of(net.table);
    double[][] weight = shared ? table : Reference.of(net.weight);
    double[] bias = Reference.column(net.bias);
    List<double[][]> states = net.states.stream().map(Reference::of).toList();
    double[][] mask = mask(p, M, E, seed);
    PlainLayers layers = new PlainLayers(net.gruParameters);
    double[][] dropped = times(FILE.embeddingForward(table, items), mask);
    double[][] h = layers.forward(dropped, active, states);
    double[][] dTable = new double[V][E];
    double[][] dWeight = shared ? dTable : new double[V][H];
    double[] dBias = new double[V];
    double[][] dh = new double[M][H];
    double expected = 0;
    int n = (int) IntStream.of(targets).filter(target -> target >= 0).count();
    for (int m = 0; m < M; m++) {
      if (targets[m] >= 0) {
        double[] probs = new double[V];
        double[] logits = FILE.productForward(weight, bias, h[m]);
        expected += FILE.crossEntropyForward(logits, targets[m], probs) / n;
        double[] dLogits = FILE.crossEntropyBackward(probs, targets[m], 1.0 / n);
        FILE.productBackward(weight, h[m], dLogits, dWeight, dBias, dh[m]);
      }
    }
    FILE.embeddingBackward(dTable, items, times(layers.backward(dh), mask));

    Variable actual = net.forward(items, targets, active, T, M, seed);
    assertEquals(expected, net.outputLayer.lossValue(), 2e-6 * (1 + expected));
    net.tape.backward(actual);
    double squares = 0;
    for (Parameter each : net.parameters) {
      for (int r = 0; r < each.rows(); r++) {
        for (int c = 0; c < each.cols(); c++) {
          squares += (double) each.gradAt(r, c) * each.gradAt(r, c);
        }
      }
    }
    double norm = new GradientClipping(net.parameters, parallel).norm();
    assertEquals(Math.sqrt(squares), norm, 1e-5 * (1 + norm), "both uses are in the norm");
    Reference.assertGradient("table", dTable, net.table::gradAt);
    Reference.assertGradient("weight", dWeight, net.weight::gradAt);
    Reference.assertGradient("bias", dBias, net.bias::gradAt);
    layers.assertGradients();
  }

  private static double[][] times(double[][] x, double[][] mask) {
    double[][] y = new double[x.length][];
    for (int m = 0; m < x.length; m++) {
      y[m] = x[m].clone();
      for (int e = 0; e < y[m].length; e++) {
        y[m][e] *= mask[m][e];
      }
    }
    return y;
  }

  private static double[][] mask(float p, int M, int E, long seed) {
    Variable ones = new Variable(Matrix.zeros(M, E));
    ones.value().fill(1f);
    return Reference.of(new Dropout(p, E).forward(new Tape(), ones, seed).value());
  }

  /** Every parameter and loss of a short training, bit for bit, on any number of threads. */
  @Test
  void threadsDoNotChangeABit() {
    for (boolean adagrad : new boolean[] {true, false}) {
      for (boolean shared : new boolean[] {true, false}) {
        for (float p : new float[] {0f, 0.2f}) {
          List<float[]> one = train(1, adagrad, shared, p);
          for (int threads : new int[] {2, 3, 8}) {
            List<float[]> many = train(threads, adagrad, shared, p);
            for (int i = 0; i < one.size(); i++) {
              assertArrayEquals(one.get(i), many.get(i), threads + " threads, array " + i);
            }
          }
        }
      }
    }
  }

  private static List<float[]> train(int threads, boolean adagrad, boolean shared, float dropout) {
    int V = 1500;
    int rows = 140;
    int T = 3;
    try (Parallel parallel = new Parallel(threads)) {
      int E = shared ? 33 : 24;
      SmallNetwork net =
          new SmallNetwork(new TestData(1), parallel, V, E, 33, 2, rows, dropout, shared);
      net.outputLayer.labelSmoothing(shared ? 0.1 : 0);
      Optimizer optimizer =
          adagrad
              ? new Adagrad(net.parameters, 0.1f, shared ? 0.5f : 0f, parallel)
              : new Sgd(net.parameters, 0.1f, 0.9f, parallel);
      GradientClipping clipping = new GradientClipping(net.parameters, parallel);
      float[] losses = new float[4];
      for (int step = 0; step < losses.length; step++) {
        TestData data = new TestData(100 + step);
        int[] active = data.activeRows(T, rows);
        int M = TestData.sum(active);
        int[] items = data.targets(M, 150, 0); // many rows of one item, which share their input
        int[] targets = data.targets(M, V, 5);
        losses[step] = (float) net.step(items, targets, active, T, M, step, clipping, optimizer);
      }
      assertTrue(losses[3] < losses[0] || !adagrad, "the loss should fall");
      List<float[]> result = new ArrayList<>();
      result.add(losses);
      for (Parameter p : net.parameters) {
        result.add(p.value());
      }
      for (Matrix state : net.states) {
        result.add(state.toArray());
      }
      return result;
    }
  }

  /** A training step allocates nothing once the buffers have their size, on any thread. */
  @Test
  @Tag("jit")
  void aSteadyStateStepAllocatesNothing() throws ReflectiveOperationException {
    for (int threads : new int[] {1, 2}) {
      for (int which = 0; which < 3; which++) {
        try (Parallel workers = new Parallel(threads)) {
          long perStep = allocatedPerStep(workers, which == 1, which == 2 ? 0f : 0.2f);
          // the smallest array takes 16 bytes, and measuring itself some hundred in all
          assertTrue(perStep < 20, threads + " threads allocate " + perStep + " bytes a step");
        }
      }
    }
  }

  private static long allocatedPerStep(Parallel workers, boolean options, float dropout)
      throws ReflectiveOperationException {
    int V = 300;
    int T = 2;
    int rows = 40;
    int H = 36; // a panel of 32 units and some beside them, each by its kernels
    int E = options ? H : 8;
    SmallNetwork net =
        new SmallNetwork(new TestData(1), workers, V, E, H, 2, rows, dropout, options);
    net.outputLayer.labelSmoothing(options ? 0.1 : 0);
    Optimizer optimizer = new Adagrad(net.parameters, 0.05f, options ? 0.5f : 0f, workers);
    optimizer.rates(0.05f, options ? 0.001f : 0f);
    GradientClipping clipping = new GradientClipping(net.parameters, workers);
    TestData data = new TestData(2);
    int[] active = {rows, rows - 3};
    int M = 2 * rows - 3;
    int[] items = data.targets(M, V, 0);
    int[] targets = data.targets(M, V, 5);
    int[] step = {0};
    return Allocations.perStep(
        () -> net.step(items, targets, active, T, M, step[0]++, clipping, optimizer));
  }
}
