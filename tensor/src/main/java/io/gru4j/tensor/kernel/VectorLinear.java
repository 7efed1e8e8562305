package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.LANES;
import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.VectorMath.L;
import static io.gru4j.tensor.kernel.VectorMath.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The linear layer on vectors; {@link ScalarKernels} has the plain loops.
 *
 * <p>The register tile of the product and of the weight gradient is 8 x 32 (at 512 bit: 8 broadcast
 * values times 2 vectors): 16 accumulators stay in registers while the inner index runs, and each
 * of its steps costs 2 vector loads and 8 broadcasts for 16 fused multiply-adds. Eight chains hide
 * the latency of the multiply-add, and loads stay below what two load ports deliver. Tiles of 4 and
 * 1 take what 8 leaves over. Java keeps vectors in registers only as local variables: hence the
 * written-out tiles.
 *
 * <p>The input gradient runs along the lanes of W's panels, so W needs no transposed copy: a tile
 * of 6 rows x 4 inputs holds 24 vectors of partial sums while the items pass by, and folds each at
 * the end.
 */
final class VectorLinear {

  private static final ThreadLocal<float[]> SUMS =
      ThreadLocal.withInitial(() -> new float[6 * 4 * LANES]);

  private VectorLinear() {}

  static void forward(
      float[] y,
      int yo,
      int ys,
      float[] x,
      int xo,
      int xs,
      float[] w,
      int wo,
      float[] bias,
      int bo,
      int rows,
      int K) {
    for (int c = 0; c < PANEL; c += 2 * L) {
      int r = 0;
      if (L == 16) {
        for (; r + 8 <= rows; r += 8) {
          forward8(y, yo + r * ys + c, ys, x, xo + r * xs, xs, w, wo + c, bias, bo + c, K);
        }
      }
      for (; r + 4 <= rows; r += 4) {
        forward4(y, yo + r * ys + c, ys, x, xo + r * xs, xs, w, wo + c, bias, bo + c, K);
      }
      for (; r < rows; r++) {
        forward1(y, yo + r * ys + c, x, xo + r * xs, w, wo + c, bias, bo + c, K);
      }
    }
  }

  static void backwardWeight(
      float[] dw,
      int dwo,
      float[] dy,
      int dyo,
      int dys,
      float[] x,
      int xo,
      int xs,
      int rows,
      int K) {
    for (int c = 0; c < PANEL; c += 2 * L) {
      int k = 0;
      if (L == 16) {
        for (; k + 8 <= K; k += 8) {
          backwardWeight8(dw, dwo + k * PANEL + c, dy, dyo + c, dys, x, xo + k, xs, rows);
        }
      }
      for (; k + 4 <= K; k += 4) {
        backwardWeight4(dw, dwo + k * PANEL + c, dy, dyo + c, dys, x, xo + k, xs, rows);
      }
      for (; k < K; k++) {
        backwardWeight1(dw, dwo + k * PANEL + c, dy, dyo + c, dys, x, xo + k, xs, rows);
      }
    }
  }

  static void backwardBias(float[] db, int dbo, float[] dy, int dyo, int dys, int rows) {
    for (int c = 0; c < PANEL; c += L) {
      FloatVector sum = FloatVector.fromArray(SPECIES, db, dbo + c);
      for (int r = 0; r < rows; r++) {
        sum = sum.add(FloatVector.fromArray(SPECIES, dy, dyo + r * dys + c));
      }
      sum.intoArray(db, dbo + c);
    }
  }

  static void backwardInput(
      float[] dx,
      int dxo,
      int dxs,
      float[] dy,
      int dyo,
      int dys,
      int dyps,
      float[] w,
      int wo,
      int rows,
      int K,
      int panels) {
    float[] sums = SUMS.get();
    int wps = K * PANEL;
    int step = L == 16 ? 6 : 2;
    for (int r = 0; r < rows; ) {
      int m = r + step <= rows ? step : r + 2 <= rows ? 2 : 1;
      for (int k = 0; k < K; ) {
        int q = k + 4 <= K ? 4 : 1;
        for (int c = 0; c < LANES; c += L) {
          int d = dyo + r * dys + c;
          int v = wo + k * PANEL + c;
          if (q == 1) {
            for (int i = 0; i < m; i++) {
              backwardInput1x1(sums, c + i * LANES, dy, d + i * dys, dyps, w, v, wps, panels);
            }
          } else if (m == 6) {
            backwardInput6x4(sums, c, dy, d, dys, dyps, w, v, wps, panels);
          } else if (m == 2) {
            backwardInput2x4(sums, c, dy, d, dys, dyps, w, v, wps, panels);
          } else {
            backwardInput1x4(sums, c, dy, d, dyps, w, v, wps, panels);
          }
        }
        for (int i = 0; i < m; i++) {
          int to = dxo + (r + i) * dxs + k;
          for (int j = 0; j < q; j++) {
            dx[to + j] += fold(sums, (i * q + j) * LANES);
          }
        }
        k += q;
      }
      r += m;
    }
  }

