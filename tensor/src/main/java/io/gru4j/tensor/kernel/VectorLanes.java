package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.LANES;
import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.VectorMath.L;
import static io.gru4j.tensor.kernel.VectorMath.SPECIES;

import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;

/**
 * Products summed over the lanes of panels, on vectors; {@link ScalarKernels#laneProducts} is the
 * plain loop.
 *
 * <p>A register tile stays in accumulators while the panels run: 4 rows x 4 inputs with 32
 * registers (512 bit: 16 sums, 8 vectors of y, 1 of w), 6 x 2 with 16 (256 bit: 12 sums, 2 of w, 1
 * of y), and smaller ones for what is left over and at 128 bit. Sums are stored once, after the
 * last panel, and the weights need no transposed copy. The rows of a tile meet all inputs before
 * the next rows do: their y stays in the first cache while w passes from the second.
 */
final class VectorLanes {

  /** Rows at a time: those of one of the largest tiles, of three at 128 bit. */
  private static final int ROWS = L == 16 ? 4 : 6;

  private VectorLanes() {}

  static void products(
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
    for (int r = 0; r < rows; r += ROWS) {
      int n = Math.min(ROWS, rows - r);
      int to = so + r * ss;
      int from = yo + r * PANEL;
      for (int k = 0; k < K; k += 4) {
        int inputs = Math.min(4, K - k);
        for (int c = 0; c < LANES; c += L) {
          int s = to + k * LANES + c;
          int j = wo + k * PANEL + c;
          column(sums, s, ss, y, from + c, yps, w, j, wps, panels, n, inputs);
        }
      }
    }
  }

  private static void column(
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
      int inputs) {
    int r = 0;
    if (inputs == 4) {
      if (L == 16) {
        for (; r + 4 <= rows; r += 4) {
          tile4x4(sums, so + r * ss, ss, y, yo + r * PANEL, yps, w, wo, wps, panels);
        }
      } else if (L == 8 && panels > 0) {
        for (; r + 6 <= rows; r += 6) {
          int i = yo + r * PANEL;
          int to = so + r * ss;
          tile6x2(sums, to, ss, y, i, yps, w, wo, wps, panels);
          tile6x2(sums, to + 2 * LANES, ss, y, i, yps, w, wo + 2 * PANEL, wps, panels);
        }
      }
      for (; r + 2 <= rows; r += 2) {
        tile2x4(sums, so + r * ss, ss, y, yo + r * PANEL, yps, w, wo, wps, panels);
      }
      for (; r < rows; r++) {
        tile1x4(sums, so + r * ss, y, yo + r * PANEL, yps, w, wo, wps, panels);
      }
    }
    for (; r < rows; r++) {
      for (int k = 0; k < inputs; k++) {
        tile1x1(
            sums, so + r * ss + k * LANES, y, yo + r * PANEL, yps, w, wo + k * PANEL, wps, panels);
      }
    }
  }

