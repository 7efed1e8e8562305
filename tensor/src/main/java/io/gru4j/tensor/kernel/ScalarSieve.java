package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.PANEL;

import java.util.Arrays;

/** The sieve as plain loops: the definition of {@link VectorSieve} and its test oracle. */
public final class ScalarSieve implements SieveKernels {

  /** Creates the kernels; they have no state. */
  public ScalarSieve() {}

  @Override
  public void code(
      byte[] codes,
      int co,
      int half,
      float[] scale,
      int so,
      float[] found,
      float[] w,
      int wo,
      int K) {
    Arrays.fill(found, 0, MEASURES * PANEL, 0f);
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
        codes[co + k * CLASSES + SieveKernels.place(half * PANEL + l)] = (byte) ((int) code + ZERO);
        found[PANEL + l] = Math.max(found[PANEL + l], rest);
        found[2 * PANEL + l] = FusedMultiplyAdd.fma(rest, rest, found[2 * PANEL + l]);
        found[3 * PANEL + l] = FusedMultiplyAdd.fma(code, code, found[3 * PANEL + l]);
      }
    }
  }

  @Override
  public void bounds(
      float[] lower,
      float[] upper,
      int yo,
      byte[] codes,
      int co,
      float[] scale,
      float[] bias,
      int so,
      int panels,
      short[] h,
      int ho,
      float hScale,
      int K,
      float slack,
      float relative,
      float least) {
    int[] sums = new int[CLASSES];
    for (int p = 0; p < panels; p++) {
      sums(sums, codes, co + p * K * CLASSES, h, ho, K);
      for (int l = 0; l < CLASSES; l++) {
        int i = p * CLASSES + l;
        float d = sums[SieveKernels.place(l)] * hScale;
        float s = scale[so + i];
        float b = bias[so + i];
        float e = FusedMultiplyAdd.fma(Math.abs(b), relative, least);
        lower[yo + i] = FusedMultiplyAdd.fma(s, d - slack, b - e);
        upper[yo + i] = FusedMultiplyAdd.fma(s, d + slack, b + e);
      }
    }
  }

  private static void sums(int[] y, byte[] codes, int co, short[] h, int ho, int K) {
    Arrays.fill(y, 0);
    for (int k = 0; k < K; k++) {
      int x = h[ho + k];
      for (int l = 0; l < CLASSES; l++) {
        y[l] += x * ((codes[co + k * CLASSES + l] & 0xff) - ZERO);
      }
    }
  }
}
