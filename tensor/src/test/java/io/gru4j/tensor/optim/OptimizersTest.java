package io.gru4j.tensor.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.Reference;
import io.gru4j.tensor.TestData;
import io.gru4j.tensor.autograd.Parameter;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/**
 * Adagrad and SGD over many steps against double precision, and sparse gradients against dense
 * ones.
 */
class OptimizersTest {

  private static final int STEPS = 30;
  private static final float RATE = 0.05f;

  private final Parallel parallel = new Parallel(1);

  private enum Kind {
    ADAGRAD(0f),
    ADAGRAD_MOMENTUM(0.6f),
    SGD(0f),
    SGD_MOMENTUM(0.9f);

    final float momentum;

    Kind(float momentum) {
      this.momentum = momentum;
    }

    Optimizer of(List<Parameter> parameters, Parallel parallel) {
      return isAdagrad()
          ? new Adagrad(parameters, RATE, momentum, parallel)
          : new Sgd(parameters, RATE, momentum, parallel);
    }

    boolean isAdagrad() {
      return this == ADAGRAD || this == ADAGRAD_MOMENTUM;
    }

    /** A value without a gradient does not change, nor does its state. */
    boolean visitsOnlyGradients() {
      return this != SGD_MOMENTUM;
    }

    /** One step on one value; {@code state} is what the optimizer remembers. */
    double step(double p, double g, double[] state, double rate) {
      double move = g;
      if (isAdagrad()) {
        state[1] += g * g;
        move = g / (Math.sqrt(state[1]) + 1e-10);
      }
      state[0] = momentum * state[0] + move;
      return p - rate * state[0];
    }
  }

  /** The same values with a sparse and with a dense gradient, and a panel parameter beside them. */
  private static final class Parameters {
    final boolean[] lookedUp; // rows, this step
    final Parameter sparse;
    final Parameter dense;
    final Parameter panels;
    final float[][] grad; // of the tables, this step

    Parameters(TestData data, int rows, int cols) {
      sparse = data.fill(Parameter.ofSparseRows("sparse", rows, cols), 1f);
      dense = Parameter.ofRows("dense", rows, cols);
      System.arraycopy(sparse.value(), 0, dense.value(), 0, sparse.value().length);
      panels = data.fill(Parameter.ofPanels("panels", rows, cols), 1f);
      grad = new float[rows][cols];
      lookedUp = new boolean[rows];
    }

