package io.gru4j.tensor.kernel;

/**
 * exp, sigmoid, tanh and the lane sum as plain Java: the definition that {@link VectorElements}
 * repeats operation by operation.
 *
 * <p>Within 2 ulp of the true value wherever that is a normal float. Results below {@link
 * Float#MIN_NORMAL} are 0: denormal numbers would slow the softmax on many processors without
 * changing a result. NaN gives NaN; the infinities give their limits.
 */
final class ScalarMath {

  // exp: x = i ln 2 + r with |r| <= ln(2) / 2, then 2^i * e^r. Adding 1.5 * 2^23 rounds to an
  // integer
  // and leaves that integer in the low bits of the sum.
  static final float LOG2_E = 0x1.715476p0f;
  static final float ROUNDER = 0x1.8p23f;
  static final float LN2_HIGH = 0x1.62e43p-1f;
  static final float LN2_LOW = -0x1.05c61p-29f;
  static final float EXP_LOWEST = -87.33654f; // ln(Float.MIN_NORMAL), rounded towards zero
  static final float EXP_HIGHEST = 88.72283f; // ln(Float.MAX_VALUE), rounded towards zero
  // e^r = 1 + r + r^2 * P(r), coefficients from the Cephes library's expf.
  static final float E2 = 5.0000001201e-1f;
  static final float E3 = 1.6666665459e-1f;
  static final float E4 = 4.1665795894e-2f;
  static final float E5 = 8.3334519073e-3f;
  static final float E6 = 1.3981999507e-3f;
  static final float E7 = 1.9875691500e-4f;

  // The same for the softmax, of degree 4: minimax of the relative error on |r| <= ln(2) / 2,
  // 2^-28.
  static final float S2 = 0x1.fffffcp-2f;
  static final float S3 = 0x1.55549p-3f;
  static final float S4 = 0x1.5558f4p-5f;
  static final float S5 = 0x1.123a6cp-7f;
  static final float S6 = 0x1.6a2352p-10f;
  static final float SOFTMAX_LOWEST = -69.07755f; // ln(Kernels.SMALLEST), rounded towards zero

  // tanh(x) = x + x^3 * P(x^2) below 0.625, coefficients from the Cephes library's tanhf.
  static final float TANH_SMALL = 0.625f;
  static final float T3 = -3.33332819422e-1f;
  static final float T5 = 1.33314422036e-1f;
  static final float T7 = -5.37397155531e-2f;
  static final float T9 = 2.06390887954e-2f;
  static final float T11 = -5.70498872745e-3f;

  private ScalarMath() {}

  /**
   * Returns e^x; 0 below ln({@link Float#MIN_NORMAL}), infinity above ln({@link Float#MAX_VALUE}).
   */
  static float exp(float x) {
    float t = FusedMultiplyAdd.fma(x, LOG2_E, ROUNDER);
    float i = t - ROUNDER;
    float exact =
        FusedMultiplyAdd.fma(i, -LN2_HIGH, x); // no rounding: both are multiples of 2^-24 or finer
    float r = FusedMultiplyAdd.fma(i, -LN2_LOW, exact);
    float rLow = FusedMultiplyAdd.fma(i, -LN2_LOW, exact - r); // what rounding r lost
    float p = FusedMultiplyAdd.fma(E7, r, E6);
    p = FusedMultiplyAdd.fma(p, r, E5);
    p = FusedMultiplyAdd.fma(p, r, E4);
    p = FusedMultiplyAdd.fma(p, r, E3);
    p = FusedMultiplyAdd.fma(p, r, E2);
    p = FusedMultiplyAdd.fma(p, r * r, rLow);
    float sum = 1f + r;
    p = sum + (p + (r - (sum - 1f))); // 1 + r + p, with the rounding error of 1 + r added back
    // Times 2^i: i is in t's lowest bits, and a shift brings it to the exponent's place. The sum is
    // right wherever e^x is a normal float.
    float y = Float.intBitsToFloat(Float.floatToRawIntBits(p) + (Float.floatToRawIntBits(t) << 23));
    y = x < EXP_LOWEST ? 0f : y;
    return x <= EXP_HIGHEST ? y : x + Float.POSITIVE_INFINITY; // NaN stays NaN
  }