  /** 4 rows, 4 inputs. */
  private static void tile4x4(
      float[] sums,
      int so,
      int ss,
      float[] y,
      int yo,
      int yps,
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
    for (int p = 0; p < panels; p++) {
      int i = yo + p * yps;
      int j = wo + p * wps;
      FloatVector a0 = FloatVector.fromArray(SPECIES, y, i);
      FloatVector b0 = FloatVector.fromArray(SPECIES, y, i + LANES);
      FloatVector a1 = FloatVector.fromArray(SPECIES, y, i + PANEL);
      FloatVector b1 = FloatVector.fromArray(SPECIES, y, i + PANEL + LANES);
      FloatVector a2 = FloatVector.fromArray(SPECIES, y, i + 2 * PANEL);
      FloatVector b2 = FloatVector.fromArray(SPECIES, y, i + 2 * PANEL + LANES);
      FloatVector a3 = FloatVector.fromArray(SPECIES, y, i + 3 * PANEL);
      FloatVector b3 = FloatVector.fromArray(SPECIES, y, i + 3 * PANEL + LANES);
      FloatVector v0 = FloatVector.fromArray(SPECIES, w, j);
      s00 = a0.fma(v0, s00);
      s10 = a1.fma(v0, s10);
      s20 = a2.fma(v0, s20);
      s30 = a3.fma(v0, s30);
      FloatVector u0 = FloatVector.fromArray(SPECIES, w, j + LANES);
      s00 = b0.fma(u0, s00);
      s10 = b1.fma(u0, s10);
      s20 = b2.fma(u0, s20);
      s30 = b3.fma(u0, s30);
      FloatVector v1 = FloatVector.fromArray(SPECIES, w, j + PANEL);
      s01 = a0.fma(v1, s01);
      s11 = a1.fma(v1, s11);
      s21 = a2.fma(v1, s21);
      s31 = a3.fma(v1, s31);
      FloatVector u1 = FloatVector.fromArray(SPECIES, w, j + PANEL + LANES);
      s01 = b0.fma(u1, s01);
      s11 = b1.fma(u1, s11);
      s21 = b2.fma(u1, s21);
      s31 = b3.fma(u1, s31);
      FloatVector v2 = FloatVector.fromArray(SPECIES, w, j + 2 * PANEL);
      s02 = a0.fma(v2, s02);
      s12 = a1.fma(v2, s12);
      s22 = a2.fma(v2, s22);
      s32 = a3.fma(v2, s32);
      FloatVector u2 = FloatVector.fromArray(SPECIES, w, j + 2 * PANEL + LANES);
      s02 = b0.fma(u2, s02);
      s12 = b1.fma(u2, s12);
      s22 = b2.fma(u2, s22);
      s32 = b3.fma(u2, s32);
      FloatVector v3 = FloatVector.fromArray(SPECIES, w, j + 3 * PANEL);
      s03 = a0.fma(v3, s03);
      s13 = a1.fma(v3, s13);
      s23 = a2.fma(v3, s23);
      s33 = a3.fma(v3, s33);
      FloatVector u3 = FloatVector.fromArray(SPECIES, w, j + 3 * PANEL + LANES);
      s03 = b0.fma(u3, s03);
      s13 = b1.fma(u3, s13);
      s23 = b2.fma(u3, s23);
      s33 = b3.fma(u3, s33);
    }
    s00.intoArray(sums, so);
    s01.intoArray(sums, so + LANES);
    s02.intoArray(sums, so + 2 * LANES);
    s03.intoArray(sums, so + 3 * LANES);
    s10.intoArray(sums, so + ss);
    s11.intoArray(sums, so + ss + LANES);
    s12.intoArray(sums, so + ss + 2 * LANES);
    s13.intoArray(sums, so + ss + 3 * LANES);
    s20.intoArray(sums, so + 2 * ss);
    s21.intoArray(sums, so + 2 * ss + LANES);
    s22.intoArray(sums, so + 2 * ss + 2 * LANES);
    s23.intoArray(sums, so + 2 * ss + 3 * LANES);
    s30.intoArray(sums, so + 3 * ss);
    s31.intoArray(sums, so + 3 * ss + LANES);
    s32.intoArray(sums, so + 3 * ss + 2 * LANES);
    s33.intoArray(sums, so + 3 * ss + 3 * LANES);
  }

