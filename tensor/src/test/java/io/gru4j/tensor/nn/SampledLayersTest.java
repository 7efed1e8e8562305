package io.gru4j.tensor.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.Reference;
import io.gru4j.tensor.TestData;
import io.gru4j.tensor.autograd.Operations;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The layers that score some classes only, beside their losses written out in double precision; the
 * gradients beside central differences of those.
 */
class SampledLayersTest {

  private static final double STEP = 1e-5;
  private static final Parallel ONE = new Parallel(1);

  @Provide
  Arbitrary<Integer> widths() {
    return Arbitraries.of(1, 2, 5, 16, 31, 32, 33, 65);
  }

  /** A loss of scores {@code [row][column]} with the columns' classes known to it. */
  private interface Loss {
    double of(double[][] scores);
  }

  /** One case: parameters, hidden states, and the class of each row's and column's score. */
  private static final class Case {
    final Parameter weight;
    final Parameter bias;
    final Variable hidden;
    final int[][] classes; // [row][column], the target first

    Case(TestData data, int V, int H, int M, int columns, float scale) {
      weight = data.fill(Parameter.ofSparseRows("lin.weight", V, H), scale);
      bias = data.fill(Parameter.ofSparseBias("lin.bias", V), scale);
      hidden = data.variable(M, H, 1f);
      classes = new int[M][columns];
    }

    private double[][] scores(double[][] h, double[][] w, double[] b) {
      double[][] scores = new double[classes.length][classes[0].length];
      for (int m = 0; m < scores.length; m++) {
        for (int j = 0; j < scores[m].length; j++) {
          int c = classes[m][j];
          double sum = b[c];
          for (int k = 0; k < h[m].length; k++) {
            sum += h[m][k] * w[c][k];
          }
          scores[m][j] = sum;
        }
      }
      return scores;
    }

    boolean hasScoreNearZero() {
      double[][] scores =
          scores(Reference.of(hidden.value()), Reference.of(weight), Reference.column(bias));
      return Arrays.stream(scores)
          .flatMapToDouble(Arrays::stream)
          .anyMatch(s -> Math.abs(s) < 0.01);
    }

    /** Compares all gradients, times the gradient of the loss, with central differences. */
    void check(Loss loss, double actual, float lossGradient) {
      double[][] h = Reference.of(hidden.value());
      double[][] w = Reference.of(weight);
      double[] b = Reference.column(bias);
      assertEquals(loss.of(scores(h, w, b)), actual, 2e-5 * (1 + Math.abs(actual)));
      for (int m = 0; m < h.length; m++) {
        for (int k = 0; k < h[m].length; k++) {
          double expected = difference(h[m], k, () -> loss.of(scores(h, w, b)));
          close(lossGradient * expected, hidden.grad().get(m, k), "dHidden");
        }
      }
      for (int c = 0; c < w.length; c++) {
        for (int k = 0; k < w[c].length; k++) {
          double expected = difference(w[c], k, () -> loss.of(scores(h, w, b)));
          close(lossGradient * expected, weight.gradAt(c, k), "dW");
        }
        double expected = difference(b, c, () -> loss.of(scores(h, w, b)));
        close(lossGradient * expected, bias.gradAt(c, 0), "db");
      }
    }

    private static double difference(double[] x, int i, java.util.function.DoubleSupplier loss) {
      double value = x[i];
      x[i] = value + STEP;
      double above = loss.getAsDouble();
      x[i] = value - STEP;
      double below = loss.getAsDouble();
      x[i] = value;
      return (above - below) / (2 * STEP);
    }

    private static void close(double expected, double actual, String what) {
      assertEquals(expected, actual, 2e-5 * (1 + Math.abs(expected)), what);
    }

    void zeroGrad() {
      weight.zeroGrad();
      bias.zeroGrad();
      hidden.grad().fill(0f);
    }
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  /** The softmax of the scores of a row but one, which gets 0. */
  private static double[] softmaxWithout(double[] o, int own) {
    double max = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < o.length; j++) {
      max = j == own ? max : Math.max(max, o[j]);
    }
    double[] w = new double[o.length];
    double sum = 0;
    for (int j = 0; j < o.length; j++) {
      w[j] = j == own ? 0 : Math.exp(o[j] - max);
      sum += w[j];
    }
    for (int j = 0; j < o.length; j++) {
      w[j] /= sum;
    }
    return w;
  }