  private static float fold(float[] sums, int o) {
    return L == 16
        ? VectorMath.foldLanes16(FloatVector.fromArray(SPECIES, sums, o))
        : ScalarMath.foldLanes(sums, o);
  }

  /** 8 rows of one panel's columns c to c + 2 L. */
  private static void forward8(
      float[] y,
      int yo,
      int ys,
      float[] x,
      int xo,
      int xs,
      float[] w,
      int wo,
      float[] bias,
      int bo,
      int K) {
    FloatVector a0 = FloatVector.fromArray(SPECIES, bias, bo);
    FloatVector b0 = FloatVector.fromArray(SPECIES, bias, bo + L);
    FloatVector a1 = FloatVector.fromArray(SPECIES, bias, bo);
    FloatVector b1 = FloatVector.fromArray(SPECIES, bias, bo + L);
    FloatVector a2 = FloatVector.fromArray(SPECIES, bias, bo);
    FloatVector b2 = FloatVector.fromArray(SPECIES, bias, bo + L);
    FloatVector a3 = FloatVector.fromArray(SPECIES, bias, bo);
    FloatVector b3 = FloatVector.fromArray(SPECIES, bias, bo + L);
    FloatVector a4 = FloatVector.fromArray(SPECIES, bias, bo);
    FloatVector b4 = FloatVector.fromArray(SPECIES, bias, bo + L);
    FloatVector a5 = FloatVector.fromArray(SPECIES, bias, bo);
    FloatVector b5 = FloatVector.fromArray(SPECIES, bias, bo + L);
    FloatVector a6 = FloatVector.fromArray(SPECIES, bias, bo);
    FloatVector b6 = FloatVector.fromArray(SPECIES, bias, bo + L);
    FloatVector a7 = FloatVector.fromArray(SPECIES, bias, bo);
    FloatVector b7 = FloatVector.fromArray(SPECIES, bias, bo + L);
    int x1 = xo + xs;
    int x2 = xo + 2 * xs;
    int x3 = xo + 3 * xs;
    int x4 = xo + 4 * xs;
    int x5 = xo + 5 * xs;
    int x6 = xo + 6 * xs;
    int x7 = xo + 7 * xs;
    for (int k = 0; k < K; k++) {
      FloatVector wa = FloatVector.fromArray(SPECIES, w, wo + k * PANEL);
      FloatVector wb = FloatVector.fromArray(SPECIES, w, wo + k * PANEL + L);
      FloatVector v0 = FloatVector.broadcast(SPECIES, x[xo + k]);
      a0 = v0.fma(wa, a0);
      b0 = v0.fma(wb, b0);
      FloatVector v1 = FloatVector.broadcast(SPECIES, x[x1 + k]);
      a1 = v1.fma(wa, a1);
      b1 = v1.fma(wb, b1);
      FloatVector v2 = FloatVector.broadcast(SPECIES, x[x2 + k]);
      a2 = v2.fma(wa, a2);
      b2 = v2.fma(wb, b2);
      FloatVector v3 = FloatVector.broadcast(SPECIES, x[x3 + k]);
      a3 = v3.fma(wa, a3);
      b3 = v3.fma(wb, b3);
      FloatVector v4 = FloatVector.broadcast(SPECIES, x[x4 + k]);
      a4 = v4.fma(wa, a4);
      b4 = v4.fma(wb, b4);
      FloatVector v5 = FloatVector.broadcast(SPECIES, x[x5 + k]);
      a5 = v5.fma(wa, a5);
      b5 = v5.fma(wb, b5);
      FloatVector v6 = FloatVector.broadcast(SPECIES, x[x6 + k]);
      a6 = v6.fma(wa, a6);
      b6 = v6.fma(wb, b6);
      FloatVector v7 = FloatVector.broadcast(SPECIES, x[x7 + k]);
      a7 = v7.fma(wa, a7);
      b7 = v7.fma(wb, b7);
    }
    a0.intoArray(y, yo);
    b0.intoArray(y, yo + L);
    a1.intoArray(y, yo + ys);
    b1.intoArray(y, yo + ys + L);
    a2.intoArray(y, yo + 2 * ys);
    b2.intoArray(y, yo + 2 * ys + L);
    a3.intoArray(y, yo + 3 * ys);
    b3.intoArray(y, yo + 3 * ys + L);
    a4.intoArray(y, yo + 4 * ys);
    b4.intoArray(y, yo + 4 * ys + L);
    a5.intoArray(y, yo + 5 * ys);
    b5.intoArray(y, yo + 5 * ys + L);
    a6.intoArray(y, yo + 6 * ys);
    b6.intoArray(y, yo + 6 * ys + L);
    a7.intoArray(y, yo + 7 * ys);
    b7.intoArray(y, yo + 7 * ys + L);
  }

