package io.gru4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Software for fused multiply-add: the bits of {@link Math#fma(float, float, float)}. */
class FusedMultiplyAddTest {

  /** Through BigDecimal, where there is no instruction, so many would take minutes. */
  private static final int TRIPLES = FusedMultiplyAdd.INSTRUCTION ? 2_500_000 : 50_000;

  private final SplittableRandom random = new SplittableRandom(1);

  @Test
  void ofAnyBits() {
    for (int i = 0; i < TRIPLES; i++) {
      check(anyFloat(), anyFloat(), anyFloat());
    }
  }

  /** Sums of a size: of the product and c, neither is lost in the other. */
  @Test
  void ofSumsWhereBothMatter() {
    for (int i = 0; i < TRIPLES; i++) {
      float a = anyFloat();
      float b = anyFloat();
      int exponent = Math.getExponent((double) a * b) + random.nextInt(-54, 55);
      check(a, b, scaled(1 + random.nextInt(1 << 23) * 0x1p-23, exponent));
      check(a, b, -a * b); // what the product's rounding loses
      check(a, b, Math.nextUp(-a * b));
    }
  }

  /**
   * A product next to half an ulp of c, of normal and of denormal floats and beyond the largest:
   * where a sum that is first rounded to double becomes a tie.
   */
  @Test
  void ofSumsNextToATie() {
    int corrected = 0;
    for (int i = 0; i < TRIPLES; i++) {
      float c = random.nextInt(8) == 0 ? Float.MAX_VALUE : Math.abs(anyFloat());
      if (!Float.isFinite(c)) {
        continue;
      }
      int half = Math.max(Math.getExponent(c), Float.MIN_EXPONENT) - 24;
      int k = random.nextInt(0, 64);
      int split = random.nextInt(half / 2 - 20, half / 2 + 20);
      float a = scaled(1 + k * 0x1p-23, split);
      float b = scaled(1 - random.nextInt(0, 64) * 0x1p-23, half - split);
      boolean minus = random.nextBoolean();
      check(minus ? -a : a, b, c);
      check(minus ? -a : a, b, -c);
      if ((float) ((double) a * b + c) != Math.fma(a, b, c)) {
        corrected++;
      }
    }
    assertEquals(true, corrected > TRIPLES / 1000, corrected + " sums rounded twice");
  }

  /** A product that is a tie itself, and a c far below it that decides. */
  @Test
  void ofProductsThatAreTies() {
    for (int i = 0; i < TRIPLES; i++) {
      int a = random.nextInt(1 << 11, 1 << 12) | 1;
      int b = random.nextInt(1 << 12, 1 << 13) | 1;
      int exponent = random.nextInt(-149 - 24, Float.MAX_EXPONENT - 23);
      int split = Math.max(-149, Math.min(exponent / 2, 100));
      float x = scaled(a, split);
      float y = scaled(b, exponent - split);
      float c = scaled(1 + random.nextInt(1 << 23) * 0x1p-23, exponent - random.nextInt(80));
      check(x, y, c);
      check(-x, y, c);
      check(x, y, -c);
    }
  }

  @Test
  void ofZerosInfinitiesNanAndTheEdges() {
    float[] edges = {
      0f,
      1f,
      Math.nextUp(1f),
      Math.nextDown(1f),
      3f,
      0x1p-75f,
      0x1p64f,
      Float.MIN_VALUE,
      2 * Float.MIN_VALUE,
      Float.MIN_NORMAL,
      Math.nextDown(Float.MIN_NORMAL),
      Float.MAX_VALUE,
      Math.nextDown(Float.MAX_VALUE),
      Float.POSITIVE_INFINITY,
      Float.NaN
    };
    for (float a : edges) {
      for (float b : edges) {
        for (float c : edges) {
          for (int signs = 0; signs < 8; signs++) {
            check(signed(a, signs & 1), signed(b, signs & 2), signed(c, signs & 4));
          }
        }
      }
    }
  }

  private static float signed(float x, int minus) {
    return minus == 0 ? x : -x;
  }

  private float anyFloat() {
    return Float.intBitsToFloat(random.nextInt());
  }

  /** Returns {@code m} times a power of two, rounded to float once. */
  private static float scaled(double m, int exponent) {
    return (float) (m * Math.scalb(1.0, exponent));
  }

  private static void check(float a, float b, float c) {
    int expected = Float.floatToIntBits(Math.fma(a, b, c)); // NaN is NaN
    int actual = Float.floatToIntBits(FusedMultiplyAdd.software(a, b, c));
    if (expected != actual) {
      throw new AssertionError(
          "%a * %a + %a: expected %a, got %a"
              .formatted(a, b, c, Float.intBitsToFloat(expected), Float.intBitsToFloat(actual)));
    }
  }
}
