package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.PANEL;

import java.util.Arrays;

/** The sieve as plain loops: the definition of {@link VectorSieve} and its test oracle. */
public final class ScalarSieve implements SieveKernels {

  /** Creates the kernels; they have no state. */
  public ScalarSieve() {}

  @Override
  public void code(
      byte[] codes, int co, float[] scale, int so, float[] found, float[] w, int wo, int K) {
    Arrays.fill(found, 0, 3 * PANEL, 0f);
    for (int k = 0; k < K; k++) {
      for (int l = 0; l < PANEL; l++) {
        found[l] = Math.max(found[l], Math.abs(w[wo + k * PANEL + l]));
      }
    }
    for (int l = 0; l < PANEL; l++) {
      scale[so + l] = Math.max(found[l] / Byte.MAX_VALUE, Float.MIN_NORMAL);
    }
    for (int k = 0; k < K; k++) {
      for (int l = 0; l < PANEL; l++) {
        float s = scale[so + l];
        float inverse = 1 / s;
        float x = w[wo + k * PANEL + l];
        float code = x * inverse + ROUNDER - ROUNDER;
        float rest = Math.abs(FusedMultiplyAdd.fma(-s, code, x)) * inverse;
        codes[co + k * CLASSES + l] = (byte) code;
        found[PANEL + l] = Math.max(found[PANEL + l], rest);
        found[2 * PANEL + l] = FusedMultiplyAdd.fma(rest, rest, found[2 * PANEL + l]);
      }
    }
  }

  @Override
  public void bounds(
      float[] lower,
      float[] upper,
      int ys,
      byte[] codes,
      int co,
      float[] scale,
      float[] bias,
      int so,
      int panels,
      float[] h,
      int ho,
      int rows,
      int K,
      float[] slack,
      float relative,
      float least) {
    for (int p = 0; p < panels; p++) {
      for (int r = 0; r < rows; r++) {
        int y = r * ys + p * CLASSES;
        sums(upper, y, codes, co + p * K * CLASSES, h, ho + r * K, K);
        for (int l = 0; l < CLASSES; l++) {
          float d = upper[y + l];
          float s = scale[so + p * CLASSES + l];
          float b = bias[so + p * CLASSES + l];
          float e = FusedMultiplyAdd.fma(Math.abs(b), relative, least);
          lower[y + l] = FusedMultiplyAdd.fma(s, d - slack[r], b - e);
          upper[y + l] = FusedMultiplyAdd.fma(s, d + slack[r], b + e);
        }
      }
    }
  }

  private static void sums(float[] y, int yo, byte[] codes, int co, float[] h, int ho, int K) {
    Arrays.fill(y, yo, yo + CLASSES, 0f);
    for (int k = 0; k < K; k++) {
      float x = h[ho + k];
      for (int l = 0; l < CLASSES; l++) {
        y[yo + l] = FusedMultiplyAdd.fma(x, codes[co + k * CLASSES + l], y[yo + l]);
      }
    }
  }
}
