package io.gru4j.tensor.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.PlainGru4Rec;
import io.gru4j.tensor.Reference;
import io.gru4j.tensor.TestData;
import java.util.function.Function;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Values and gradients of the elementary operations against double precision. */
class OperationsTest {

  private final Parallel parallel = new Parallel(1); // starts no thread
  private final Tape tape = new Tape();
  private final Operations ops = new Operations(tape, parallel);

  /**
   * Runs {@code sum(operation(a, b) * w)} with a random w, twice over so that gradients must add
   * up, and compares value and gradients.
   */
  private void check(
      long seed,
      Variable a,
      Variable b,
      Supplier<Variable> operation,
      Function<double[][][], double[][]> definition) {
    double[][][] x = {Reference.of(a.value()), Reference.of(b.value())};
    Variable y = operation.get();
    Reference.assertClose("value", definition.apply(x), y.value());
    Variable w = new TestData(seed + 1).variable(y.rows(), y.cols(), 1f);
    Variable v = new TestData(seed + 2).variable(y.rows(), y.cols(), 1f);
    Variable loss = ops.add(ops.sum(ops.multiply(y, w)), ops.sum(ops.multiply(operation.get(), v)));
    tape.backward(loss);
    assertEquals(0, tape.size());
    double[][] weights = Reference.of(w.value());
    for (int r = 0; r < y.rows(); r++) {
      for (int c = 0; c < y.cols(); c++) {
        weights[r][c] += v.value().get(r, c);
      }
    }
    for (int i = 0; i < 2; i++) {
      Matrix grad = i == 0 ? a.grad() : b.grad();
      Reference.assertGradient(
          "input " + i, x[i], () -> Reference.project(definition.apply(x), weights), grad::get, 60);
    }
  }