  private static double pairwise(PairwiseLoss kind, double[][] scores) {
    double sum = 0;
    for (double[] s : scores) {
      double[] w = softmaxWithout(s, 0);
      double q = 0;
      double rest = 0;
      for (int j = 1; j < s.length; j++) {
        double U = s.length - 1;
        double top1 = sigmoid(s[j] - s[0]) + sigmoid(s[j] * s[j]);
        switch (kind) {
          case BPR -> rest += softplus(s[j] - s[0]) / U;
          case TOP1 -> rest += top1 / U;
          case TOP1_MAX -> rest += w[j] * top1;
          case BPR_MAX -> {
            q += w[j] * sigmoid(s[0] - s[j]);
            rest += w[j] * s[j] * s[j];
          }
        }
      }
      sum += rest - (kind == PairwiseLoss.BPR_MAX ? Math.log(q) : 0);
    }
    return sum / scores.length;
  }

  private static double run(Case c, OwnNegatives layer, int[] targets, int[] negatives, float dL) {
    c.zeroGrad();
    Tape tape = new Tape();
    Variable loss = layer.forward(tape, c.hidden, targets, negatives);
    assertEquals((float) layer.lossValue(), loss.value().get(0, 0));
    tape.backward(new Operations(tape, ONE).scale(loss, dL));
    return layer.lossValue();
  }

  @Property(tries = 200)
  void ownNegatives(
      @ForAll PairwiseLoss kind,
      @ForAll("widths") int H,
      @ForAll @IntRange(min = 1, max = 12) int M,
      @ForAll("widths") int U,
      @ForAll @IntRange(min = 1, max = 20) int V,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    Case c = new Case(data, V, H, M, U + 1, 1f);
    int[] targets = data.targets(M, V, 0);
    int[] negatives = data.targets(M * U, V, 0); // targets among them too
    for (int m = 0; m < M; m++) {
      c.classes[m][0] = targets[m];
      System.arraycopy(negatives, m * U, c.classes[m], 1, U);
    }
    OwnNegatives layer = new OwnNegatives(c.weight, c.bias, kind, U, ONE);
    float dL = data.below(2) == 0 ? 1f : -2.5f;
    c.check(scores -> pairwise(kind, scores), run(c, layer, targets, negatives, dL), dL);
  }

  /** Classes of a layer with shared samples, as the rows see them: own target first. */
  private static void columns(Case c, int[] targets, int[] samples) {
    int M = targets.length;
    for (int m = 0; m < M; m++) {
      int j = 0;
      c.classes[m][j++] = targets[m];
      for (int i = 0; i < M + samples.length; i++) {
        if (i != m) {
          c.classes[m][j++] = i < M ? targets[i] : samples[i - M];
        }
      }
    }
  }

  private static double run(Case c, SharedNegatives layer, int[] targets, int[] samples, float dL) {
    c.zeroGrad();
    Tape tape = new Tape();
    Variable loss = layer.forward(tape, c.hidden, targets, samples, samples.length);
    assertEquals((float) layer.lossValue(), loss.value().get(0, 0));
    tape.backward(new Operations(tape, ONE).scale(loss, dL));
    return layer.lossValue();
  }

  @Property(tries = 200)
  void sharedCrossEntropy(
      @ForAll("widths") int H,
      @ForAll @IntRange(min = 1, max = 12) int M,
      @ForAll @IntRange(min = 0, max = 70) int S,
      @ForAll @IntRange(min = 1, max = 60) int V,
      @ForAll boolean corrected,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    int samples = M == 1 ? Math.max(1, S) : S;
    int divisor = M + data.below(4);
    Case c = new Case(data, V, H, M, M + samples, 1f);
    int[] targets = data.targets(M, V, 0);
    int[] shared = data.targets(samples, V, 0);
    columns(c, targets, shared);
    float[] ofTarget = corrected ? data.values(V, 2f) : null;
    float[] ofSample = corrected ? data.values(V, 2f) : null;
    Loss loss =
        scores -> {
          double sum = 0;
          for (int m = 0; m < M; m++) {
            double all = 0;
            double own = 0;
            for (int j = 0; j < scores[m].length; j++) {
              boolean early = j < M || j < divisor; // the first columns are the targets'
              float[] of = early ? ofTarget : ofSample;
              double o = scores[m][j] - (corrected ? of[c.classes[m][j]] : 0);
              all += Math.exp(o);
              own = j == 0 ? Math.exp(o) : own;
            }
            sum -= Math.log(own / all + 1e-24);
          }
          return sum / divisor;
        };
    SharedNegatives layer =
        SharedNegatives.crossEntropy(c.weight, c.bias, divisor, ofTarget, ofSample, ONE);
    float dL = data.below(2) == 0 ? 1f : -2.5f;
    c.check(loss, run(c, layer, targets, shared, dL), dL);
  }