  /** 4 rows of one panel's columns c to c + 2 L. */
  private static void forward4(
      float[] y,
      int yo,
      int ys,
      float[] x,
      int xo,
      int xs,
      float[] w,
      int wo,
      float[] bias,
      int bo,
      int K) {
    FloatVector a0 = FloatVector.fromArray(SPECIES, bias, bo);
    FloatVector b0 = FloatVector.fromArray(SPECIES, bias, bo + L);
    FloatVector a1 = FloatVector.fromArray(SPECIES, bias, bo);
    FloatVector b1 = FloatVector.fromArray(SPECIES, bias, bo + L);
    FloatVector a2 = FloatVector.fromArray(SPECIES, bias, bo);
    FloatVector b2 = FloatVector.fromArray(SPECIES, bias, bo + L);
    FloatVector a3 = FloatVector.fromArray(SPECIES, bias, bo);
    FloatVector b3 = FloatVector.fromArray(SPECIES, bias, bo + L);
    int x1 = xo + xs;
    int x2 = xo + 2 * xs;
    int x3 = xo + 3 * xs;
    for (int k = 0; k < K; k++) {
      FloatVector wa = FloatVector.fromArray(SPECIES, w, wo + k * PANEL);
      FloatVector wb = FloatVector.fromArray(SPECIES, w, wo + k * PANEL + L);
      FloatVector v0 = FloatVector.broadcast(SPECIES, x[xo + k]);
      a0 = v0.fma(wa, a0);
      b0 = v0.fma(wb, b0);
      FloatVector v1 = FloatVector.broadcast(SPECIES, x[x1 + k]);
      a1 = v1.fma(wa, a1);
      b1 = v1.fma(wb, b1);
      FloatVector v2 = FloatVector.broadcast(SPECIES, x[x2 + k]);
      a2 = v2.fma(wa, a2);
      b2 = v2.fma(wb, b2);
      FloatVector v3 = FloatVector.broadcast(SPECIES, x[x3 + k]);
      a3 = v3.fma(wa, a3);
      b3 = v3.fma(wb, b3);
    }
    a0.intoArray(y, yo);
    b0.intoArray(y, yo + L);
    a1.intoArray(y, yo + ys);
    b1.intoArray(y, yo + ys + L);
    a2.intoArray(y, yo + 2 * ys);
    b2.intoArray(y, yo + 2 * ys + L);
    a3.intoArray(y, yo + 3 * ys);
    b3.intoArray(y, yo + 3 * ys + L);
  }

  /** 1 rows of one panel's columns c to c + 2 L. */
  private static void forward1(
      float[] y, int yo, float[] x, int xo, float[] w, int wo, float[] bias, int bo, int K) {
    FloatVector a0 = FloatVector.fromArray(SPECIES, bias, bo);
    FloatVector b0 = FloatVector.fromArray(SPECIES, bias, bo + L);
    for (int k = 0; k < K; k++) {
      FloatVector wa = FloatVector.fromArray(SPECIES, w, wo + k * PANEL);
      FloatVector wb = FloatVector.fromArray(SPECIES, w, wo + k * PANEL + L);
      FloatVector v0 = FloatVector.broadcast(SPECIES, x[xo + k]);
      a0 = v0.fma(wa, a0);
      b0 = v0.fma(wb, b0);
    }
    a0.intoArray(y, yo);
    b0.intoArray(y, yo + L);
  }