  /** 6 rows, 2 inputs; at least 1 panel. The fences are those of {@link VectorProduct}. */
  private static void tile6x2(
      float[] sums,
      int so,
      int ss,
      float[] y,
      int yo,
      int yps,
      float[] w,
      int wo,
      int wps,
      int panels) {
    FloatVector s00 = FloatVector.zero(SPECIES);
    FloatVector s01 = FloatVector.zero(SPECIES);
    FloatVector s10 = FloatVector.zero(SPECIES);
    FloatVector s11 = FloatVector.zero(SPECIES);
    FloatVector s20 = FloatVector.zero(SPECIES);
    FloatVector s21 = FloatVector.zero(SPECIES);
    FloatVector s30 = FloatVector.zero(SPECIES);
    FloatVector s31 = FloatVector.zero(SPECIES);
    FloatVector s40 = FloatVector.zero(SPECIES);
    FloatVector s41 = FloatVector.zero(SPECIES);
    FloatVector s50 = FloatVector.zero(SPECIES);
    FloatVector s51 = FloatVector.zero(SPECIES);
    int end = wo + panels * wps;
    do {
      FloatVector v0 = FloatVector.fromArray(SPECIES, w, wo);
      FloatVector v1 = FloatVector.fromArray(SPECIES, w, wo + PANEL);
      FloatVector a0 = FloatVector.fromArray(SPECIES, y, yo);
      s00 = a0.fma(v0, s00);
      s01 = a0.fma(v1, s01);
      VarHandle.acquireFence();
      FloatVector a1 = FloatVector.fromArray(SPECIES, y, yo + PANEL);
      s10 = a1.fma(v0, s10);
      s11 = a1.fma(v1, s11);
      VarHandle.acquireFence();
      FloatVector a2 = FloatVector.fromArray(SPECIES, y, yo + 2 * PANEL);
      s20 = a2.fma(v0, s20);
      s21 = a2.fma(v1, s21);
      VarHandle.acquireFence();
      FloatVector a3 = FloatVector.fromArray(SPECIES, y, yo + 3 * PANEL);
      s30 = a3.fma(v0, s30);
      s31 = a3.fma(v1, s31);
      VarHandle.acquireFence();
      FloatVector a4 = FloatVector.fromArray(SPECIES, y, yo + 4 * PANEL);
      s40 = a4.fma(v0, s40);
      s41 = a4.fma(v1, s41);
      VarHandle.acquireFence();
      FloatVector a5 = FloatVector.fromArray(SPECIES, y, yo + 5 * PANEL);
      s50 = a5.fma(v0, s50);
      s51 = a5.fma(v1, s51);
      VarHandle.acquireFence();
      FloatVector u0 = FloatVector.fromArray(SPECIES, w, wo + LANES);
      FloatVector u1 = FloatVector.fromArray(SPECIES, w, wo + PANEL + LANES);
      FloatVector b0 = FloatVector.fromArray(SPECIES, y, yo + LANES);
      s00 = b0.fma(u0, s00);
      s01 = b0.fma(u1, s01);
      VarHandle.acquireFence();
      FloatVector b1 = FloatVector.fromArray(SPECIES, y, yo + PANEL + LANES);
      s10 = b1.fma(u0, s10);
      s11 = b1.fma(u1, s11);
      VarHandle.acquireFence();
      FloatVector b2 = FloatVector.fromArray(SPECIES, y, yo + 2 * PANEL + LANES);
      s20 = b2.fma(u0, s20);
      s21 = b2.fma(u1, s21);
      VarHandle.acquireFence();
      FloatVector b3 = FloatVector.fromArray(SPECIES, y, yo + 3 * PANEL + LANES);
      s30 = b3.fma(u0, s30);
      s31 = b3.fma(u1, s31);
      VarHandle.acquireFence();
      FloatVector b4 = FloatVector.fromArray(SPECIES, y, yo + 4 * PANEL + LANES);
      s40 = b4.fma(u0, s40);
      s41 = b4.fma(u1, s41);
      VarHandle.acquireFence();
      FloatVector b5 = FloatVector.fromArray(SPECIES, y, yo + 5 * PANEL + LANES);
      s50 = b5.fma(u0, s50);
      s51 = b5.fma(u1, s51);
      VarHandle.acquireFence();
      yo += yps;
      wo += wps;
    } while (wo != end);
    s00.intoArray(sums, so);
    s01.intoArray(sums, so + LANES);
    s10.intoArray(sums, so + ss);
    s11.intoArray(sums, so + ss + LANES);
    s20.intoArray(sums, so + 2 * ss);
    s21.intoArray(sums, so + 2 * ss + LANES);
    s30.intoArray(sums, so + 3 * ss);
    s31.intoArray(sums, so + 3 * ss + LANES);
    s40.intoArray(sums, so + 4 * ss);
    s41.intoArray(sums, so + 4 * ss + LANES);
    s50.intoArray(sums, so + 5 * ss);
    s51.intoArray(sums, so + 5 * ss + LANES);
  }

