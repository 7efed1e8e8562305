package io.gru4j.tensor.kernel;

import java.util.Arrays;

/** The sieve as plain loops: the definition of {@link VectorSieve} and its test oracle. */
public final class ScalarSieve implements SieveKernels {

  /** Creates the kernels; they have no state. */
  public ScalarSieve() {}

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
      float[] h,
      int ho,
      int K,
      float slack,
      float relative,
      float least) {
    for (int p = 0; p < panels; p++) {
      int y = yo + p * CLASSES;
      Arrays.fill(lower, y, y + CLASSES, 0f);
      for (int k = 0; k < K; k++) {
        int line = co + (p * K + k) * CLASSES;
        float x = h[ho + k];
        for (int l = 0; l < CLASSES; l++) {
          lower[y + l] = FusedMultiplyAdd.fma(x, codes[line + l], lower[y + l]);
        }
      }
      for (int l = 0; l < CLASSES; l++) {
        float d = lower[y + l];
        float s = scale[so + p * CLASSES + l];
        float b = bias[so + p * CLASSES + l];
        float e = FusedMultiplyAdd.fma(Math.abs(b), relative, least);
        lower[y + l] = FusedMultiplyAdd.fma(s, d - slack, b - e);
        upper[y + l] = FusedMultiplyAdd.fma(s, d + slack, b + e);
      }
    }
  }
}