  /** 8 inputs k of one panel's columns c to c + 2 L. */
  private static void backwardWeight8(
      float[] dw, int dwo, float[] dy, int dyo, int dys, float[] x, int xo, int xs, int rows) {
    FloatVector a0 = FloatVector.fromArray(SPECIES, dw, dwo);
    FloatVector b0 = FloatVector.fromArray(SPECIES, dw, dwo + L);
    FloatVector a1 = FloatVector.fromArray(SPECIES, dw, dwo + PANEL);
    FloatVector b1 = FloatVector.fromArray(SPECIES, dw, dwo + PANEL + L);
    FloatVector a2 = FloatVector.fromArray(SPECIES, dw, dwo + 2 * PANEL);
    FloatVector b2 = FloatVector.fromArray(SPECIES, dw, dwo + 2 * PANEL + L);
    FloatVector a3 = FloatVector.fromArray(SPECIES, dw, dwo + 3 * PANEL);
    FloatVector b3 = FloatVector.fromArray(SPECIES, dw, dwo + 3 * PANEL + L);
    FloatVector a4 = FloatVector.fromArray(SPECIES, dw, dwo + 4 * PANEL);
    FloatVector b4 = FloatVector.fromArray(SPECIES, dw, dwo + 4 * PANEL + L);
    FloatVector a5 = FloatVector.fromArray(SPECIES, dw, dwo + 5 * PANEL);
    FloatVector b5 = FloatVector.fromArray(SPECIES, dw, dwo + 5 * PANEL + L);
    FloatVector a6 = FloatVector.fromArray(SPECIES, dw, dwo + 6 * PANEL);
    FloatVector b6 = FloatVector.fromArray(SPECIES, dw, dwo + 6 * PANEL + L);
    FloatVector a7 = FloatVector.fromArray(SPECIES, dw, dwo + 7 * PANEL);
    FloatVector b7 = FloatVector.fromArray(SPECIES, dw, dwo + 7 * PANEL + L);
    for (int r = 0, xr = xo, d = dyo; r < rows; r++, xr += xs, d += dys) {
      FloatVector da = FloatVector.fromArray(SPECIES, dy, d);
      FloatVector db = FloatVector.fromArray(SPECIES, dy, d + L);
      FloatVector v0 = FloatVector.broadcast(SPECIES, x[xr]);
      a0 = v0.fma(da, a0);
      b0 = v0.fma(db, b0);
      FloatVector v1 = FloatVector.broadcast(SPECIES, x[xr + 1]);
      a1 = v1.fma(da, a1);
      b1 = v1.fma(db, b1);
      FloatVector v2 = FloatVector.broadcast(SPECIES, x[xr + 2]);
      a2 = v2.fma(da, a2);
      b2 = v2.fma(db, b2);
      FloatVector v3 = FloatVector.broadcast(SPECIES, x[xr + 3]);
      a3 = v3.fma(da, a3);
      b3 = v3.fma(db, b3);
      FloatVector v4 = FloatVector.broadcast(SPECIES, x[xr + 4]);
      a4 = v4.fma(da, a4);
      b4 = v4.fma(db, b4);
      FloatVector v5 = FloatVector.broadcast(SPECIES, x[xr + 5]);
      a5 = v5.fma(da, a5);
      b5 = v5.fma(db, b5);
      FloatVector v6 = FloatVector.broadcast(SPECIES, x[xr + 6]);
      a6 = v6.fma(da, a6);
      b6 = v6.fma(db, b6);
      FloatVector v7 = FloatVector.broadcast(SPECIES, x[xr + 7]);
      a7 = v7.fma(da, a7);
      b7 = v7.fma(db, b7);
    }
    a0.intoArray(dw, dwo);
    b0.intoArray(dw, dwo + L);
    a1.intoArray(dw, dwo + PANEL);
    b1.intoArray(dw, dwo + PANEL + L);
    a2.intoArray(dw, dwo + 2 * PANEL);
    b2.intoArray(dw, dwo + 2 * PANEL + L);
    a3.intoArray(dw, dwo + 3 * PANEL);
    b3.intoArray(dw, dwo + 3 * PANEL + L);
    a4.intoArray(dw, dwo + 4 * PANEL);
    b4.intoArray(dw, dwo + 4 * PANEL + L);
    a5.intoArray(dw, dwo + 5 * PANEL);
    b5.intoArray(dw, dwo + 5 * PANEL + L);
    a6.intoArray(dw, dwo + 6 * PANEL);
    b6.intoArray(dw, dwo + 6 * PANEL + L);
    a7.intoArray(dw, dwo + 7 * PANEL);
    b7.intoArray(dw, dwo + 7 * PANEL + L);
  }