  @Property(tries = 200)
  void sharedBprMax(
      @ForAll("widths") int H,
      @ForAll @IntRange(min = 1, max = 12) int M,
      @ForAll @IntRange(min = 0, max = 70) int S,
      @ForAll @IntRange(min = 1, max = 60) int V,
      @ForAll boolean withElu,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    int samples = M == 1 ? Math.max(1, S) : S;
    int divisor = M + data.below(4);
    double bpreg = data.below(3) * 0.75;
    Case c = new Case(data, V, H, M, M + samples, 1f);
    int[] targets = data.targets(M, V, 0);
    int[] shared = data.targets(samples, V, 0);
    columns(c, targets, shared);
    double elu = !withElu ? 0 : c.hasScoreNearZero() ? 1 : 0.5; // 0.5 has a kink there
    Loss loss =
        scores -> {
          double sum = 0;
          for (double[] s : scores) {
            double[] o = s.clone();
            for (int j = 0; j < o.length; j++) {
              o[j] = o[j] > 0 || elu == 0 ? o[j] : elu * Math.expm1(o[j]);
            }
            double[] w = softmaxWithout(o, 0);
            double q = 0;
            double penalty = 0;
            for (int j = 1; j < o.length; j++) {
              q += w[j] * sigmoid(o[0] - o[j]);
              penalty += w[j] * o[j] * o[j];
            }
            sum += -Math.log(q + 1e-24) + bpreg * penalty;
          }
          return sum / divisor;
        };
    SharedNegatives layer = SharedNegatives.bprMax(c.weight, c.bias, divisor, bpreg, elu, ONE);
    float dL = data.below(2) == 0 ? 1f : -2.5f;
    c.check(loss, run(c, layer, targets, shared, dL), dL);
  }

  /** Scores 200 apart, either way: losses and gradients stay finite, and point the right way. */
  @ParameterizedTest
  @EnumSource
  void scoresFarApart(PairwiseLoss kind) {
    Case c = new Case(new TestData(1), 3, 1, 2, 3, 1f);
    float[] scores = {0f, 200f, -200f};
    for (int i = 0; i < 3; i++) {
      c.weight.set(i, 0, scores[i]);
      c.bias.set(i, 0, 0f);
    }
    c.hidden.value().set(0, 0, 1f);
    c.hidden.value().set(1, 0, -1f);
    double loss =
        run(
            c,
            new OwnNegatives(c.weight, c.bias, kind, 2, ONE),
            new int[] {0, 0},
            new int[] {1, 2, 2, 1},
            1f);
    assertTrue(Double.isFinite(loss), kind + " " + loss);
    if (kind == PairwiseLoss.BPR) {
      assertEquals(100.0, loss, 1e-4);
      assertEquals(-0.5f, c.bias.gradAt(0, 0), 1e-6f);
    }
    for (int i = 0; i < 3; i++) {
      assertTrue(Float.isFinite(c.weight.gradAt(i, 0)), kind + " dW of " + i);
    }
    assertTrue(c.bias.gradAt(0, 0) <= 0, kind + " pushes its target up");
  }

