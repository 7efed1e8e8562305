package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.VectorBlockTiles.tile1;
import static io.gru4j.tensor.kernel.VectorBlockTiles.tile12;
import static io.gru4j.tensor.kernel.VectorBlockTiles.tile4;
import static io.gru4j.tensor.kernel.VectorBlockTiles.tile8;

/**
 * The product of a block of results by a matrix, with 16 lanes; {@link ScalarProducts#blockProduct}
 * is the plain loop.
 *
 * <p>The tiles are those of {@link VectorProducts}, but read the block as it lies: a row's values
 * are 32 apart from the next row's, so all rows of a tile are at constant distances. Packing would
 * cost more than it gains. Rows that are left over take a tile that reaches back over rows already
 * done, to the same bits.
 */
final class VectorBlock {

  private VectorBlock() {}

  /** The first {@code blocks} times 32 columns. */
  static void product(
      float[] c,
      int co,
      int cps,
      float[] y,
      int yo,
      int yps,
      float[] b,
      int bo,
      int panels,
      int rows,
      int blocks) {
    int classes = panels * PANEL;
    for (int r = 0; r < rows; ) {
      int m = tileRows(rows, rows - r);
      r = Math.min(r, rows - m);
      for (int k = 0; k < blocks; k++) {
        int to = co + k * cps + r * PANEL;
        tile(m, c, to, y, yo + r * PANEL, yps, b, bo + k * classes * PANEL, panels);
      }
      r += m;
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
}