  /** 4 inputs k of one panel's columns c to c + 2 L. */
  private static void backwardWeight4(
      float[] dw, int dwo, float[] dy, int dyo, int dys, float[] x, int xo, int xs, int rows) {
    FloatVector a0 = FloatVector.fromArray(SPECIES, dw, dwo);
    FloatVector b0 = FloatVector.fromArray(SPECIES, dw, dwo + L);
    FloatVector a1 = FloatVector.fromArray(SPECIES, dw, dwo + PANEL);
    FloatVector b1 = FloatVector.fromArray(SPECIES, dw, dwo + PANEL + L);
    FloatVector a2 = FloatVector.fromArray(SPECIES, dw, dwo + 2 * PANEL);
    FloatVector b2 = FloatVector.fromArray(SPECIES, dw, dwo + 2 * PANEL + L);
    FloatVector a3 = FloatVector.fromArray(SPECIES, dw, dwo + 3 * PANEL);
    FloatVector b3 = FloatVector.fromArray(SPECIES, dw, dwo + 3 * PANEL + L);
    for (int r = 0, xr = xo, d = dyo; r < rows; r++, xr += xs, d += dys) {
      FloatVector da = FloatVector.fromArray(SPECIES, dy, d);
      FloatVector db = FloatVector.fromArray(SPECIES, dy, d + L);
      FloatVector v0 = FloatVector.broadcast(SPECIES, x[xr]);
      a0 = v0.fma(da, a0);
      b0 = v0.fma(db, b0);
      FloatVector v1 = FloatVector.broadcast(SPECIES, x[xr + 1]);
      a1 = v1.fma(da, a1);
      b1 = v1.fma(db, b1);
      FloatVector v2 = FloatVector.broadcast(SPECIES, x[xr + 2]);
      a2 = v2.fma(da, a2);
      b2 = v2.fma(db, b2);
      FloatVector v3 = FloatVector.broadcast(SPECIES, x[xr + 3]);
      a3 = v3.fma(da, a3);
      b3 = v3.fma(db, b3);
    }
    a0.intoArray(dw, dwo);
    b0.intoArray(dw, dwo + L);
    a1.intoArray(dw, dwo + PANEL);
    b1.intoArray(dw, dwo + PANEL + L);
    a2.intoArray(dw, dwo + 2 * PANEL);
    b2.intoArray(dw, dwo + 2 * PANEL + L);
    a3.intoArray(dw, dwo + 3 * PANEL);
    b3.intoArray(dw, dwo + 3 * PANEL + L);
  }

  /** 1 inputs k of one panel's columns c to c + 2 L. */
  private static void backwardWeight1(
      float[] dw, int dwo, float[] dy, int dyo, int dys, float[] x, int xo, int xs, int rows) {
    FloatVector a0 = FloatVector.fromArray(SPECIES, dw, dwo);
    FloatVector b0 = FloatVector.fromArray(SPECIES, dw, dwo + L);
    for (int r = 0, xr = xo, d = dyo; r < rows; r++, xr += xs, d += dys) {
      FloatVector da = FloatVector.fromArray(SPECIES, dy, d);
      FloatVector db = FloatVector.fromArray(SPECIES, dy, d + L);
      FloatVector v0 = FloatVector.broadcast(SPECIES, x[xr]);
      a0 = v0.fma(da, a0);
      b0 = v0.fma(db, b0);
    }
    a0.intoArray(dw, dwo);
    b0.intoArray(dw, dwo + L);
  }

