package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.LANES;
import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.Kernels.QUAD;

import java.util.Arrays;

/**
 * Products as plain loops: the definition of {@link VectorProducts}, its test oracle, and what runs
 * where the Vector API is absent. Inner loops run over lanes, so that the JIT may vectorise them.
 */
public final class ScalarProducts implements ProductKernels {

  /** Creates the kernels; they have no state. */
  public ScalarProducts() {}

  @Override
  public void product(
      float[] c,
      int co,
      int cs,
      float[] init,
      int io,
      int is,
      float[] a,
      int ao,
      int ap,
      float[] b,
      int bo,
      int rows,
      int K,
      int columns) {
    for (int r = 0; r < rows; r++) {
      int cr = co + r * cs;
      for (int l = 0; l < columns; l++) {
        c[cr + l] = init[io + r * is + l];
      }
      int ar = ao + r / QUAD * ap + r % QUAD;
      for (int k = 0; k < K; k++) {
        ScalarElements.multiplyAdd(a[ar + k * QUAD], b, bo + k * PANEL, c, cr, columns);
      }
    }
  }

  @Override
  public int productDepth() {
    return 256;
  }

  @Override
  public void packRows(float[] y, int yo, int yp, float[] x, int xo, int xs, int rows, int K) {
    for (int r = 0; r < rows; r++) {
      int yr = yo + r / QUAD * yp + r % QUAD;
      for (int k = 0; k < K; k++) {
        y[yr + k * QUAD] = x[xo + r * xs + k];
      }
    }
  }

  @Override
  public void packColumns(float[] y, int yo, int yp, float[] x, int xo, int xs, int rows, int K) {
    for (int r = 0; r < rows; r += QUAD) {
      int count = Math.min(QUAD, rows - r);
      for (int k = 0; k < K; k++) {
        for (int i = 0; i < count; i++) {
          y[yo + r / QUAD * yp + k * QUAD + i] = x[xo + k * xs + r + i];
        }
      }
    }
  }

  @Override
  public void copyPanels(float[] y, int yo, int yps, float[] x, int xo, int xps, int panels) {
    for (int p = 0; p < panels; p++) {
      System.arraycopy(x, xo + p * xps, y, yo + p * yps, PANEL);
    }
  }

  @Override
  public void transpose(
      float[] y, int yo, int ys, float[] x, int xo, int xs, int rows, int columns) {
    for (int c = 0; c < columns; c++) {
      for (int r = 0; r < rows; r++) {
        y[yo + c * ys + r] = x[xo + r * xs + c];
      }
    }
  }

  @Override
  public void blockProduct(
      float[] c,
      int co,
      int cps,
      float[] y,
      int yo,
      int yps,
      float[] b,
      int bo,
      float[] scratch,
      int panels,
      int rows,
      int columns) {
    for (int k = 0; k < columns; k += PANEL) {
      int n = Math.min(PANEL, columns - k);
      for (int r = 0; r < rows; r++) {
        int cr = co + k / PANEL * cps + r * PANEL;
        Arrays.fill(c, cr, cr + n, 0f);
        for (int p = 0; p < panels; p++) {
          for (int l = 0; l < PANEL; l++) {
            int row = (k * panels + p * PANEL + l) * PANEL;
            ScalarElements.multiplyAdd(y[yo + p * yps + r * PANEL + l], b, bo + row, c, cr, n);
          }
        }
      }
    }
  }

  @Override
  public void laneProducts(
      float[] sums,
      int so,
      int ss,
      float[] y,
      int yo,
      int yps,
      float[] w,
      int wo,
      int wps,
      int panels,
      int rows,
      int K) {
    for (int r = 0; r < rows; r++) {
      Arrays.fill(sums, so + r * ss, so + r * ss + K * LANES, 0f);
      for (int p = 0; p < panels; p++) {
        for (int k = 0; k < K; k++) {
          int s = so + r * ss + k * LANES;
          int i = yo + p * yps + r * PANEL;
          int j = wo + p * wps + k * PANEL;
          multiplyAdd(y, i, w, j, sums, s);
          multiplyAdd(y, i + LANES, w, j + LANES, sums, s);
        }
      }
    }
  }

  /** One fused multiply-add on each of the 16 virtual lanes. */
  private static void multiplyAdd(float[] a, int ao, float[] b, int bo, float[] sums, int so) {
    for (int l = 0; l < LANES; l++) {
      sums[so + l] = FusedMultiplyAdd.fma(a[ao + l], b[bo + l], sums[so + l]);
    }
  }

  @Override
  public void foldLanes(float[] y, int yo, float[] x, int xo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = ScalarMath.foldLanes(x, xo + i * LANES);
    }
  }
}