  /** Bits do not depend on threads, nor on what the layer computed before. */
  @Property(tries = 30)
  void threadsAndSteps(
      @ForAll @IntRange(min = 1, max = 130) int M,
      @ForAll @IntRange(min = 1, max = 400) int S,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    int V = 300;
    Case c = new Case(data, V, 37, M, 1, 1f);
    int[] targets = data.targets(M, V, 0);
    int[] samples = data.targets(S, V, 0);
    int[] negatives = data.targets(M * 7, V, 0);
    float[][] expected = null;
    try (Parallel three = new Parallel(3)) {
      for (Parallel parallel : new Parallel[] {ONE, three}) {
        SharedNegatives entropy =
            SharedNegatives.crossEntropy(c.weight, c.bias, M, null, null, parallel);
        SharedNegatives bprMax = SharedNegatives.bprMax(c.weight, c.bias, M, 0.5, 1, parallel);
        OwnNegatives own = new OwnNegatives(c.weight, c.bias, PairwiseLoss.BPR_MAX, 7, parallel);
        for (int again = 0; again < 2; again++) {
          float[][] actual = new float[9][];
          run(c, entropy, targets, samples, 1f);
          keep(c, actual, 0);
          run(c, bprMax, targets, samples, 1f);
          keep(c, actual, 3);
          run(c, own, targets, negatives, 1f);
          keep(c, actual, 6);
          expected = expected == null ? actual : expected;
          for (int i = 0; i < 9; i++) {
            assertArrayEquals(expected[i], actual[i]);
          }
          int[] other = data.targets(S, V, 0);
          run(c, entropy, targets, other, 1f);
          run(c, bprMax, targets, other, 1f);
          run(c, own, targets, data.targets(M * 7, V, 0), 1f);
        }
      }
    }
  }

  private static void keep(Case c, float[][] to, int at) {
    to[at] = c.hidden.grad().toArray();
    to[at + 1] = gradient(c.weight);
    to[at + 2] = gradient(c.bias);
  }

  private static float[] gradient(Parameter p) {
    int from = p.offset();
    return Arrays.copyOfRange(p.gradOrNull(), from, from + p.touchedRows() * p.cols());
  }

  /** More classes than one slot has, beside gradients by hand in double precision. */
  @Property(tries = 8)
  void severalSlots(
      @ForAll @IntRange(min = 17, max = 70) int M,
      @ForAll @IntRange(min = 600, max = 1500) int S,
      @ForAll boolean entropy,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    int V = 4000;
    int H = 33;
    Case c = new Case(data, V, H, M, 1, 0.3f);
    int[] targets = data.targets(M, V, 0);
    int[] samples = data.targets(S, V, 0);
    SharedNegatives layer =
        entropy
            ? SharedNegatives.crossEntropy(c.weight, c.bias, M, null, null, ONE)
            : SharedNegatives.bprMax(c.weight, c.bias, M, 0.75, 0, ONE);
    run(c, layer, targets, samples, 1f);
    assertTrue(c.weight.touchedRows() > 512, "one slot only");
    double[][] h = Reference.of(c.hidden.value());
    double[][] dHidden = new double[M][H];
    double[][] dW = new double[V][H];
    double[] db = new double[V];
    for (int m = 0; m < M; m++) {
      double[] o = new double[M + S];
      for (int j = 0; j < o.length; j++) {
        int y = j < M ? targets[j] : samples[j - M];
        o[j] = c.bias.get(y, 0);
        for (int k = 0; k < H; k++) {
          o[j] += h[m][k] * c.weight.get(y, k);
        }
      }
      double[] d = entropy ? entropyGradient(o, m) : bprMaxGradient(o, m, 0.75);
      for (int j = 0; j < o.length; j++) {
        int y = j < M ? targets[j] : samples[j - M];
        db[y] += d[j] / M;
        for (int k = 0; k < H; k++) {
          dHidden[m][k] += d[j] / M * c.weight.get(y, k);
          dW[y][k] += d[j] / M * h[m][k];
        }
      }
    }
    for (int m = 0; m < M; m++) {
      for (int k = 0; k < H; k++) {
        assertEquals(dHidden[m][k], c.hidden.grad().get(m, k), 1e-6, "dHidden");
      }
    }
    for (int y = 0; y < V; y++) {
      assertEquals(db[y], c.bias.gradAt(y, 0), 1e-6, "db");
      for (int k = 0; k < H; k++) {
        assertEquals(dW[y][k], c.weight.gradAt(y, k), 1e-6, "dW");
      }
    }
  }