  /**
   * 6 rows and 4 inputs: lanes c to c + L of their 16 chains, into {@code sums[row][input][16]}.
   */
  private static void backwardInput6x4(
      float[] sums,
      int so,
      float[] dy,
      int dyo,
      int dys,
      int dyps,
      float[] w,
      int wo,
      int wps,
      int panels) {
    FloatVector s00 = FloatVector.zero(SPECIES);
    FloatVector s01 = FloatVector.zero(SPECIES);
    FloatVector s02 = FloatVector.zero(SPECIES);
    FloatVector s03 = FloatVector.zero(SPECIES);
    FloatVector s10 = FloatVector.zero(SPECIES);
    FloatVector s11 = FloatVector.zero(SPECIES);
    FloatVector s12 = FloatVector.zero(SPECIES);
    FloatVector s13 = FloatVector.zero(SPECIES);
    FloatVector s20 = FloatVector.zero(SPECIES);
    FloatVector s21 = FloatVector.zero(SPECIES);
    FloatVector s22 = FloatVector.zero(SPECIES);
    FloatVector s23 = FloatVector.zero(SPECIES);
    FloatVector s30 = FloatVector.zero(SPECIES);
    FloatVector s31 = FloatVector.zero(SPECIES);
    FloatVector s32 = FloatVector.zero(SPECIES);
    FloatVector s33 = FloatVector.zero(SPECIES);
    FloatVector s40 = FloatVector.zero(SPECIES);
    FloatVector s41 = FloatVector.zero(SPECIES);
    FloatVector s42 = FloatVector.zero(SPECIES);
    FloatVector s43 = FloatVector.zero(SPECIES);
    FloatVector s50 = FloatVector.zero(SPECIES);
    FloatVector s51 = FloatVector.zero(SPECIES);
    FloatVector s52 = FloatVector.zero(SPECIES);
    FloatVector s53 = FloatVector.zero(SPECIES);
    for (int p = 0, d = dyo, v = wo; p < panels; p++, d += dyps, v += wps) {
      FloatVector d0a = FloatVector.fromArray(SPECIES, dy, d);
      FloatVector d1a = FloatVector.fromArray(SPECIES, dy, d + dys);
      FloatVector d2a = FloatVector.fromArray(SPECIES, dy, d + 2 * dys);
      FloatVector d3a = FloatVector.fromArray(SPECIES, dy, d + 3 * dys);
      FloatVector d4a = FloatVector.fromArray(SPECIES, dy, d + 4 * dys);
      FloatVector d5a = FloatVector.fromArray(SPECIES, dy, d + 5 * dys);
      FloatVector w0a = FloatVector.fromArray(SPECIES, w, v);
      s00 = d0a.fma(w0a, s00);
      s10 = d1a.fma(w0a, s10);
      s20 = d2a.fma(w0a, s20);
      s30 = d3a.fma(w0a, s30);
      s40 = d4a.fma(w0a, s40);
      s50 = d5a.fma(w0a, s50);
      FloatVector w1a = FloatVector.fromArray(SPECIES, w, v + PANEL);
      s01 = d0a.fma(w1a, s01);
      s11 = d1a.fma(w1a, s11);
      s21 = d2a.fma(w1a, s21);
      s31 = d3a.fma(w1a, s31);
      s41 = d4a.fma(w1a, s41);
      s51 = d5a.fma(w1a, s51);
      FloatVector w2a = FloatVector.fromArray(SPECIES, w, v + 2 * PANEL);
      s02 = d0a.fma(w2a, s02);
      s12 = d1a.fma(w2a, s12);
      s22 = d2a.fma(w2a, s22);
      s32 = d3a.fma(w2a, s32);
      s42 = d4a.fma(w2a, s42);
      s52 = d5a.fma(w2a, s52);
      FloatVector w3a = FloatVector.fromArray(SPECIES, w, v + 3 * PANEL);
      s03 = d0a.fma(w3a, s03);
      s13 = d1a.fma(w3a, s13);
      s23 = d2a.fma(w3a, s23);
      s33 = d3a.fma(w3a, s33);
      s43 = d4a.fma(w3a, s43);
      s53 = d5a.fma(w3a, s53);
      FloatVector d0b = FloatVector.fromArray(SPECIES, dy, d + LANES);
      FloatVector d1b = FloatVector.fromArray(SPECIES, dy, d + dys + LANES);
      FloatVector d2b = FloatVector.fromArray(SPECIES, dy, d + 2 * dys + LANES);
      FloatVector d3b = FloatVector.fromArray(SPECIES, dy, d + 3 * dys + LANES);
      FloatVector d4b = FloatVector.fromArray(SPECIES, dy, d + 4 * dys + LANES);
      FloatVector d5b = FloatVector.fromArray(SPECIES, dy, d + 5 * dys + LANES);
      FloatVector w0b = FloatVector.fromArray(SPECIES, w, v + LANES);
      s00 = d0b.fma(w0b, s00);
      s10 = d1b.fma(w0b, s10);
      s20 = d2b.fma(w0b, s20);
      s30 = d3b.fma(w0b, s30);
      s40 = d4b.fma(w0b, s40);
      s50 = d5b.fma(w0b, s50);
      FloatVector w1b = FloatVector.fromArray(SPECIES, w, v + PANEL + LANES);
      s01 = d0b.fma(w1b, s01);
      s11 = d1b.fma(w1b, s11);
      s21 = d2b.fma(w1b, s21);
      s31 = d3b.fma(w1b, s31);
      s41 = d4b.fma(w1b, s41);
      s51 = d5b.fma(w1b, s51);
      FloatVector w2b = FloatVector.fromArray(SPECIES, w, v + 2 * PANEL + LANES);
      s02 = d0b.fma(w2b, s02);
      s12 = d1b.fma(w2b, s12);
      s22 = d2b.fma(w2b, s22);
      s32 = d3b.fma(w2b, s32);
      s42 = d4b.fma(w2b, s42);
      s52 = d5b.fma(w2b, s52);
      FloatVector w3b = FloatVector.fromArray(SPECIES, w, v + 3 * PANEL + LANES);
      s03 = d0b.fma(w3b, s03);
      s13 = d1b.fma(w3b, s13);
      s23 = d2b.fma(w3b, s23);
      s33 = d3b.fma(w3b, s33);
      s43 = d4b.fma(w3b, s43);
      s53 = d5b.fma(w3b, s53);
    }
    s00.intoArray(sums, so);
    s01.intoArray(sums, so + LANES);
    s02.intoArray(sums, so + 2 * LANES);
    s03.intoArray(sums, so + 3 * LANES);
    s10.intoArray(sums, so + 4 * LANES);
    s11.intoArray(sums, so + 5 * LANES);
    s12.intoArray(sums, so + 6 * LANES);
    s13.intoArray(sums, so + 7 * LANES);
    s20.intoArray(sums, so + 8 * LANES);
    s21.intoArray(sums, so + 9 * LANES);
    s22.intoArray(sums, so + 10 * LANES);
    s23.intoArray(sums, so + 11 * LANES);
    s30.intoArray(sums, so + 12 * LANES);
    s31.intoArray(sums, so + 13 * LANES);
    s32.intoArray(sums, so + 14 * LANES);
    s33.intoArray(sums, so + 15 * LANES);
    s40.intoArray(sums, so + 16 * LANES);
    s41.intoArray(sums, so + 17 * LANES);
    s42.intoArray(sums, so + 18 * LANES);
    s43.intoArray(sums, so + 19 * LANES);
    s50.intoArray(sums, so + 20 * LANES);
    s51.intoArray(sums, so + 21 * LANES);
    s52.intoArray(sums, so + 22 * LANES);
    s53.intoArray(sums, so + 23 * LANES);
  }