  private static double[][] map(int rows, int cols, ElementOf f) {
    double[][] y = new double[rows][cols];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        y[r][c] = f.at(r, c);
      }
    }
    return y;
  }

  @FunctionalInterface
  private interface ElementOf {
    double at(int row, int col);
  }

  @Property
  void matmul(
      @ForAll @IntRange(max = 9) int M,
      @ForAll @IntRange(max = 35) int N,
      @ForAll @IntRange(max = 17) int K,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    Variable a = data.variable(M, K, 1f);
    Variable b = data.variable(K, N, 1f);
    check(seed, a, b, () -> ops.matmul(a, b), x -> Reference.product(x[0], x[1], N));
  }

  @Property
  void matmulTransposed(
      @ForAll @IntRange(max = 9) int M,
      @ForAll @IntRange(max = 35) int N,
      @ForAll @IntRange(max = 17) int K,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    Variable a = data.variable(M, K, 1f);
    Variable b = data.variable(N, K, 1f);
    check(
        seed,
        a,
        b,
        () -> ops.matmulTransposed(a, b),
        x -> Reference.product(x[0], Reference.transpose(x[1], K), N));
  }

  @Property
  void elementwise(
      @ForAll @IntRange(max = 5) int M, @ForAll @IntRange(max = 17) int N, @ForAll long seed) {
    for (int which = 0; which < 3; which++) {
      elementwise(M, N, which, seed);
    }
  }

  private void elementwise(int M, int N, int which, long seed) {
    TestData data = new TestData(seed);
    Variable a = data.variable(M, N, 2f);
    Variable b = data.variable(M, N, 2f);
    check(
        seed,
        a,
        b,
        () ->
            switch (which) {
              case 0 -> ops.add(a, b);
              case 1 -> ops.subtract(a, b);
              default -> ops.multiply(a, b);
            },
        x ->
            map(
                M,
                N,
                (r, c) ->
                    switch (which) {
                      case 0 -> x[0][r][c] + x[1][r][c];
                      case 1 -> x[0][r][c] - x[1][r][c];
                      default -> x[0][r][c] * x[1][r][c];
                    }));
  }

  @Property
  void ofOneMatrix(
      @ForAll @IntRange(max = 5) int M,
      @ForAll @IntRange(max = 17) int N,
      @ForAll boolean saturated,
      @ForAll long seed) {
    for (int which = 0; which < 6; which++) {
      ofOneMatrix(M, N, which, saturated, seed);
    }
  }

  private void ofOneMatrix(int M, int N, int which, boolean saturated, long seed) {
    TestData data = new TestData(seed);
    Variable a = data.variable(M, N, saturated ? 20f : 2f);
    Variable unused = data.variable(1, 1, 1f);
    check(
        seed,
        a,
        unused,
        () ->
            switch (which) {
              case 0 -> ops.scale(a, -0.75f);
              case 1 -> ops.oneMinus(a);
              case 2 -> ops.sigmoid(a);
              case 3 -> ops.tanh(a);
              case 4 -> ops.multiply(a, a); // the same variable twice
              default -> ops.columns(a, N / 3, N / 2);
            },
        x -> {
          int cols = which == 5 ? N / 2 : N;
          return map(
              M,
              cols,
              (r, c) ->
                  switch (which) {
                    case 0 -> -0.75 * x[0][r][c];
                    case 1 -> 1 - x[0][r][c];
                    case 2 -> PlainGru4Rec.FILE.sigmoid(x[0][r][c]);
                    case 3 -> StrictMath.tanh(x[0][r][c]);
                    case 4 -> x[0][r][c] * x[0][r][c];
                    default -> x[0][r][N / 3 + c];
                  });
        });
  }

  @Property
  void addRow(
      @ForAll @IntRange(max = 5) int M, @ForAll @IntRange(max = 17) int N, @ForAll long seed) {
    TestData data = new TestData(seed);
    Variable a = data.variable(M, N, 1f);
    Variable row = data.variable(1, N, 1f);
    check(
        seed, a, row, () -> ops.addRow(a, row), x -> map(M, N, (r, c) -> x[0][r][c] + x[1][0][c]));
  }

  @Property
  void rowsAndSum(
      @ForAll @IntRange(min = 1, max = 5) int M,
      @ForAll @IntRange(max = 17) int N,
      @ForAll @IntRange(max = 8) int count,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    Variable a = data.variable(M, N, 1f);
    Variable unused = data.variable(1, 1, 1f);
    int[] indices = data.targets(count, M, 0);
    check(
        seed,
        a,
        unused,
        () -> ops.rows(a, indices),
        x -> map(count, N, (r, c) -> x[0][indices[r]][c]));
    check(
        seed,
        data.variable(0, 3, 1f),
        a,
        () -> {
          a.grad().fill(0f);
          return ops.sum(a);
        },
        x -> {
          double sum = 0;
          for (double[] row : x[1]) {
            for (double v : row) {
              sum += v;
            }
          }
          return new double[][] {{sum}};
        });
  }

  @Property
  void softmaxCrossEntropy(
      @ForAll @IntRange(max = 7) int M,
      @ForAll @IntRange(min = 1, max = 17) int N,
      @ForAll @IntRange(max = 3) int maskEvery,
      @ForAll boolean large,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    Variable logits = data.variable(M, N, large ? 40f : 2f);
    Variable unused = data.variable(1, 1, 1f);
    int[] targets = data.targets(M, N, maskEvery);
    check(
        seed,
        logits,
        unused,
        () -> ops.softmaxCrossEntropy(logits, targets),
        x -> new double[][] {{Reference.crossEntropy(x[0], targets)}});
  }

  @Test
  void softmaxIgnoresAConstantShift() {
    Variable a = new Variable(Matrix.of(1, 3, 1, 2, 4));
    Variable b = new Variable(Matrix.of(1, 3, 101, 102, 104));
    tape.backward(ops.softmaxCrossEntropy(a, 1));
    tape.backward(ops.softmaxCrossEntropy(b, 1));
    assertArrayEquals(a.grad().toArray(), b.grad().toArray(), 1e-7f);
    float sum = 0;
    for (float g : a.grad().toArray()) {
      sum += g; // probabilities sum to 1, less the 1 of the target
    }
    assertEquals(0f, sum, 1e-7f);
  }

  @Test
  void errorsNameTheOperationAndTheShapes() {
    Variable a = new Variable(Matrix.zeros(3, 4));
    Variable b = new Variable(Matrix.zeros(5, 2));
    assertMessage("matmul: (3, 4) x (5, 2): inner sizes 4 and 5 differ", () -> ops.matmul(a, b));
    assertMessage(
        "matmul: (3, 4) x (5, 2)^T: inner sizes 4 and 2 differ", () -> ops.matmulTransposed(a, b));
    assertMessage("add: (3, 4) and (5, 2): the shapes differ", () -> ops.add(a, b));
    assertMessage("subtract: (3, 4) and (5, 2): the shapes differ", () -> ops.subtract(a, b));
    assertMessage("multiply: (3, 4) and (5, 2): the shapes differ", () -> ops.multiply(a, b));
    assertMessage(
        "addRow: (3, 4) + (5, 2): expected a row of shape (1, 4)", () -> ops.addRow(a, b));
    assertMessage("rows: indices[1] = 3 is outside [0, 3)", () -> ops.rows(a, 0, 3));
    assertMessage("rows: indices[0] = -1 is outside [0, 3)", () -> ops.rows(a, -1));
    assertMessage("columns: 2 columns from 3 on are outside (3, 4)", () -> ops.columns(a, 3, 2));
    assertMessage("columns: 2 columns from -1 on are outside (3, 4)", () -> ops.columns(a, -1, 2));
    assertMessage("columns: -1 columns from 2 on are outside (3, 4)", () -> ops.columns(a, 2, -1));
    assertEquals(4, ops.columns(a, 0, 4).cols());
    assertEquals(0, ops.columns(a, 4, 0).cols());
    tape.clear();
    assertMessage(
        "softmaxCrossEntropy: expected 3 targets, one a row, got 1",
        () -> ops.softmaxCrossEntropy(a, 1));
    assertMessage(
        "softmaxCrossEntropy: targets[2] = 4 is outside [0, 4)",
        () -> ops.softmaxCrossEntropy(a, 0, -1, 4));
    assertMessage("backward starts from a (1, 1) loss, got (3, 4)", () -> tape.backward(a));
    assertEquals(0, tape.size());
  }

  private static void assertMessage(String message, Runnable run) {
    assertEquals(message, assertThrows(RuntimeException.class, run::run).getMessage());
  }

  @Test
  void aClearedTapeGoesNowhere() {
    Variable a = new Variable(Matrix.of(1, 1, 3));
    Variable y = ops.multiply(a, a);
    assertEquals(1, tape.size());
    tape.clear();
    tape.backward(y);
    assertEquals(0f, a.grad().get(0, 0));
  }
}