    /** Gradients of some rows; a row may be added to twice. */
    void newGradients(TestData data) {
      sparse.zeroGrad();
      dense.zeroGrad();
      panels.zeroGrad();
      int rows = grad.length;
      int cols = grad[0].length;
      for (int r = 0; r < rows; r++) {
        grad[r] = new float[cols];
        lookedUp[r] = false;
      }
      for (int i = 0; i < rows / 2 + 1; i++) {
        // low rows are looked up often, high ones seldom or never
        int row = data.below(data.below(rows) + 1);
        float[] d = data.values(cols, 1f);
        lookedUp[row] = true;
        sparse.addRowGrad(row, d, 0);
        for (int c = 0; c < cols; c++) {
          grad[row][c] += d[c];
          dense.grad()[dense.offset() + row * cols + c] += d[c];
        }
      }
      float[] p = panels.grad();
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < cols; c++) {
          p[panels.offset() + (r / 32 * cols + c) * 32 + r % 32] = grad[r][c];
        }
      }
    }
  }

  @Property
  void equalsTheDoubleReferenceOverManySteps(
      @ForAll Kind kind,
      @ForAll boolean ratesChange,
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 9) int cols,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    Parameters p = new Parameters(data, rows, cols);
    Optimizer optimizer = kind.of(List.of(p.sparse, p.dense, p.panels), parallel);
    double[][] table = Reference.of(p.sparse);
    double[][] panels = Reference.of(p.panels);
    double[][] dense = Reference.of(p.dense);
    double[][][] tableState = new double[rows][cols][2];
    double[][][] denseState = new double[rows][cols][2];
    double[][][] panelState = new double[rows][cols][2];
    float rate = RATE;
    float decay = 0f;
    for (int step = 0; step < STEPS; step++) {
      p.newGradients(data);
      float scale = step % 3 == 0 ? 0.37f : 1f;
      if (ratesChange) {
        rate = RATE / (step + 1);
        decay = 0.01f * (step % 4);
        optimizer.rates(rate, decay);
      }
      optimizer.step(scale);
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < cols; c++) {
          double g = scale * (double) p.grad[r][c];
          double kept = 1 - decay;
          if (p.lookedUp[r]) {
            table[r][c] = kind.step(kept * table[r][c], g, tableState[r][c], rate);
          } else if (!kind.visitsOnlyGradients()) {
            table[r][c] = kind.step(table[r][c], g, tableState[r][c], rate);
          }
          dense[r][c] = kind.step(kept * dense[r][c], g, denseState[r][c], rate);
          panels[r][c] = kind.step(kept * panels[r][c], g, panelState[r][c], rate);
          assertEquals(table[r][c], p.sparse.get(r, c), 2e-5, "step " + step);
          assertEquals(dense[r][c], p.dense.get(r, c), 2e-5, "step " + step);
          if (decay == 0 && !ratesChange && kind != Kind.ADAGRAD_MOMENTUM) {
            assertEquals(p.dense.get(r, c), p.sparse.get(r, c), "sparse and dense, bit for bit");
          }
          assertEquals(panels[r][c], p.panels.get(r, c), 2e-5, "step " + step);
        }
      }
    }
  }

  /**
   * Training's own sequence over many steps: the joint norm of all gradients, the factor that clips
   * it, the step. Against the same in doubles, norms computed anew from the gradients.
   */
  @Property
  void clippedStepsEqualTheDoubleReference(
      @ForAll Kind kind,
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 9) int cols,
      @ForAll @DoubleRange(min = 0.05, max = 20) double clipNorm,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    Parameters p = new Parameters(data, rows, cols);
    List<Parameter> all = List.of(p.sparse, p.panels);
    Optimizer optimizer = kind.of(all, parallel);
    GradientClipping clipping = new GradientClipping(all, parallel);
    double[][] table = Reference.of(p.sparse);
    double[][] panels = Reference.of(p.panels);
    double[][][] tableState = new double[rows][cols][2];
    double[][][] panelState = new double[rows][cols][2];
    for (int step = 0; step < STEPS; step++) {
      p.newGradients(data);
      double squares = 0;
      for (float[] row : p.grad) {
        for (float g : row) {
          squares += 2 * (double) g * g; // once in the table, once in the panels
        }
      }
      double norm = Math.sqrt(squares);
      double scale = norm > clipNorm - 1e-6 ? clipNorm / (norm + 1e-6) : 1;
      assertEquals(norm, clipping.norm(), 1e-5 * (1 + norm));
      optimizer.step(GradientClipping.factor(clipping.norm(), clipNorm));
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < cols; c++) {
          double g = scale * p.grad[r][c];
          if (p.lookedUp[r] || !kind.visitsOnlyGradients()) {
            table[r][c] = kind.step(table[r][c], g, tableState[r][c], RATE);
          }
          panels[r][c] = kind.step(panels[r][c], g, panelState[r][c], RATE);
          assertEquals(table[r][c], p.sparse.get(r, c), 3e-5, "step " + step);
          assertEquals(panels[r][c], p.panels.get(r, c), 3e-5, "step " + step);
        }
      }
    }
  }

  /** A dense parameter without a gradient moves on by its momentum, and else stands still. */
  @Test
  void withoutAGradientOnlyMomentumMoves() {
    for (Kind kind : Kind.values()) {
      // longer than a segment of 32768, and a short sparse one beside it
      Parameter dense = new TestData(1).fill(Parameter.ofRows("dense", 3, 12_000), 1f);
      Parameter sparse = Parameter.ofSparseRows("sparse", 2, 3);
      Optimizer optimizer = kind.of(List.of(sparse, dense), parallel);
      Arrays.fill(dense.grad(), dense.offset(), dense.offset() + dense.length(), 0.5f);
      optimizer.step(1f);
      dense.zeroGrad();
      float[] before = dense.value().clone();
      optimizer.step(1f);
      for (int i = dense.offset(); i < dense.offset() + dense.length(); i++) {
        float moved = kind == Kind.SGD_MOMENTUM ? RATE * 0.9f * 0.5f : 0f;
        assertEquals(before[i] - moved, dense.value()[i], 1e-6f, kind + " " + i);
      }
    }
  }

  /** More rows looked up than one segment takes: each moves once. */
  @Test
  void manyRowsLookedUp() {
    for (Kind kind : Kind.values()) {
      int cols = 3000; // ten rows a segment
      Parameter sparse = Parameter.ofSparseRows("sparse", 64, cols);
      Parameter dense = Parameter.ofRows("dense", 64, cols);
      Optimizer optimizer = kind.of(List.of(sparse, dense), parallel);
      TestData data = new TestData(3);
      for (int row = 63; row >= 0; row--) {
        float[] d = data.values(cols, 1f);
        sparse.addRowGrad(row, d, 0);
        System.arraycopy(d, 0, dense.grad(), dense.offset() + row * cols, cols);
      }
      for (int step = 0; step < 2; step++) {
        optimizer.step(1f);
        assertArrayEquals(dense.value(), sparse.value(), kind.name());
      }
      assertNotEquals(0f, dense.get(63, 0));
    }
  }

  /** What a checkpoint stores: squares for Adagrad, velocities for momentum, else nothing. */
  @Test
  void theStateIsThatOfTheDefinition() {
    for (Kind kind : Kind.values()) {
      Parameter p = Parameter.ofRows("p", 1, 2);
      Optimizer optimizer = kind.of(List.of(Parameter.ofRows("other", 1, 1), p), parallel);
      for (float g : new float[] {2f, -3f}) {
        p.zeroGrad();
        p.grad()[p.offset() + 1] = g;
        optimizer.step(0.5f);
      }
      float[][] state = optimizer.state(1);
      int at = p.offset() + 1;
      assertEquals(kind == Kind.SGD ? 0 : kind == Kind.ADAGRAD_MOMENTUM ? 2 : 1, state.length);
      switch (kind) {
        case ADAGRAD -> assertEquals(1f + 2.25f, state[0][at], 1e-6f);
        case ADAGRAD_MOMENTUM -> {
          assertEquals(1f + 2.25f, state[0][at], 1e-6f);
          assertEquals(0.6 * 1 - 1.5 / Math.sqrt(1 + 2.25), state[1][at], 1e-6);
        }
        case SGD -> {}
        case SGD_MOMENTUM -> assertEquals(0.9f * 1f - 1.5f, state[0][at], 1e-6f);
      }
    }
  }

  /** Parameters longer than the segments that threads take. */
  @Test
  void longParametersOnSeveralThreads() {
    for (Kind kind : Kind.values()) {
      float[][] first = null;
      for (int threads : new int[] {1, 3}) {
        try (Parallel workers = new Parallel(threads)) {
          TestData data = new TestData(7);
          Parameters p = new Parameters(data, 700, 101); // 70,700 values; a segment has 32,768
          Optimizer optimizer = kind.of(List.of(p.dense, p.sparse, p.panels), workers);
          double[][] before = new double[0][];
          double[][] panelsBefore = before;
          for (int step = 0; step < 3; step++) {
            p.newGradients(data);
            before = Reference.of(p.dense);
            panelsBefore = Reference.of(p.panels);
            optimizer.step(1f);
          }
          if (kind != Kind.ADAGRAD_MOMENTUM) { // of which a sparse table's other rows stand still
            assertArrayEquals(p.dense.value(), p.sparse.value(), kind.name());
          }
          for (int r = 0; r < 700; r++) {
            for (int c = 0; c < 101; c++) {
              if (p.grad[r][c] != 0) {
                assertNotEquals(before[r][c], p.dense.get(r, c), "no value is skipped");
                assertNotEquals(panelsBefore[r][c], p.panels.get(r, c), "no value is skipped");
              }
            }
          }
          first = first == null ? new float[][] {p.dense.value(), p.panels.value()} : first;
          assertArrayEquals(first[0], p.dense.value());
          assertArrayEquals(first[1], p.panels.value());
        }
      }
    }
  }

  @Test
  void rowsThatAreNoLongerLookedUpMoveWhileTheirMomentumLasts() {
    Parameter table = new TestData(1).fill(Parameter.ofSparseRows("emb.weight", 3, 2), 1f);
    Optimizer sgd = new Sgd(List.of(table), 0.1f, 0.5f, parallel);
    float still = table.get(2, 0);
    table.addRowGrad(0, new float[] {1f, 2f}, 0);
    sgd.step(1f);
    float before = table.get(0, 1);
    table.zeroGrad();
    table.addRowGrad(1, new float[] {1f, 1f}, 0);
    sgd.step(1f);
    assertEquals(before - 0.1f * 0.5f * 2f, table.get(0, 1), 1e-6f);
    table.zeroGrad();
    float again = table.get(0, 1);
    sgd.step(1f); // no gradient at all
    assertEquals(again - 0.1f * 0.25f * 2f, table.get(0, 1), 1e-6f);
    assertEquals(still, table.get(2, 0), "never looked up, so no momentum");
  }

  @Test
  void withoutMomentumAndWithAdagradOtherRowsStandStill() {
    for (Kind kind : new Kind[] {Kind.ADAGRAD, Kind.ADAGRAD_MOMENTUM, Kind.SGD}) {
      Parameter table = new TestData(1).fill(Parameter.ofSparseRows("emb.weight", 3, 2), 1f);
      Optimizer optimizer = kind.of(List.of(table), parallel);
      float before = table.get(0, 1);
      float other = table.get(1, 1);
      table.addRowGrad(0, new float[] {1f, 2f}, 0);
      optimizer.step(1f);
      float moved = table.get(0, 1);
      assertNotEquals(before, moved);
      table.zeroGrad();
      optimizer.step(1f);
      assertEquals(moved, table.get(0, 1));
      assertEquals(other, table.get(1, 1));
    }
  }

  /** The classes that fill up a panel have a bias of minus infinity, and keep it. */
  @Test
  void paddingStaysAsItIs() {
    for (Kind kind : Kind.values()) {
      Parameter bias = Parameter.ofBias("lin.bias", 3);
      for (int l = 3; l < 32; l++) {
        bias.value()[bias.offset() + l] = Float.NEGATIVE_INFINITY;
      }
      Optimizer optimizer = kind.of(List.of(bias), parallel);
      optimizer.rates(RATE, 0.1f);
      for (int step = 0; step < 3; step++) {
        bias.zeroGrad();
        bias.grad()[bias.offset()] = 1f;
        optimizer.step(1f);
      }
      for (int l = 3; l < 32; l++) {
        assertEquals(Float.NEGATIVE_INFINITY, bias.value()[bias.offset() + l], kind.name());
      }
    }
  }

  /** Weight decay is for weights: a bias keeps its value where it has no gradient. */
  @Test
  void biasesDoNotDecay() {
    for (Kind kind : Kind.values()) {
      Parameter weight = Parameter.ofRows("weight", 1, 1);
      Parameter bias = Parameter.ofBias("bias", 1);
      weight.set(0, 0, 4f);
      bias.set(0, 0, 4f);
      Optimizer optimizer = kind.of(List.of(weight, bias), parallel);
      optimizer.rates(RATE, 0.25f);
      weight.grad()[weight.offset()] = 0f;
      bias.grad()[bias.offset()] = 0f;
      optimizer.step(1f);
      assertEquals(3f, weight.get(0, 0), kind.name());
      assertEquals(4f, bias.get(0, 0), kind.name());
    }
  }

  @Test
  void rangesAreChecked() {
    for (float rate : new float[] {0f, -1f, Float.NaN, Float.POSITIVE_INFINITY}) {
      String expected = "learning rate must be finite and > 0, got " + rate;
      assertEquals(expected, error(() -> new Adagrad(List.of(), rate, parallel)));
      assertEquals(expected, error(() -> new Sgd(List.of(), rate, 0f, parallel)));
    }
    for (float momentum : new float[] {-0.1f, 1.1f, Float.NaN}) {
      assertEquals(
          "momentum must be in [0, 1], got " + momentum,
          error(() -> new Sgd(List.of(), 1f, momentum, parallel)));
    }
    for (float momentum : new float[] {-0.1f, 1f, Float.NaN}) {
      assertEquals(
          "momentum must be in [0, 1), got " + momentum,
          error(() -> new Adagrad(List.of(), 1f, momentum, parallel)));
    }
    for (float momentum : new float[] {0f, 1f}) {
      new Sgd(List.of(), 1f, momentum, parallel).step(1f); // both ends are in the range
    }
  }

  private static String error(Runnable run) {
    return assertThrows(IllegalArgumentException.class, run::run).getMessage();
  }
}