  /**
   * 2 rows and 4 inputs: lanes c to c + L of their 16 chains, into {@code sums[row][input][16]}.
   */
  private static void backwardInput2x4(
      float[] sums,
      int so,
      float[] dy,
      int dyo,
      int dys,
      int dyps,
      float[] w,
      int wo,
      int wps,
      int panels) {
    FloatVector s00 = FloatVector.zero(SPECIES);
    FloatVector s01 = FloatVector.zero(SPECIES);
    FloatVector s02 = FloatVector.zero(SPECIES);
    FloatVector s03 = FloatVector.zero(SPECIES);
    FloatVector s10 = FloatVector.zero(SPECIES);
    FloatVector s11 = FloatVector.zero(SPECIES);
    FloatVector s12 = FloatVector.zero(SPECIES);
    FloatVector s13 = FloatVector.zero(SPECIES);
    for (int p = 0, d = dyo, v = wo; p < panels; p++, d += dyps, v += wps) {
      FloatVector d0a = FloatVector.fromArray(SPECIES, dy, d);
      FloatVector d1a = FloatVector.fromArray(SPECIES, dy, d + dys);
      FloatVector w0a = FloatVector.fromArray(SPECIES, w, v);
      s00 = d0a.fma(w0a, s00);
      s10 = d1a.fma(w0a, s10);
      FloatVector w1a = FloatVector.fromArray(SPECIES, w, v + PANEL);
      s01 = d0a.fma(w1a, s01);
      s11 = d1a.fma(w1a, s11);
      FloatVector w2a = FloatVector.fromArray(SPECIES, w, v + 2 * PANEL);
      s02 = d0a.fma(w2a, s02);
      s12 = d1a.fma(w2a, s12);
      FloatVector w3a = FloatVector.fromArray(SPECIES, w, v + 3 * PANEL);
      s03 = d0a.fma(w3a, s03);
      s13 = d1a.fma(w3a, s13);
      FloatVector d0b = FloatVector.fromArray(SPECIES, dy, d + LANES);
      FloatVector d1b = FloatVector.fromArray(SPECIES, dy, d + dys + LANES);
      FloatVector w0b = FloatVector.fromArray(SPECIES, w, v + LANES);
      s00 = d0b.fma(w0b, s00);
      s10 = d1b.fma(w0b, s10);
      FloatVector w1b = FloatVector.fromArray(SPECIES, w, v + PANEL + LANES);
      s01 = d0b.fma(w1b, s01);
      s11 = d1b.fma(w1b, s11);
      FloatVector w2b = FloatVector.fromArray(SPECIES, w, v + 2 * PANEL + LANES);
      s02 = d0b.fma(w2b, s02);
      s12 = d1b.fma(w2b, s12);
      FloatVector w3b = FloatVector.fromArray(SPECIES, w, v + 3 * PANEL + LANES);
      s03 = d0b.fma(w3b, s03);
      s13 = d1b.fma(w3b, s13);
    }
    s00.intoArray(sums, so);
    s01.intoArray(sums, so + LANES);
    s02.intoArray(sums, so + 2 * LANES);
    s03.intoArray(sums, so + 3 * LANES);
    s10.intoArray(sums, so + 4 * LANES);
    s11.intoArray(sums, so + 5 * LANES);
    s12.intoArray(sums, so + 6 * LANES);
    s13.intoArray(sums, so + 7 * LANES);
  }

