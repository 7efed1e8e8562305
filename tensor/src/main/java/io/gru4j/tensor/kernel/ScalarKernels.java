package io.gru4j.tensor.kernel;

import java.util.Arrays;

/**
 * The kernels as plain loops: the definition of {@link VectorKernels}, its test oracle, and what
 * runs where the Vector API is absent. Inner loops run over lanes, so that the JIT may vectorise
 * them.
 */
public final class ScalarKernels implements Kernels {

  private static final ThreadLocal<float[]> LANE_SUMS =
      ThreadLocal.withInitial(() -> new float[LANES]);

  private static final ThreadLocal<float[]> CHAINS = ThreadLocal.withInitial(() -> new float[64]);

  /** Creates the kernels; they have no state. */
  public ScalarKernels() {}

  @Override
  public String description() {
    return "scalar";
  }

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
        axpy(a[ar + k * QUAD], b, bo + k * PANEL, c, cr, columns);
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
            axpy(y[yo + p * yps + r * PANEL + l], b, bo + row, c, cr, n);
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

  /** One fused step on each of the 16 virtual lanes. */
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
      axpy(factor[fo + r], x, xo + r * xs, y, yo, PANEL);
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

  @Override
  public void gruForward(
      float[] gx,
      int gxo,
      float[] gh,
      int gho,
      float[] h,
      int ho,
      float[] hNext,
      int hNexto,
      int H) {
    for (int i = 0; i < H; i++) {
      float r = ScalarMath.sigmoid(gx[gxo + i] + gh[gho + i]);
      float z = ScalarMath.sigmoid(gx[gxo + H + i] + gh[gho + H + i]);
      float n = ScalarMath.tanh(FusedMultiplyAdd.fma(r, gh[gho + 2 * H + i], gx[gxo + 2 * H + i]));
      gx[gxo + i] = r;
      gx[gxo + H + i] = z;
      gx[gxo + 2 * H + i] = n;
      hNext[hNexto + i] = FusedMultiplyAdd.fma(z, h[ho + i] - n, n); // (1 - z) * n + z * h
    }
  }

  @Override
  public void gruBackward(
      float[] gx,
      int gxo,
      float[] gh,
      int gho,
      float[] h,
      int ho,
      float[] dhNext,
      int dhNexto,
      float[] dh,
      int dho,
      int H) {
    gruBackward(gx, gxo, gh, gho, h, ho, dhNext, dhNexto, dh, dho, H, 0);
  }

  /** Columns {@code from} to H of {@link #gruBackward}; the vector kernel's tail. */
  static void gruBackward(
      float[] gx,
      int gxo,
      float[] gh,
      int gho,
      float[] h,
      int ho,
      float[] dhNext,
      int dhNexto,
      float[] dh,
      int dho,
      int H,
      int from) {
    for (int i = from; i < H; i++) {
      float r = gx[gxo + i];
      float z = gx[gxo + H + i];
      float n = gx[gxo + 2 * H + i];
      float d = dhNext[dhNexto + i];
      float dn = d * (1f - z) * FusedMultiplyAdd.fma(-n, n, 1f); // through tanh
      float dz = d * (h[ho + i] - n) * (z * (1f - z)); // through sigmoid
      float dr = dn * gh[gho + 2 * H + i] * (r * (1f - r));
      gx[gxo + i] = dr;
      gx[gxo + H + i] = dz;
      gx[gxo + 2 * H + i] = dn;
      gh[gho + i] = dr;
      gh[gho + H + i] = dz;
      gh[gho + 2 * H + i] = dn * r;
      dh[dho + i] = FusedMultiplyAdd.fma(z, d, dh[dho + i]);
    }
  }

  @Override
  public void exp(float[] y, int yo, float[] x, int xo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = ScalarMath.exp(x[xo + i]);
    }
  }

  @Override
  public void sigmoid(float[] y, int yo, float[] x, int xo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = ScalarMath.sigmoid(x[xo + i]);
    }
  }

  @Override
  public void tanh(float[] y, int yo, float[] x, int xo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = ScalarMath.tanh(x[xo + i]);
    }
  }

  @Override
  public void multiply(float[] y, int yo, float[] a, int ao, float[] b, int bo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = a[ao + i] * b[bo + i];
    }
  }

  @Override
  public void axpy(float a, float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = FusedMultiplyAdd.fma(a, x[xo + i], y[yo + i]);
    }
  }

  @Override
  public float sumOfSquares(float[] x, int xo, int n) {
    float[] chains = CHAINS.get();
    Arrays.fill(chains, 0f);
    for (int i = 0; i < n; i++) {
      chains[i % 64] = FusedMultiplyAdd.fma(x[xo + i], x[xo + i], chains[i % 64]);
    }
    return ScalarMath.foldChains(chains);
  }

  @Override
  public void adagrad(
      float[] p,
      int po,
      float[] s,
      int so,
      float[] g,
      int go,
      int n,
      float scale,
      float lr,
      float eps) {
    for (int i = 0; i < n; i++) {
      float d = scale * g[go + i];
      float sum = FusedMultiplyAdd.fma(d, d, s[so + i]);
      s[so + i] = sum;
      p[po + i] = FusedMultiplyAdd.fma(-lr, d / ((float) Math.sqrt(sum) + eps), p[po + i]);
    }
  }

  @Override
  public void sgdMomentum(
      float[] p,
      int po,
      float[] b,
      int bo,
      float[] g,
      int go,
      int n,
      float scale,
      float lr,
      float momentum) {
    for (int i = 0; i < n; i++) {
      float velocity = FusedMultiplyAdd.fma(momentum, b[bo + i], scale * g[go + i]);
      b[bo + i] = velocity;
      p[po + i] = FusedMultiplyAdd.fma(-lr, velocity, p[po + i]);
    }
  }
}
