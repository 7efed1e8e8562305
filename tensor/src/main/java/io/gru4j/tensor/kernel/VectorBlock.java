package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.BLOCK_ROWS;
import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.Kernels.QUAD;
import static io.gru4j.tensor.kernel.VectorMath.L;
import static io.gru4j.tensor.kernel.VectorMath.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The product of a block of results by a matrix, on vectors; {@link ScalarKernels#blockProduct} is
 * the plain loop.
 *
 * <p>With 16 lanes the tiles are those of {@link VectorProduct}, but they read the block without
 * packing it: a row's values are 32 apart from the next row's, so all rows of a tile are at
 * constant distances. Packing would cost more than it gains. The last rows use a tile that also
 * covers rows already done; it computes these again, to the same bits. With fewer lanes, and for
 * columns that fill only one vector, the block is packed for {@link VectorProduct}.
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

  /** 12 rows, 32 columns. */
  private static void tile12(
      float[] c, int co, float[] y, int yo, int yps, float[] b, int bo, int panels) {
    FloatVector c0 = FloatVector.zero(SPECIES);
    FloatVector d0 = FloatVector.zero(SPECIES);
    FloatVector c1 = FloatVector.zero(SPECIES);
    FloatVector d1 = FloatVector.zero(SPECIES);
    FloatVector c2 = FloatVector.zero(SPECIES);
    FloatVector d2 = FloatVector.zero(SPECIES);
    FloatVector c3 = FloatVector.zero(SPECIES);
    FloatVector d3 = FloatVector.zero(SPECIES);
    FloatVector c4 = FloatVector.zero(SPECIES);
    FloatVector d4 = FloatVector.zero(SPECIES);
    FloatVector c5 = FloatVector.zero(SPECIES);
    FloatVector d5 = FloatVector.zero(SPECIES);
    FloatVector c6 = FloatVector.zero(SPECIES);
    FloatVector d6 = FloatVector.zero(SPECIES);
    FloatVector c7 = FloatVector.zero(SPECIES);
    FloatVector d7 = FloatVector.zero(SPECIES);
    FloatVector c8 = FloatVector.zero(SPECIES);
    FloatVector d8 = FloatVector.zero(SPECIES);
    FloatVector c9 = FloatVector.zero(SPECIES);
    FloatVector d9 = FloatVector.zero(SPECIES);
    FloatVector c10 = FloatVector.zero(SPECIES);
    FloatVector d10 = FloatVector.zero(SPECIES);
    FloatVector c11 = FloatVector.zero(SPECIES);
    FloatVector d11 = FloatVector.zero(SPECIES);
    for (int p = 0; p < panels; p++) {
      int i = yo + p * yps;
      int j = bo + p * PANEL * PANEL;
      for (int l = 0; l < PANEL; l++) {
        FloatVector b0 = FloatVector.fromArray(SPECIES, b, j + l * PANEL);
        FloatVector b1 = FloatVector.fromArray(SPECIES, b, j + l * PANEL + L);
        FloatVector v0 = FloatVector.broadcast(SPECIES, y[i + l]);
        c0 = v0.fma(b0, c0);
        d0 = v0.fma(b1, d0);
        FloatVector v1 = FloatVector.broadcast(SPECIES, y[i + l + PANEL]);
        c1 = v1.fma(b0, c1);
        d1 = v1.fma(b1, d1);
        FloatVector v2 = FloatVector.broadcast(SPECIES, y[i + l + 2 * PANEL]);
        c2 = v2.fma(b0, c2);
        d2 = v2.fma(b1, d2);
        FloatVector v3 = FloatVector.broadcast(SPECIES, y[i + l + 3 * PANEL]);
        c3 = v3.fma(b0, c3);
        d3 = v3.fma(b1, d3);
        FloatVector v4 = FloatVector.broadcast(SPECIES, y[i + l + 4 * PANEL]);
        c4 = v4.fma(b0, c4);
        d4 = v4.fma(b1, d4);
        FloatVector v5 = FloatVector.broadcast(SPECIES, y[i + l + 5 * PANEL]);
        c5 = v5.fma(b0, c5);
        d5 = v5.fma(b1, d5);
        FloatVector v6 = FloatVector.broadcast(SPECIES, y[i + l + 6 * PANEL]);
        c6 = v6.fma(b0, c6);
        d6 = v6.fma(b1, d6);
        FloatVector v7 = FloatVector.broadcast(SPECIES, y[i + l + 7 * PANEL]);
        c7 = v7.fma(b0, c7);
        d7 = v7.fma(b1, d7);
        FloatVector v8 = FloatVector.broadcast(SPECIES, y[i + l + 8 * PANEL]);
        c8 = v8.fma(b0, c8);
        d8 = v8.fma(b1, d8);
        FloatVector v9 = FloatVector.broadcast(SPECIES, y[i + l + 9 * PANEL]);
        c9 = v9.fma(b0, c9);
        d9 = v9.fma(b1, d9);
        FloatVector v10 = FloatVector.broadcast(SPECIES, y[i + l + 10 * PANEL]);
        c10 = v10.fma(b0, c10);
        d10 = v10.fma(b1, d10);
        FloatVector v11 = FloatVector.broadcast(SPECIES, y[i + l + 11 * PANEL]);
        c11 = v11.fma(b0, c11);
        d11 = v11.fma(b1, d11);
      }
    }
    c0.intoArray(c, co);
    d0.intoArray(c, co + L);
    c1.intoArray(c, co + PANEL);
    d1.intoArray(c, co + PANEL + L);
    c2.intoArray(c, co + 2 * PANEL);
    d2.intoArray(c, co + 2 * PANEL + L);
    c3.intoArray(c, co + 3 * PANEL);
    d3.intoArray(c, co + 3 * PANEL + L);
    c4.intoArray(c, co + 4 * PANEL);
    d4.intoArray(c, co + 4 * PANEL + L);
    c5.intoArray(c, co + 5 * PANEL);
    d5.intoArray(c, co + 5 * PANEL + L);
    c6.intoArray(c, co + 6 * PANEL);
    d6.intoArray(c, co + 6 * PANEL + L);
    c7.intoArray(c, co + 7 * PANEL);
    d7.intoArray(c, co + 7 * PANEL + L);
    c8.intoArray(c, co + 8 * PANEL);
    d8.intoArray(c, co + 8 * PANEL + L);
    c9.intoArray(c, co + 9 * PANEL);
    d9.intoArray(c, co + 9 * PANEL + L);
    c10.intoArray(c, co + 10 * PANEL);
    d10.intoArray(c, co + 10 * PANEL + L);
    c11.intoArray(c, co + 11 * PANEL);
    d11.intoArray(c, co + 11 * PANEL + L);
  }

  /** 8 rows, 32 columns. */
  private static void tile8(
      float[] c, int co, float[] y, int yo, int yps, float[] b, int bo, int panels) {
    FloatVector c0 = FloatVector.zero(SPECIES);
    FloatVector d0 = FloatVector.zero(SPECIES);
    FloatVector c1 = FloatVector.zero(SPECIES);
    FloatVector d1 = FloatVector.zero(SPECIES);
    FloatVector c2 = FloatVector.zero(SPECIES);
    FloatVector d2 = FloatVector.zero(SPECIES);
    FloatVector c3 = FloatVector.zero(SPECIES);
    FloatVector d3 = FloatVector.zero(SPECIES);
    FloatVector c4 = FloatVector.zero(SPECIES);
    FloatVector d4 = FloatVector.zero(SPECIES);
    FloatVector c5 = FloatVector.zero(SPECIES);
    FloatVector d5 = FloatVector.zero(SPECIES);
    FloatVector c6 = FloatVector.zero(SPECIES);
    FloatVector d6 = FloatVector.zero(SPECIES);
    FloatVector c7 = FloatVector.zero(SPECIES);
    FloatVector d7 = FloatVector.zero(SPECIES);
    for (int p = 0; p < panels; p++) {
      int i = yo + p * yps;
      int j = bo + p * PANEL * PANEL;
      for (int l = 0; l < PANEL; l++) {
        FloatVector b0 = FloatVector.fromArray(SPECIES, b, j + l * PANEL);
        FloatVector b1 = FloatVector.fromArray(SPECIES, b, j + l * PANEL + L);
        FloatVector v0 = FloatVector.broadcast(SPECIES, y[i + l]);
        c0 = v0.fma(b0, c0);
        d0 = v0.fma(b1, d0);
        FloatVector v1 = FloatVector.broadcast(SPECIES, y[i + l + PANEL]);
        c1 = v1.fma(b0, c1);
        d1 = v1.fma(b1, d1);
        FloatVector v2 = FloatVector.broadcast(SPECIES, y[i + l + 2 * PANEL]);
        c2 = v2.fma(b0, c2);
        d2 = v2.fma(b1, d2);
        FloatVector v3 = FloatVector.broadcast(SPECIES, y[i + l + 3 * PANEL]);
        c3 = v3.fma(b0, c3);
        d3 = v3.fma(b1, d3);
        FloatVector v4 = FloatVector.broadcast(SPECIES, y[i + l + 4 * PANEL]);
        c4 = v4.fma(b0, c4);
        d4 = v4.fma(b1, d4);
        FloatVector v5 = FloatVector.broadcast(SPECIES, y[i + l + 5 * PANEL]);
        c5 = v5.fma(b0, c5);
        d5 = v5.fma(b1, d5);
        FloatVector v6 = FloatVector.broadcast(SPECIES, y[i + l + 6 * PANEL]);
        c6 = v6.fma(b0, c6);
        d6 = v6.fma(b1, d6);
        FloatVector v7 = FloatVector.broadcast(SPECIES, y[i + l + 7 * PANEL]);
        c7 = v7.fma(b0, c7);
        d7 = v7.fma(b1, d7);
      }
    }
    c0.intoArray(c, co);
    d0.intoArray(c, co + L);
    c1.intoArray(c, co + PANEL);
    d1.intoArray(c, co + PANEL + L);
    c2.intoArray(c, co + 2 * PANEL);
    d2.intoArray(c, co + 2 * PANEL + L);
    c3.intoArray(c, co + 3 * PANEL);
    d3.intoArray(c, co + 3 * PANEL + L);
    c4.intoArray(c, co + 4 * PANEL);
    d4.intoArray(c, co + 4 * PANEL + L);
    c5.intoArray(c, co + 5 * PANEL);
    d5.intoArray(c, co + 5 * PANEL + L);
    c6.intoArray(c, co + 6 * PANEL);
    d6.intoArray(c, co + 6 * PANEL + L);
    c7.intoArray(c, co + 7 * PANEL);
    d7.intoArray(c, co + 7 * PANEL + L);
  }

  /** 4 rows, 32 columns. */
  private static void tile4(
      float[] c, int co, float[] y, int yo, int yps, float[] b, int bo, int panels) {
    FloatVector c0 = FloatVector.zero(SPECIES);
    FloatVector d0 = FloatVector.zero(SPECIES);
    FloatVector c1 = FloatVector.zero(SPECIES);
    FloatVector d1 = FloatVector.zero(SPECIES);
    FloatVector c2 = FloatVector.zero(SPECIES);
    FloatVector d2 = FloatVector.zero(SPECIES);
    FloatVector c3 = FloatVector.zero(SPECIES);
    FloatVector d3 = FloatVector.zero(SPECIES);
    for (int p = 0; p < panels; p++) {
      int i = yo + p * yps;
      int j = bo + p * PANEL * PANEL;
      for (int l = 0; l < PANEL; l++) {
        FloatVector b0 = FloatVector.fromArray(SPECIES, b, j + l * PANEL);
        FloatVector b1 = FloatVector.fromArray(SPECIES, b, j + l * PANEL + L);
        FloatVector v0 = FloatVector.broadcast(SPECIES, y[i + l]);
        c0 = v0.fma(b0, c0);
        d0 = v0.fma(b1, d0);
        FloatVector v1 = FloatVector.broadcast(SPECIES, y[i + l + PANEL]);
        c1 = v1.fma(b0, c1);
        d1 = v1.fma(b1, d1);
        FloatVector v2 = FloatVector.broadcast(SPECIES, y[i + l + 2 * PANEL]);
        c2 = v2.fma(b0, c2);
        d2 = v2.fma(b1, d2);
        FloatVector v3 = FloatVector.broadcast(SPECIES, y[i + l + 3 * PANEL]);
        c3 = v3.fma(b0, c3);
        d3 = v3.fma(b1, d3);
      }
    }
    c0.intoArray(c, co);
    d0.intoArray(c, co + L);
    c1.intoArray(c, co + PANEL);
    d1.intoArray(c, co + PANEL + L);
    c2.intoArray(c, co + 2 * PANEL);
    d2.intoArray(c, co + 2 * PANEL + L);
    c3.intoArray(c, co + 3 * PANEL);
    d3.intoArray(c, co + 3 * PANEL + L);
  }

  /** 1 row, 32 columns. */
  private static void tile1(
      float[] c, int co, float[] y, int yo, int yps, float[] b, int bo, int panels) {
    FloatVector c0 = FloatVector.zero(SPECIES);
    FloatVector d0 = FloatVector.zero(SPECIES);
    for (int p = 0; p < panels; p++) {
      int i = yo + p * yps;
      int j = bo + p * PANEL * PANEL;
      for (int l = 0; l < PANEL; l++) {
        FloatVector b0 = FloatVector.fromArray(SPECIES, b, j + l * PANEL);
        FloatVector b1 = FloatVector.fromArray(SPECIES, b, j + l * PANEL + L);
        FloatVector v0 = FloatVector.broadcast(SPECIES, y[i + l]);
        c0 = v0.fma(b0, c0);
        d0 = v0.fma(b1, d0);
      }
    }
    c0.intoArray(c, co);
    d0.intoArray(c, co + L);
  }
}
