package io.gru4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.tensor.Parallel;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** exp, sigmoid and tanh: special values, accuracy, and the same bits from this JVM's kernels. */
class MathTest {

  /** A float in so many is tried: about 4 million of the 2^32. */
  private static final int STRIDE = 1009;

  /** Between these sizes, all floats are tried under the profile long. */
  private static final float SMALLEST = 0x1p-26f; // below, exp(x) is 1, sigmoid(x) 0.5, tanh(x) x

  private static final float LARGEST = 0x1p7f; // above, each is at its limit

  static final float[] SPECIAL = {
    0f,
    -0f,
    1f,
    -1f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    -Float.MIN_NORMAL,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN,
    ScalarMath.EXP_LOWEST,
    Math.nextDown(ScalarMath.EXP_LOWEST),
    ScalarMath.EXP_HIGHEST,
    Math.nextUp(ScalarMath.EXP_HIGHEST),
    ScalarMath.TANH_SMALL,
    Math.nextDown(ScalarMath.TANH_SMALL),
    -ScalarMath.TANH_SMALL,
    -5.54f,
    20f,
    -20f,
    100f,
    -100f
  };

  @FunctionalInterface
  private interface Function {
    float of(float x);
  }

  @FunctionalInterface
  private interface Kernel {
    void run(float[] y, int yo, float[] x, int xo, int n);
  }

  @Test
  void exp() {
    assertEquals(1f, ScalarMath.exp(0f));
    assertEquals(1f, ScalarMath.exp(-0f));
    assertEquals(0f, ScalarMath.exp(Float.NEGATIVE_INFINITY));
    assertEquals(0f, ScalarMath.exp(-Float.MAX_VALUE));
    assertEquals(Float.POSITIVE_INFINITY, ScalarMath.exp(Float.POSITIVE_INFINITY));
    assertEquals(Float.POSITIVE_INFINITY, ScalarMath.exp(Float.MAX_VALUE));
    assertEquals(Float.NaN, ScalarMath.exp(Float.NaN));
    assertTrue(ScalarMath.exp(ScalarMath.EXP_LOWEST) >= Float.MIN_NORMAL);
    assertEquals(0f, ScalarMath.exp(Math.nextDown(ScalarMath.EXP_LOWEST)));
    assertTrue(Float.isFinite(ScalarMath.exp(ScalarMath.EXP_HIGHEST)));
    assertEquals(Float.POSITIVE_INFINITY, ScalarMath.exp(Math.nextUp(ScalarMath.EXP_HIGHEST)));
    sweep(ScalarMath::exp, StrictMath::exp, Kernels.get().elements()::exp);
  }

  @Test
  void softmaxExp() {
    assertEquals(1f, ScalarMath.softmaxExp(0f));
    assertEquals(1f, ScalarMath.softmaxExp(-0f));
    assertEquals(0f, ScalarMath.softmaxExp(Float.NEGATIVE_INFINITY));
    assertEquals(0f, ScalarMath.softmaxExp(-Float.MAX_VALUE));
    assertEquals(Float.NaN, ScalarMath.softmaxExp(Float.NaN));
    assertTrue(ScalarMath.softmaxExp(ScalarMath.SOFTMAX_LOWEST) >= Kernels.SMALLEST);
    assertEquals(0f, ScalarMath.softmaxExp(Math.nextDown(ScalarMath.SOFTMAX_LOWEST)));
    sweep(
        ScalarMath::softmaxExp,
        MathTest::softmaxExp,
        MathTest::rowExpSum,
        Integer.MIN_VALUE,
        Float.floatToRawIntBits(Float.NEGATIVE_INFINITY),
        STRIDE);
  }

  @Test
  @Tag("long")
  void softmaxExpOfAllFloats() {
    sweep(
        ScalarMath::softmaxExp,
        MathTest::softmaxExp,
        MathTest::rowExpSum,
        Float.floatToRawIntBits(-SMALLEST),
        Float.floatToRawIntBits(-LARGEST),
        1);
  }

  private static double softmaxExp(double x) {
    return x < ScalarMath.SOFTMAX_LOWEST ? 0 : StrictMath.exp(x);
  }

  private static void rowExpSum(float[] y, int yo, float[] x, int xo, int n) {
    int panels = Math.ceilDiv(n, Kernels.PANEL);
    float[] logits = Arrays.copyOf(Arrays.copyOfRange(x, xo, xo + n), panels * Kernels.PANEL);
    Kernels.get().rows().rowExpSum(logits, 0, Kernels.PANEL, panels, 0f);
    System.arraycopy(logits, 0, y, yo, n);
  }

  @Test
  @Tag("long")
  void expOfAllFloats() {
    sweepAll(ScalarMath::exp, StrictMath::exp, Kernels.get().elements()::exp);
  }

