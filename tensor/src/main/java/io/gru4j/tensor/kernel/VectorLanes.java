package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.LANES;
import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.VectorLanesTiles.tile1x1;
import static io.gru4j.tensor.kernel.VectorLanesTiles.tile1x4;
import static io.gru4j.tensor.kernel.VectorLanesTiles.tile2x4;
import static io.gru4j.tensor.kernel.VectorLanesTiles.tile4x4;
import static io.gru4j.tensor.kernel.VectorLanesTiles.tile6x2;
import static io.gru4j.tensor.kernel.Vectors.L;
import static io.gru4j.tensor.kernel.Vectors.REGISTERS;

/**
 * Products summed over the lanes of panels, on vectors; {@link ScalarProducts#laneProducts} is the
 * plain loop.
 *
 * <p>A register tile stays in accumulators while the panels run: 4 rows x 4 inputs with 32
 * registers (16 sums, 8 vectors of y, 1 of w), 6 x 2 with 16 (256 bit: 12 sums, 2 of w, 1 of y),
 * and smaller ones for what is left over and for 16 registers of 128 bit. Nothing is stored until
 * all panels are done, and no weight has to change its place. The rows of a tile meet all inputs
 * before the next rows do: their y stays in the first cache while w passes from the second.
 */
final class VectorLanes {

  /** Rows at a time: those of one of the largest tiles, of three with 16 registers of 128 bit. */
  private static final int ROWS = REGISTERS == 32 ? 4 : 6;

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
      if (REGISTERS == 32) {
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
}