  private static double[] entropyGradient(double[] o, int own) {
    double sum = 0;
    for (double x : o) {
      sum += Math.exp(x);
    }
    double[] d = new double[o.length];
    for (int j = 0; j < o.length; j++) {
      d[j] = Math.exp(o[j]) / sum - (j == own ? 1 : 0);
    }
    return d;
  }

  private static double[] bprMaxGradient(double[] o, int own, double bpreg) {
    double[] w = softmaxWithout(o, own);
    double q = 0;
    double penalty = 0;
    double toTarget = 0;
    for (int j = 0; j < o.length; j++) {
      double a = sigmoid(o[own] - o[j]);
      q += w[j] * a;
      penalty += w[j] * o[j] * o[j];
      toTarget += w[j] * a * (1 - a);
    }
    double[] d = new double[o.length];
    for (int j = 0; j < o.length; j++) {
      double a = sigmoid(o[own] - o[j]);
      double squares = bpreg * (2 * o[j] + o[j] * o[j] - penalty);
      d[j] = j == own ? -toTarget / q : w[j] * ((a * (1 - a) - (a - q)) / q + squares);
    }
    return d;
  }

  /** Gradients of two losses in one step add up, in rows that both score and in the others. */
  @Property(tries = 20)
  void aSecondLossAddsToTheFirst(@ForAll boolean own, @ForAll long seed) {
    TestData data = new TestData(seed);
    int V = 30;
    int M = 5;
    Case c = new Case(data, V, 7, M, 1, 1f);
    int[][] targets = {data.targets(M, V, 0), data.targets(M, V, 0)};
    int[][] negatives = {data.targets(4 * M, V, 0), data.targets(4 * M, V, 0)};
    OwnNegatives each = new OwnNegatives(c.weight, c.bias, PairwiseLoss.BPR_MAX, 4, ONE);
    SharedNegatives shared = SharedNegatives.bprMax(c.weight, c.bias, M, 1, 0, ONE);
    double[][] sums = new double[V][8];
    for (int i = 0; i < 2; i++) {
      if (own) {
        run(c, each, targets[i], negatives[i], 1f);
      } else {
        run(c, shared, targets[i], negatives[i], 1f);
      }
      for (int y = 0; y < V; y++) {
        for (int k = 0; k < 8; k++) {
          sums[y][k] += k < 7 ? c.weight.gradAt(y, k) : c.bias.gradAt(y, 0);
        }
      }
    }
    c.zeroGrad();
    for (int i = 0; i < 2; i++) {
      Tape tape = new Tape();
      Variable loss =
          own
              ? each.forward(tape, c.hidden, targets[i], negatives[i])
              : shared.forward(tape, c.hidden, targets[i], negatives[i], 4 * M);
      tape.backward(loss);
    }
    for (int y = 0; y < V; y++) {
      for (int k = 0; k < 8; k++) {
        double actual = k < 7 ? c.weight.gradAt(y, k) : c.bias.gradAt(y, 0);
        assertEquals(sums[y][k], actual, 1e-6);
      }
    }
  }

  /** Shared scores 200 apart: the loss stops at ln(1e24), and nothing becomes infinite. */
  @Test
  void sharedScoresFarApart() {
    Case c = new Case(new TestData(4), 3, 1, 1, 3, 1f);
    float[] scores = {-200f, 200f, 0f};
    for (int i = 0; i < 3; i++) {
      c.weight.set(i, 0, scores[i]);
      c.bias.set(i, 0, 0f);
    }
    c.hidden.value().set(0, 0, 1f);
    int[] target = {0};
    int[] samples = {1, 2};
    double entropy =
        run(
            c,
            SharedNegatives.crossEntropy(c.weight, c.bias, 1, null, null, ONE),
            target,
            samples,
            1f);
    assertEquals(24 * Math.log(10), entropy, 1e-6);
    for (int i = 0; i < 3; i++) {
      assertTrue(Float.isFinite(c.weight.gradAt(i, 0)), "dW of " + i);
    }
    double bprMax =
        run(c, SharedNegatives.bprMax(c.weight, c.bias, 1, 0, 0, ONE), target, samples, 1f);
    assertEquals(24 * Math.log(10), bprMax, 1e-6);
    for (int i = 0; i < 3; i++) {
      assertTrue(Float.isFinite(c.weight.gradAt(i, 0)), "dW of " + i);
    }
  }

