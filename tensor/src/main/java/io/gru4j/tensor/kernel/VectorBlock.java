package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.BLOCK_ROWS;
import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.Kernels.QUAD;
import static io.gru4j.tensor.kernel.VectorBlockTiles.tile1;
import static io.gru4j.tensor.kernel.VectorBlockTiles.tile12;
import static io.gru4j.tensor.kernel.VectorBlockTiles.tile4;
import static io.gru4j.tensor.kernel.VectorBlockTiles.tile8;
import static io.gru4j.tensor.kernel.VectorMath.L;

/**
 * The product of a block of results by a matrix, on vectors; {@link ScalarKernels#blockProduct} is
 * the plain loop.
 *
 * <p>With 16 lanes the tiles are those of {@link VectorProduct}, but read the block as it lies: a
 * row's values are 32 apart from the next row's, so all rows of a tile are at constant distances.
 * Packing would cost more than it gains. Rows that are left over take a tile that reaches back over
 * rows already done, to the same bits. With fewer lanes, and for columns that fill only one vector,
 * the block is packed for {@link VectorProduct}.
 */
final class VectorBlock {

  private static final float[] ZEROS = new float[PANEL];

  private VectorBlock() {}

  static void product(
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
    int direct = L < 16 ? 0 : (columns + L - 1) / PANEL; // blocks of two vectors
    int classes = panels * PANEL;
    if (direct > 0) {
      for (int r = 0; r < rows; ) {
        int m = tileRows(rows, rows - r);
        r = Math.min(r, rows - m);
        for (int k = 0; k < direct; k++) {
          int to = co + k * cps + r * PANEL;
          tile(m, c, to, y, yo + r * PANEL, yps, b, bo + k * classes * PANEL, panels);
        }
        r += m;
      }
    }
    int done = direct * PANEL;
    if (done < columns) {
      int to = co + direct * cps;
      packed(c, to, cps, y, yo, yps, b, bo + done * classes, scratch, panels, rows, columns - done);
    }
  }

  /** Rows of the next tile, if {@code left} of all rows are not done. */
  private static int tileRows(int rows, int left) {
    if (left > 8 && rows >= 12) {
      return 12;
    }
    if (left > 4 && rows >= 8) {
      return 8;
    }
    return rows >= 4 ? 4 : 1;
  }

  private static void tile(
      int m, float[] c, int co, float[] y, int yo, int yps, float[] b, int bo, int panels) {
    switch (m) {
      case 12 -> tile12(c, co, y, yo, yps, b, bo, panels);
      case 8 -> tile8(c, co, y, yo, yps, b, bo, panels);
      case 4 -> tile4(c, co, y, yo, yps, b, bo, panels);
      default -> tile1(c, co, y, yo, yps, b, bo, panels);
    }
  }

  private static void packed(
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
    int classes = panels * PANEL;
    int stride = QUAD * classes;
    for (int r = 0; r < rows; r += BLOCK_ROWS) {
      int n = Math.min(BLOCK_ROWS, rows - r);
      for (int p = 0; p < panels; p++) {
        int from = yo + p * yps + r * PANEL;
        VectorPack.packRows(scratch, p * PANEL * QUAD, stride, y, from, PANEL, n, PANEL);
      }
      for (int k = 0; k < columns; k += PANEL) {
        int to = co + k / PANEL * cps + r * PANEL;
        int count = Math.min(PANEL, columns - k);
        VectorProduct.product(
            c, to, PANEL, ZEROS, 0, 0, scratch, 0, stride, b, bo + k * classes, n, classes, count);
      }
    }
  }
}
