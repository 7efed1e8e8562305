package io.gru4j.tensor.nn;

import static io.gru4j.tensor.PlainGru4Rec.FILE;
import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.Reference;
import io.gru4j.tensor.TestData;
import io.gru4j.tensor.autograd.Operations;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputLayerTest {

  private final Parallel parallel = new Parallel(1);

  /** Numbers of classes around the borders of panels (32) and of tiles (128). */
  @Provide
  Arbitrary<Integer> classes() {
    return Arbitraries.of(1, 2, 31, 32, 33, 63, 65, 127, 128, 129, 255, 257, 511, 512, 513);
  }

  @Provide
  Arbitrary<Integer> widths() {
    return Arbitraries.of(1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33);
  }

  @Provide
  Arbitrary<Float> lossGradients() {
    return Arbitraries.of(1f, 2.5f, 0.25f, -1f);
  }

  /** Data of one case; the layer can be run on it more than once. */
  private final class Case {
    final Parameter weight;
    final Parameter bias;
    final Variable hidden;
    final int[] targets;
    double smoothing;

    Case(TestData data, int V, int H, int M, int maskEvery, float scale) {
      weight = data.fill(Parameter.ofPanels("lin.weight", V, H), scale);
      bias = data.fill(Parameter.ofBias("lin.bias", V), scale);
      hidden = data.variable(M, H, 1f);
      targets = data.targets(M, V, maskEvery);
    }

    /** Each row becomes one of the first so many. */
    void repeatRows(TestData data, int different) {
      for (int m = different; m < targets.length; m++) {
        int other = data.below(different);
        for (int k = 0; k < weight.cols(); k++) {
          hidden.value().set(m, k, hidden.value().get(other, k));
        }
      }
    }

    OutputLayer layer() {
      return new OutputLayer(weight, bias, parallel);
    }

    double run(long budget, float lossGradient, Parallel threads) {
      weight.zeroGrad();
      bias.zeroGrad();
      hidden.grad().fill(0f);
      OutputLayer layer = new OutputLayer(weight, bias, threads, budget).labelSmoothing(smoothing);
      Tape tape = new Tape();
      Variable loss = layer.forward(tape, hidden, targets);
      assertEquals((float) layer.lossValue(), loss.value().get(0, 0));
      tape.backward(new Operations(tape, threads).scale(loss, lossGradient));
      return layer.lossValue();
    }

    Case smoothing(double share) {
      smoothing = share;
      return this;
    }

    /** Of the targets' probabilities written out: 1 - s for the target, s / V for every class. */
    private double loss(double[][] logits) {
      double sum = 0;
      int n = 0;
      for (int m = 0; m < targets.length; m++) {
        if (targets[m] >= 0) {
          int V = logits[m].length;
          double[][] row = {logits[m]};
          double logSumExp = Reference.crossEntropy(row, new int[] {0}) + logits[m][0];
          double one = 0;
          for (int v = 0; v < V; v++) {
            double share = smoothing / V + (v == targets[m] ? 1 - smoothing : 0);
            one += share == 0 ? 0 : share * (logSumExp - logits[m][v]);
          }
          sum += one;
          n++;
        }
      }
      return n == 0 ? 0 : sum / n;
    }

    double[][] logits() {
      return Reference.linear(
          Reference.of(hidden.value()), Reference.of(weight), Reference.column(bias));
    }

    /** Gradients in double precision, by the plain network; without smoothing. */
    private final class Plain {
      final double[][] dHidden = new double[targets.length][weight.cols()];
      final double[][] dWeight = new double[weight.rows()][weight.cols()];
      final double[] dBias = new double[weight.rows()];

      Plain(float lossGradient) {
        double[][] w = Reference.of(weight);
        double[][] h = Reference.of(hidden.value());
        double[][] logits = logits();
        double each = lossGradient / (double) numTargets();
        for (int m = 0; m < targets.length; m++) {
          if (targets[m] >= 0) {
            double[] probs = new double[w.length];
            FILE.crossEntropyForward(logits[m], targets[m], probs);
            double[] dLogits = FILE.crossEntropyBackward(probs, targets[m], each);
            FILE.productBackward(w, h[m], dLogits, dWeight, dBias, dHidden[m]);
          }
        }
      }
    }

    private long numTargets() {
      return IntStream.of(targets).filter(target -> target >= 0).count();
    }

    /** Every component of dHidden after a run, without smoothing. */
    void assertHiddenGradient(double allowed) {
      double[][] expected = new Plain(1f).dHidden;
      for (int m = 0; m < targets.length; m++) {
        for (int k = 0; k < weight.cols(); k++) {
          assertEquals(expected[m][k], hidden.grad().get(m, k), allowed, "row " + m);
        }
      }
    }

    void assertNotedSumOfSquares() {
      double noted = weight.gradSumOfSquares();
      double sum = 0;
      for (int r = 0; r < weight.rows(); r++) {
        for (int k = 0; k < weight.cols(); k++) {
          sum += (double) weight.gradAt(r, k) * weight.gradAt(r, k);
        }
      }
      assertEquals(sum, noted, 1e-6 * sum);
    }

    /** Compares loss and gradients with the plain network, or with differences if smoothed. */
    void check(float lossGradient, int most) {
      double actual = run(OutputLayer.LOGITS_BUDGET, lossGradient, parallel);
      double[][] logits = logits();
      double expected = loss(logits);
      // a small loss is the difference of large logits, which have the rounding of floats
      double largest =
          Stream.of(logits).flatMapToDouble(DoubleStream::of).map(Math::abs).max().orElse(0);
      assertEquals(expected, actual, 1e-6 * (1 + expected) + 2e-7 * largest);
      if (smoothing == 0) {
        Plain plain = new Plain(lossGradient);
        Reference.assertGradient("hidden", plain.dHidden, hidden.grad()::get);
        Reference.assertGradient("weight", plain.dWeight, weight::gradAt);
        Reference.assertGradient("bias", plain.dBias, bias::gradAt);
        return;
      }
      double[][] w = Reference.of(weight);
      double[] b = Reference.column(bias);
      double[][] h = Reference.of(hidden.value());
      DoubleSupplier loss = () -> lossGradient * loss(Reference.linear(h, w, b));
      Reference.assertGradient("hidden", h, loss, hidden.grad()::get, most);
      Reference.assertGradient("weight", w, loss, weight::gradAt, most);
      Reference.assertGradient("bias", new double[][] {b}, loss, (r, c) -> bias.gradAt(c, r), most);
    }
  }

  @Property
  void lossAndGradients(
      @ForAll("classes") int V,
      @ForAll("widths") int H,
      @ForAll @IntRange(max = 9) int M,
      @ForAll @IntRange(max = 4) int maskEvery,
      @ForAll("lossGradients") float lossGradient,
      @ForAll long seed) {
    new Case(new TestData(seed), V, H, M, maskEvery, 1f).check(lossGradient, 15);
  }

  @Property
  void lossAndGradientsWithSmoothedLabels(
      @ForAll("classes") int V,
      @ForAll @IntRange(max = 9) int M,
      @ForAll @IntRange(max = 4) int maskEvery,
      @ForAll @IntRange(max = 9) int tenths,
      @ForAll long seed) {
    new Case(new TestData(seed), V, 3, M, maskEvery, 1f).smoothing(0.1 * tenths).check(2f, 15);
  }

  /** Logits of some tens: most probabilities vanish. Larger ones lose digits that count here. */
  @Property
  void confidentRows(@ForAll("classes") int V, @ForAll long seed) {
    new Case(new TestData(seed), V, 7, 4, 3, 8f).check(1f, 15);
  }

  /** Rows around the border of the blocks of 128, of which only those with a target count. */
  @Property
  void manyRows(
      @ForAll @IntRange(min = 126, max = 131) int rows, @ForAll boolean masks, @ForAll long seed) {
    int M = masks ? rows * 4 / 3 : rows;
    new Case(new TestData(seed), 140, 3, M, masks ? 4 : 0, 1f).check(1f, 15);
  }

  /** Equal rows are computed once; their targets and masks differ. */
  @Property
  void equalRows(
      @ForAll("classes") int V,
      @ForAll("widths") int H,
      @ForAll @IntRange(min = 1, max = 40) int M,
      @ForAll @IntRange(min = 1, max = 30) int different,
      @ForAll @IntRange(max = 4) int maskEvery,
      @ForAll boolean smooth,
      @ForAll long seed) {
    Case c = new Case(new TestData(seed), V, H, M, maskEvery, 1f).smoothing(smooth ? 0.2 : 0);
    c.repeatRows(new TestData(seed + 1), different);
    c.check(1f, 15);
    if (!smooth) {
      c.assertHiddenGradient(2e-6);
    }
  }

  /** 1,030 rows of which about 600 are distinct and count: more than a block of backward too. */
  @Test
  void manyEqualRows() {
    Case c = new Case(new TestData(8), 140, 33, 1030, 4, 1f);
    c.repeatRows(new TestData(9), 800);
    c.check(1f, 15);
    c.assertHiddenGradient(1e-7);
  }

  /** More rows than backward takes at a time, kept and made again, with a rest and without. */
  @ParameterizedTest
  @ValueSource(ints = {513, 1030})
  void severalGroupsOfRows(int M) {
    for (double share : new double[] {0, 0.2}) {
      Case c = new Case(new TestData(M), 140, 3, M, 4, 1f).smoothing(share);
      c.check(1f, 5);
      double noted = c.weight.gradSumOfSquares(); // reading the gradient's array forgets it
      c.assertNotedSumOfSquares();
      float[] dWeight = c.weight.grad().clone();
      float[] dBias = c.bias.grad().clone();
      c.run(0, 1f, parallel);
      assertEquals(noted, c.weight.gradSumOfSquares());
      assertArrayEquals(dWeight, c.weight.grad());
      assertArrayEquals(dBias, c.bias.grad());
    }
  }

  /** More than 16 tiles' worth of the smallest ones; more tiles of the largest than slots. */
  @Test
  void manyTiles() {
    new Case(new TestData(1), 2100, 3, 5, 0, 1f).check(1f, 20);
    new Case(new TestData(2), 17 * 1024 + 33, 3, 5, 0, 1f).check(1f, 8);
    new Case(new TestData(3), 17 * 1024 + 33, 3, 30, 3, 9f).check(1f, 8);
    new Case(new TestData(4), 17 * 1024 + 33, 2, 131, 0, 9f).check(1f, 8);
    for (int V : new int[] {2100, 17 * 1024 + 33}) {
      int H = V == 2100 ? 41 : 40; // the second panel of units as one, or left to lanes
      for (int M : new int[] {23, 131}) { // all by lanes, and by panels of units
        Case c = new Case(new TestData(V + M), V, H, M, 0, 0.5f);
        c.check(1f, 5);
        c.assertHiddenGradient(2e-7);
      }
    }
  }

  /** Threads get slots: the panels of the largest and of the smallest differ by one at most. */
  @Property
  void slotsAreAlike(@ForAll @IntRange(min = 1, max = 60_000) int V) {
    ClassTiles cut = ClassTiles.of(V);
    int tiles = cut.tiles() / cut.slots();
    assertEquals(Parameter.panelCount(V), cut.start(cut.tiles()));
    int most = 0;
    int least = Integer.MAX_VALUE;
    for (int slot = 0; slot < cut.slots(); slot++) {
      assertEquals(slot * tiles, cut.ofSlot(slot));
      int panels = cut.start(cut.ofSlot(slot + 1)) - cut.start(cut.ofSlot(slot));
      most = Math.max(most, panels);
      least = Math.min(least, panels);
    }
    assertTrue(most - least <= 1, most + " and " + least);
    assertTrue(most <= tiles * ClassTiles.MAX_PANELS, most + " in " + tiles + " tiles");
  }

  /** Where the sums of dHidden go from lanes to panels, and panels of hidden units end. */
  @Property
  void rowsAroundTheLimitOfLanes(
      @ForAll @IntRange(min = 23, max = 26) int M,
      @ForAll @IntRange(min = 30, max = 34) int H,
      @ForAll long seed) {
    Case c = new Case(new TestData(seed), 150, H, M, 0, 1f);
    c.check(0.5f, 15);
    c.run(OutputLayer.LOGITS_BUDGET, 1f, parallel);
    c.assertHiddenGradient(2e-6);
  }

  @Property
  void recomputedLogitsGiveTheSameBits(
      @ForAll("classes") int V,
      @ForAll("widths") int H,
      @ForAll @IntRange(max = 140) int M,
      @ForAll @IntRange(min = 1, max = 140) int different,
      @ForAll @IntRange(max = 4) int maskEvery,
      @ForAll boolean smooth,
      @ForAll long seed) {
    Case c = new Case(new TestData(seed), V, H, M, maskEvery, 1f).smoothing(smooth ? 0.2 : 0);
    c.repeatRows(new TestData(seed + 1), different);
    double kept = c.run(OutputLayer.LOGITS_BUDGET, 1.5f, parallel);
    float[] dHidden = c.hidden.grad().toArray();
    float[] dWeight = c.weight.grad().clone();
    float[] dBias = c.bias.grad().clone();
    double recomputed = c.run(0, 1.5f, parallel);
    assertEquals(kept, recomputed);
    assertArrayEquals(dHidden, c.hidden.grad().toArray());
    assertArrayEquals(dWeight, c.weight.grad());
    assertArrayEquals(dBias, c.bias.grad());
  }

  @Provide
  Arbitrary<Integer> manyWidths() {
    return Arbitraries.of(40, 41, 48, 64, 65, 72, 73, 100);
  }

  /** More than one panel of hidden units, with and without some that are left over. */
  @Property(tries = 100)
  void manyHiddenUnits(
      @ForAll("manyWidths") int H,
      @ForAll @IntRange(min = 20, max = 36) int M,
      @ForAll @IntRange(min = 1, max = 150) int V,
      @ForAll long seed) {
    Case c = new Case(new TestData(seed), V, H, M, 3, 0.3f);
    c.check(1f, 12);
    c.assertHiddenGradient(2e-6);
  }

  /** Logits so far apart that only the differences to the largest have an exponential. */
  @Test
  void tilesFarApart() {
    int V = 17 * 1024 + 33; // each slot has two tiles
    for (int M : new int[] {3, 133}) {
      for (int up : new int[] {-150, 150}) {
        Case c = new Case(new TestData(M), V, 3, M, 4, 1f);
        ClassTiles cut = ClassTiles.of(V);
        assertEquals(2 * cut.slots(), cut.tiles());
        for (int v = 0, tile = 0; v < V; v++) {
          tile += v / PANEL == cut.start(tile + 1) ? 1 : 0;
          c.bias.set(v, 0, tile % 2 * up + (v == 5 || v == 17_400 ? 2 * Math.abs(up) : 0));
        }
        double loss = c.run(OutputLayer.LOGITS_BUDGET, 1f, parallel);
        double expected = c.loss(c.logits());
        assertEquals(expected, loss, 1e-6 * (1 + expected));
        c.assertHiddenGradient(2e-4 / M); // a float of 300 has an error of 1.5e-5
      }
    }
  }

  @Test
  void theNotedSumOfSquaresIsThatOfTheGradient() {
    Case c = new Case(new TestData(3), 700, 17, 50, 3, 1f);
    c.run(OutputLayer.LOGITS_BUDGET, 1f, parallel);
    c.assertNotedSumOfSquares();
  }

  @Test
  void withoutTargetsThereIsNoLossAndNoGradient() {
    Case c = new Case(new TestData(4), 40, 5, 3, 1, 1f);
    assertEquals(0.0, c.run(OutputLayer.LOGITS_BUDGET, 1f, parallel));
    assertNull(c.weight.gradOrNull());
    assertNull(c.bias.gradOrNull());
    assertArrayEquals(new float[15], c.hidden.grad().toArray());
  }

  /** One layer object over batches of changing sizes, gradients adding up, equals fresh layers. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.2})
  void aLayerIsUsedAgain(double smoothing) {
    int H = 40; // a panel and a rest
    Case c = new Case(new TestData(5), 200, H, 0, 0, 1f);
    OutputLayer used = c.layer().labelSmoothing(smoothing);
    int[] sizes = {7, 130, 1, 40};
    for (int i = 0; i < sizes.length; i++) {
      Variable hidden = new TestData(10 + i).variable(sizes[i], H, 1f);
      int[] targets = new TestData(20 + i).targets(sizes[i], 200, 3);
      targets[0] = 1;
      c.weight.zeroGrad();
      c.bias.zeroGrad();
      double[] losses = new double[2];
      float[][] dWeight = new float[2][];
      float[][] dHidden = new float[2][];
      for (int fresh = 0; fresh < 2; fresh++) {
        OutputLayer layer = fresh == 0 ? used : c.layer().labelSmoothing(smoothing);
        Tape tape = new Tape();
        hidden.grad().fill(0f);
        tape.backward(layer.forward(tape, hidden, targets));
        losses[fresh] = layer.lossValue();
        dWeight[fresh] = c.weight.grad().clone();
        dHidden[fresh] = hidden.grad().toArray();
      }
      assertEquals(losses[1], losses[0]);
      assertArrayEquals(dHidden[1], dHidden[0]);
      for (int j = 0; j < dWeight[0].length; j++) { // the second added to the first
        assertEquals(2 * dWeight[0][j], dWeight[1][j], 2e-6f);
      }
    }
  }

  /** The classes that fill up the last panel never occur and stay as they are. */
  @Test
  void paddingHasNoGradient() {
    Case c = new Case(new TestData(6), 33, 3, 4, 0, 1f).smoothing(0.1);
    c.run(OutputLayer.LOGITS_BUDGET, 1f, parallel);
    for (int l = 1; l < PANEL; l++) {
      assertEquals(0f, c.bias.grad()[c.bias.offset() + PANEL + l]);
      for (int k = 0; k < 3; k++) {
        int i = c.weight.offset() + (3 + k) * PANEL + l;
        assertEquals(0f, c.weight.grad()[i]);
        assertEquals(0f, c.weight.value()[i]);
      }
    }
  }

  @Test
  void argumentsAreChecked() {
    OutputLayer layer = new Case(new TestData(7), 40, 5, 3, 1, 1f).layer();
    for (double share : new double[] {-0.1, 1, Double.NaN}) {
      assertEquals(
          "label smoothing must be in [0, 1), got " + share,
          assertThrows(IllegalArgumentException.class, () -> layer.labelSmoothing(share))
              .getMessage());
    }
    Variable hidden = new Variable(Matrix.zeros(2, 5));
    assertEquals(
        "targets[1] = 40 is outside [0, 40)",
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> layer.forward(new Tape(), hidden, new int[] {-1, 40}))
            .getMessage());
    assertEquals(
        "targets[0] = -2 is outside [0, 40)",
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> layer.forward(new Tape(), hidden, new int[] {-2, 4}))
            .getMessage());
    assertEquals(
        "output layer of 5 inputs: got (2, 4)",
        assertThrows(
                IllegalArgumentException.class,
                () -> layer.forward(new Tape(), new Variable(Matrix.zeros(2, 4)), new int[] {0, 0}))
            .getMessage());
  }

  /** A buffer that no array can hold is refused before anything is computed. */
  @Test
  void tooManyRowsAreRefused() {
    int V = 1_000_000;
    int M = 2_200_000;
    OutputLayer layer =
        new OutputLayer(
            Parameter.ofPanels("lin.weight", V, 1), Parameter.ofBias("lin.bias", V), parallel);
    Variable hidden = new Variable(Matrix.zeros(M, 1));
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> layer.forward(new Tape(), hidden, new int[M]))
            .getMessage();
    assertEquals(
        "a layer needs a buffer of 2182400000 floats, more than one array holds: take"
            + " fewer rows (smaller batches, fewer time steps) at a time",
        message);
  }
}