  /** A step of each layer allocates nothing once the buffers have their size, on any thread. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @Tag("jit")
  void aSteadyStateStepAllocatesNothing(int threads) throws ReflectiveOperationException {
    TestData data = new TestData(6);
    int V = 900;
    int M = 20;
    int S = 600; // more than one slot
    Case c = new Case(data, V, 36, M, 1, 1f);
    int[] targets = data.targets(M, V, 0);
    int[] samples = data.targets(S, V, 0);
    float[] corrections = data.values(V, 1f);
    try (Parallel workers = new Parallel(threads)) {
      Tape tape = new Tape();
      SharedNegatives entropy =
          SharedNegatives.crossEntropy(c.weight, c.bias, M, corrections, corrections, workers);
      SharedNegatives bprMax = SharedNegatives.bprMax(c.weight, c.bias, M, 1, 0.5, workers);
      assertAllocatesNothing(
          c, () -> tape.backward(entropy.forward(tape, c.hidden, targets, samples, S)));
      assertAllocatesNothing(
          c, () -> tape.backward(bprMax.forward(tape, c.hidden, targets, samples, S)));
      for (PairwiseLoss loss : PairwiseLoss.values()) {
        OwnNegatives own = new OwnNegatives(c.weight, c.bias, loss, 30, workers);
        assertAllocatesNothing(
            c, () -> tape.backward(own.forward(tape, c.hidden, targets, samples)));
      }
    }
  }

  private static void assertAllocatesNothing(Case c, Runnable step)
      throws ReflectiveOperationException {
    Runnable alone =
        () -> {
          c.zeroGrad();
          step.run();
        };
    alone.run(); // starts the threads
    // the smallest array takes 16 bytes, and measuring itself some hundred in all
    long bytes = Allocations.perStep(alone);
    assertTrue(bytes < 20, "a step allocates " + bytes + " bytes");
  }

  /** A step touches the classes that it scores, and no other. */
  @Test
  void touchedRows() {
    Case c = new Case(new TestData(2), 1000, 4, 2, 1, 1f);
    SharedNegatives layer = SharedNegatives.crossEntropy(c.weight, c.bias, 2, null, null, ONE);
    run(c, layer, new int[] {7, 999}, new int[] {7, 3, 3}, 1f);
    assertEquals(3, c.weight.touchedRows());
    assertEquals(3, c.bias.touchedRows());
    OwnNegatives own = new OwnNegatives(c.weight, c.bias, PairwiseLoss.BPR, 2, ONE);
    run(c, own, new int[] {7, 999}, new int[] {3, 3, 3, 7}, 1f);
    assertEquals(3, c.weight.touchedRows());
  }

  @Test
  void whatIsRefused() {
    Case c = new Case(new TestData(3), 10, 4, 1, 1, 1f);
    Parameter dense = Parameter.ofPanels("lin.weight", 10, 4);
    assertThrows(
        IllegalArgumentException.class,
        () -> new OwnNegatives(dense, c.bias, PairwiseLoss.BPR, 1, ONE));
    assertThrows(
        IllegalArgumentException.class, () -> SharedNegatives.bprMax(dense, c.bias, 1, 1, 0, ONE));
    assertThrows(
        IllegalArgumentException.class,
        () -> new OwnNegatives(c.weight, c.bias, PairwiseLoss.BPR, 0, ONE));
    SharedNegatives shared = SharedNegatives.bprMax(c.weight, c.bias, 1, 1, 0, ONE);
    int[] target = {3};
    Tape tape = new Tape();
    assertThrows(
        IllegalArgumentException.class,
        () -> shared.forward(tape, c.hidden, target, new int[0], 0));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> shared.forward(tape, c.hidden, target, new int[] {10}, 1));
    OwnNegatives own = new OwnNegatives(c.weight, c.bias, PairwiseLoss.BPR, 1, ONE);
    assertThrows(
        IndexOutOfBoundsException.class, () -> own.forward(tape, c.hidden, target, new int[] {-1}));
  }
}
