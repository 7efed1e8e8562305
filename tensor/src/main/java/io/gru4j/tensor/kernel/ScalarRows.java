package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.LANES;
import static io.gru4j.tensor.kernel.Kernels.PANEL;

import java.util.Arrays;

/**
 * Rows as plain loops: the definition of {@link VectorRows}, its test oracle, and what runs where
 * the Vector API is absent. Inner loops run over lanes, so that the JIT may vectorise them.
 */
public final class ScalarRows implements RowKernels {

  private static final ThreadLocal<float[]> LANE_SUMS =
      ThreadLocal.withInitial(() -> new float[LANES]);

  /** Creates the kernels; they have no state. */
  public ScalarRows() {}

  @Override
  public void addRows(float[] sum, int so, float[] y, int yo, int ys, int rows) {
    for (int r = 0; r < rows; r++) {
      for (int l = 0; l < PANEL; l++) {
        sum[so + l] += y[yo + r * ys + l];
      }
    }
  }

  @Override
  public void addScaledRows(
      float[] sum, int so, float[] factor, int fo, float[] y, int yo, int rows) {
    for (int l = 0; l < PANEL; l++) {
      float c0 = 0f;
      float c1 = 0f;
      float c2 = 0f;
      float c3 = 0f;
      for (int r = 0; r < rows; r += 4) {
        int o = yo + r * PANEL + l;
        c0 = FusedMultiplyAdd.fma(factor[fo + r], y[o], c0);
        c1 = r + 1 < rows ? FusedMultiplyAdd.fma(factor[fo + r + 1], y[o + PANEL], c1) : c1;
        c2 = r + 2 < rows ? FusedMultiplyAdd.fma(factor[fo + r + 2], y[o + 2 * PANEL], c2) : c2;
        c3 = r + 3 < rows ? FusedMultiplyAdd.fma(factor[fo + r + 3], y[o + 3 * PANEL], c3) : c3;
      }
      sum[so + l] += (c0 + c2) + (c1 + c3);
    }
  }

  @Override
  public void combineRows(
      float[] y, int yo, float[] factor, int fo, float[] x, int xo, int xs, int rows) {
    for (int r = 0; r < rows; r++) {
      ScalarElements.multiplyAdd(factor[fo + r], x, xo + r * xs, y, yo, PANEL);
    }
  }

  @Override
  public float rowMax(float[] y, int yo, int ps, int panels) {
    float max = Float.NEGATIVE_INFINITY;
    for (int p = 0; p < panels; p++) {
      for (int i = yo + p * ps; i < yo + p * ps + PANEL; i++) {
        max = y[i] > max ? y[i] : max;
      }
    }
    return max + 0f;
  }

  @Override
  public void laneMax(float[] max, int mo, float[] y, int yo, int ps, int panels) {
    Arrays.fill(max, mo, mo + PANEL, Float.NEGATIVE_INFINITY);
    for (int p = 0; p < panels; p++) {
      for (int l = 0; l < PANEL; l++) {
        float v = y[yo + p * ps + l];
        max[mo + l] = v > max[mo + l] ? v : max[mo + l];
      }
    }
  }

  @Override
  public float rowExpSum(float[] y, int yo, int ps, int panels, float max) {
    float[] lanes = LANE_SUMS.get();
    Arrays.fill(lanes, 0f);
    for (int p = 0; p < panels; p++) {
      for (int l = 0; l < PANEL; l++) {
        int i = yo + p * ps + l;
        y[i] = ScalarMath.softmaxExp(y[i] - max);
        lanes[l % LANES] += y[i];
      }
    }
    return ScalarMath.foldLanes(lanes, 0);
  }

  @Override
  public void lanesAtLeast(int[] lanes, float[] y, int yo, float[] threshold, int rows) {
    for (int r = 0; r < rows; r++) {
      lanes[r] = 0;
      for (int l = 0; l < PANEL; l++) {
        lanes[r] |= y[yo + r * PANEL + l] >= threshold[r] ? 1 << l : 0;
      }
    }
  }

  @Override
  public int rowCountAtLeast(float[] y, int yo, int ps, int panels, float threshold) {
    int count = 0;
    for (int p = 0; p < panels; p++) {
      for (int l = 0; l < PANEL; l++) {
        count += y[yo + p * ps + l] >= threshold ? 1 : 0;
      }
    }
    return count;
  }
}