  /**
   * Returns e^x for an x that is not above 0, within 2 ulp; 0 below ln({@link Kernels#SMALLEST}).
   * The softmax applies it to every logit. It is {@link #exp} without the steps that arguments
   * above 0 and the last half ulp need.
   */
  static float softmaxExp(float x) {
    float t = FusedMultiplyAdd.fma(x, LOG2_E, ROUNDER);
    float i = t - ROUNDER;
    float r = FusedMultiplyAdd.fma(i, -LN2_LOW, FusedMultiplyAdd.fma(i, -LN2_HIGH, x));
    float p = FusedMultiplyAdd.fma(S6, r, S5);
    p = FusedMultiplyAdd.fma(p, r, S4);
    p = FusedMultiplyAdd.fma(p, r, S3);
    p = FusedMultiplyAdd.fma(p, r, S2);
    p = FusedMultiplyAdd.fma(p, r * r, r) + 1f;
    float y = Float.intBitsToFloat(Float.floatToRawIntBits(p) + (Float.floatToRawIntBits(t) << 23));
    return x < SOFTMAX_LOWEST ? 0f : y; // NaN stays NaN: there are no bits to shift into it
  }

  /**
   * Returns 1 / (1 + e^-x), computed from e = e^-|x| so that neither end overflows. What 1 + e and
   * the quotient lose by rounding is put back: just below a power of two they would add 1.5 ulp to
   * the 1.4 that e brings.
   */
  static float sigmoid(float x) {
    float e = exp(-Math.abs(x));
    float top = x < 0f ? e : 1f;
    float sum = 1f + e;
    float lost = e - (sum - 1f);
    float y = top / sum;
    float rest = FusedMultiplyAdd.fma(-y, lost, FusedMultiplyAdd.fma(-y, sum, top));
    return FusedMultiplyAdd.fma(rest, x < 0f ? 1f - y : y, y); // 1 / (1 + e) is y or 1 - y
  }

  /**
   * Returns tanh(x): a polynomial near 0, (1 - e^-2|x|) / (1 + e^-2|x|) with x's sign elsewhere.
   */
  static float tanh(float x) {
    float s = x * x;
    float p = FusedMultiplyAdd.fma(T11, s, T9);
    p = FusedMultiplyAdd.fma(p, s, T7);
    p = FusedMultiplyAdd.fma(p, s, T5);
    p = FusedMultiplyAdd.fma(p, s, T3);
    float small = FusedMultiplyAdd.fma(x * s, p, x);
    float a = Math.abs(x);
    float e = exp(-2f * a);
    float large = (1f - e) / (1f + e);
    large = x < 0f ? -large : large;
    return a < TANH_SMALL ? small : large;
  }

  /**
   * Returns the sum of 16 lanes by the fixed tree: lane l + lane l+8, then l + l+4, l + l+2, l +
   * l+1.
   */
  static float foldLanes(float[] lanes, int o) {
    float l0 = (lanes[o] + lanes[o + 8]) + (lanes[o + 4] + lanes[o + 12]);
    float l1 = (lanes[o + 1] + lanes[o + 9]) + (lanes[o + 5] + lanes[o + 13]);
    float l2 = (lanes[o + 2] + lanes[o + 10]) + (lanes[o + 6] + lanes[o + 14]);
    float l3 = (lanes[o + 3] + lanes[o + 11]) + (lanes[o + 7] + lanes[o + 15]);
    return (l0 + l2) + (l1 + l3);
  }

  /**
   * Returns the sum of 64 chains, see {@link ElementKernels#sumOfSquares}; they are overwritten.
   */
  static float foldChains(float[] chains) {
    for (int n = 32; n >= Kernels.LANES; n /= 2) {
      for (int c = 0; c < n; c++) {
        chains[c] += chains[c + n];
      }
    }
    return foldLanes(chains, 0);
  }
}