  /** 2 rows, 4 inputs. */
  private static void tile2x4(
      float[] sums,
      int so,
      int ss,
      float[] y,
      int yo,
      int yps,
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
    for (int p = 0; p < panels; p++) {
      int i = yo + p * yps;
      int j = wo + p * wps;
      FloatVector a0 = FloatVector.fromArray(SPECIES, y, i);
      FloatVector b0 = FloatVector.fromArray(SPECIES, y, i + LANES);
      FloatVector a1 = FloatVector.fromArray(SPECIES, y, i + PANEL);
      FloatVector b1 = FloatVector.fromArray(SPECIES, y, i + PANEL + LANES);
      FloatVector v0 = FloatVector.fromArray(SPECIES, w, j);
      s00 = a0.fma(v0, s00);
      s10 = a1.fma(v0, s10);
      FloatVector u0 = FloatVector.fromArray(SPECIES, w, j + LANES);
      s00 = b0.fma(u0, s00);
      s10 = b1.fma(u0, s10);
      FloatVector v1 = FloatVector.fromArray(SPECIES, w, j + PANEL);
      s01 = a0.fma(v1, s01);
      s11 = a1.fma(v1, s11);
      FloatVector u1 = FloatVector.fromArray(SPECIES, w, j + PANEL + LANES);
      s01 = b0.fma(u1, s01);
      s11 = b1.fma(u1, s11);
      FloatVector v2 = FloatVector.fromArray(SPECIES, w, j + 2 * PANEL);
      s02 = a0.fma(v2, s02);
      s12 = a1.fma(v2, s12);
      FloatVector u2 = FloatVector.fromArray(SPECIES, w, j + 2 * PANEL + LANES);
      s02 = b0.fma(u2, s02);
      s12 = b1.fma(u2, s12);
      FloatVector v3 = FloatVector.fromArray(SPECIES, w, j + 3 * PANEL);
      s03 = a0.fma(v3, s03);
      s13 = a1.fma(v3, s13);
      FloatVector u3 = FloatVector.fromArray(SPECIES, w, j + 3 * PANEL + LANES);
      s03 = b0.fma(u3, s03);
      s13 = b1.fma(u3, s13);
    }
    s00.intoArray(sums, so);
    s01.intoArray(sums, so + LANES);
    s02.intoArray(sums, so + 2 * LANES);
    s03.intoArray(sums, so + 3 * LANES);
    s10.intoArray(sums, so + ss);
    s11.intoArray(sums, so + ss + LANES);
    s12.intoArray(sums, so + ss + 2 * LANES);
    s13.intoArray(sums, so + ss + 3 * LANES);
  }

  /** 1 row, 4 inputs. */
  private static void tile1x4(
      float[] sums, int so, float[] y, int yo, int yps, float[] w, int wo, int wps, int panels) {
    FloatVector s00 = FloatVector.zero(SPECIES);
    FloatVector s01 = FloatVector.zero(SPECIES);
    FloatVector s02 = FloatVector.zero(SPECIES);
    FloatVector s03 = FloatVector.zero(SPECIES);
    for (int p = 0; p < panels; p++) {
      int i = yo + p * yps;
      int j = wo + p * wps;
      FloatVector a0 = FloatVector.fromArray(SPECIES, y, i);
      FloatVector b0 = FloatVector.fromArray(SPECIES, y, i + LANES);
      FloatVector v0 = FloatVector.fromArray(SPECIES, w, j);
      s00 = a0.fma(v0, s00);
      FloatVector u0 = FloatVector.fromArray(SPECIES, w, j + LANES);
      s00 = b0.fma(u0, s00);
      FloatVector v1 = FloatVector.fromArray(SPECIES, w, j + PANEL);
      s01 = a0.fma(v1, s01);
      FloatVector u1 = FloatVector.fromArray(SPECIES, w, j + PANEL + LANES);
      s01 = b0.fma(u1, s01);
      FloatVector v2 = FloatVector.fromArray(SPECIES, w, j + 2 * PANEL);
      s02 = a0.fma(v2, s02);
      FloatVector u2 = FloatVector.fromArray(SPECIES, w, j + 2 * PANEL + LANES);
      s02 = b0.fma(u2, s02);
      FloatVector v3 = FloatVector.fromArray(SPECIES, w, j + 3 * PANEL);
      s03 = a0.fma(v3, s03);
      FloatVector u3 = FloatVector.fromArray(SPECIES, w, j + 3 * PANEL + LANES);
      s03 = b0.fma(u3, s03);
    }
    s00.intoArray(sums, so);
    s01.intoArray(sums, so + LANES);
    s02.intoArray(sums, so + 2 * LANES);
    s03.intoArray(sums, so + 3 * LANES);
  }

  /** 1 row, 1 input. */
  private static void tile1x1(
      float[] sums, int so, float[] y, int yo, int yps, float[] w, int wo, int wps, int panels) {
    FloatVector s00 = FloatVector.zero(SPECIES);
    for (int p = 0; p < panels; p++) {
      int i = yo + p * yps;
      int j = wo + p * wps;
      FloatVector a0 = FloatVector.fromArray(SPECIES, y, i);
      FloatVector b0 = FloatVector.fromArray(SPECIES, y, i + LANES);
      FloatVector v0 = FloatVector.fromArray(SPECIES, w, j);
      s00 = a0.fma(v0, s00);
      FloatVector u0 = FloatVector.fromArray(SPECIES, w, j + LANES);
      s00 = b0.fma(u0, s00);
    }
    s00.intoArray(sums, so);
  }
}