  /** 1 row and 4 inputs: lanes c to c + L of their 16 chains, into {@code sums[row][input][16]}. */
  private static void backwardInput1x4(
      float[] sums, int so, float[] dy, int dyo, int dyps, float[] w, int wo, int wps, int panels) {
    FloatVector s00 = FloatVector.zero(SPECIES);
    FloatVector s01 = FloatVector.zero(SPECIES);
    FloatVector s02 = FloatVector.zero(SPECIES);
    FloatVector s03 = FloatVector.zero(SPECIES);
    for (int p = 0, d = dyo, v = wo; p < panels; p++, d += dyps, v += wps) {
      FloatVector d0a = FloatVector.fromArray(SPECIES, dy, d);
      FloatVector w0a = FloatVector.fromArray(SPECIES, w, v);
      s00 = d0a.fma(w0a, s00);
      FloatVector w1a = FloatVector.fromArray(SPECIES, w, v + PANEL);
      s01 = d0a.fma(w1a, s01);
      FloatVector w2a = FloatVector.fromArray(SPECIES, w, v + 2 * PANEL);
      s02 = d0a.fma(w2a, s02);
      FloatVector w3a = FloatVector.fromArray(SPECIES, w, v + 3 * PANEL);
      s03 = d0a.fma(w3a, s03);
      FloatVector d0b = FloatVector.fromArray(SPECIES, dy, d + LANES);
      FloatVector w0b = FloatVector.fromArray(SPECIES, w, v + LANES);
      s00 = d0b.fma(w0b, s00);
      FloatVector w1b = FloatVector.fromArray(SPECIES, w, v + PANEL + LANES);
      s01 = d0b.fma(w1b, s01);
      FloatVector w2b = FloatVector.fromArray(SPECIES, w, v + 2 * PANEL + LANES);
      s02 = d0b.fma(w2b, s02);
      FloatVector w3b = FloatVector.fromArray(SPECIES, w, v + 3 * PANEL + LANES);
      s03 = d0b.fma(w3b, s03);
    }
    s00.intoArray(sums, so);
    s01.intoArray(sums, so + LANES);
    s02.intoArray(sums, so + 2 * LANES);
    s03.intoArray(sums, so + 3 * LANES);
  }

  /** 1 row and 1 input: lanes c to c + L of their 16 chains, into {@code sums[row][input][16]}. */
  private static void backwardInput1x1(
      float[] sums, int so, float[] dy, int dyo, int dyps, float[] w, int wo, int wps, int panels) {
    FloatVector s00 = FloatVector.zero(SPECIES);
    for (int p = 0, d = dyo, v = wo; p < panels; p++, d += dyps, v += wps) {
      FloatVector d0a = FloatVector.fromArray(SPECIES, dy, d);
      FloatVector w0a = FloatVector.fromArray(SPECIES, w, v);
      s00 = d0a.fma(w0a, s00);
      FloatVector d0b = FloatVector.fromArray(SPECIES, dy, d + LANES);
      FloatVector w0b = FloatVector.fromArray(SPECIES, w, v + LANES);
      s00 = d0b.fma(w0b, s00);
    }
    s00.intoArray(sums, so);
  }
}