  @Test
  @Tag("long")
  void sigmoidOfAllFloats() {
    sweepAll(ScalarMath::sigmoid, MathTest::strictSigmoid, Kernels.get().elements()::sigmoid);
  }

  @Test
  @Tag("long")
  void tanhOfAllFloats() {
    sweepAll(ScalarMath::tanh, StrictMath::tanh, Kernels.get().elements()::tanh);
  }

  /** To the last bit but one or two, and quick enough for all floats. */
  private static double strictSigmoid(double x) {
    return x < 0 ? StrictMath.exp(x) / (1 + StrictMath.exp(x)) : 1 / (1 + StrictMath.exp(-x));
  }

  @Test
  void sigmoid() {
    assertEquals(0.5f, ScalarMath.sigmoid(0f));
    assertEquals(0.5f, ScalarMath.sigmoid(-0f));
    assertEquals(1f, ScalarMath.sigmoid(Float.POSITIVE_INFINITY));
    assertEquals(0f, ScalarMath.sigmoid(Float.NEGATIVE_INFINITY));
    assertEquals(1f, ScalarMath.sigmoid(Float.MAX_VALUE));
    assertEquals(0f, ScalarMath.sigmoid(-Float.MAX_VALUE));
    assertEquals(Float.NaN, ScalarMath.sigmoid(Float.NaN));
    sweep(ScalarMath::sigmoid, MathTest::strictSigmoid, Kernels.get().elements()::sigmoid);
  }

  @Test
  void tanh() {
    assertEquals(0f, ScalarMath.tanh(0f));
    assertEquals(0f, Math.abs(ScalarMath.tanh(-0f)));
    assertEquals(1f, ScalarMath.tanh(Float.POSITIVE_INFINITY));
    assertEquals(-1f, ScalarMath.tanh(Float.NEGATIVE_INFINITY));
    assertEquals(1f, ScalarMath.tanh(Float.MAX_VALUE));
    assertEquals(-1f, ScalarMath.tanh(-Float.MAX_VALUE));
    assertEquals(Float.NaN, ScalarMath.tanh(Float.NaN));
    sweep(ScalarMath::tanh, StrictMath::tanh, Kernels.get().elements()::tanh);
  }

  /** Every {@link #STRIDE}-th of all floats, of both signs. */
  private static void sweep(Function scalar, DoubleUnaryOperator truth, Kernel kernel) {
    sweep(scalar, truth, kernel, Integer.MIN_VALUE, Integer.MAX_VALUE, STRIDE);
  }

  /** Every float of the interesting range, of both signs, on all processors. */
  private static void sweepAll(Function scalar, DoubleUnaryOperator truth, Kernel kernel) {
    int first = Float.floatToRawIntBits(SMALLEST);
    int n = 1 << 20; // floats a task
    int tasks = (Float.floatToRawIntBits(LARGEST) - first) / n;
    try (Parallel parallel = new Parallel(Runtime.getRuntime().availableProcessors())) {
      parallel.run(
          2 * tasks,
          i -> {
            int sign = i < tasks ? 0 : Integer.MIN_VALUE;
            long from = (first + i % tasks * n) | sign;
            sweep(scalar, truth, kernel, from, from + n - 1, 1);
          });
    }
  }

  /** The floats with bits {@code from} to {@code to}. */
  private static void sweep(
      Function scalar, DoubleUnaryOperator truth, Kernel kernel, long from, long to, int stride) {
    int n = 4096;
    float[] x = new float[n];
    float[] y = new float[n];
    long bits = from;
    while (bits <= to) {
      int count = 0;
      for (; count < n && bits <= to; bits += stride) {
        float v = Float.intBitsToFloat((int) bits);
        if (!Float.isNaN(v)) {
          x[count++] = v;
        }
      }
      kernel.run(y, 0, x, 0, count);
      for (int i = 0; i < count; i++) {
        float s = scalar.of(x[i]);
        if (Float.floatToRawIntBits(s) != Float.floatToRawIntBits(y[i])) {
          throw new AssertionError("x = %s: scalar %s, kernel %s".formatted(x[i], s, y[i]));
        }
        assertAccurate(x[i], truth.applyAsDouble(x[i]), s);
      }
    }
  }

  private static void assertAccurate(float x, double truth, float actual) {
    double size = Math.abs(truth);
    boolean right;
    if (size > Float.MAX_VALUE) {
      right = actual == Float.POSITIVE_INFINITY || actual == Float.MAX_VALUE;
    } else if (size < Float.MIN_NORMAL) {
      // exp and sigmoid give 0; tanh(x) = x there, and a denormal number passes through.
      right = actual == 0f || actual == x;
    } else {
      double ulp = Math.scalb(1.0, Math.getExponent(truth) - 23);
      right = Math.abs(actual - truth) <= 2 * ulp;
    }
    if (!right) {
      throw new AssertionError("x = %s: %s, but truly %s".formatted(x, actual, truth));
    }
  }
}
