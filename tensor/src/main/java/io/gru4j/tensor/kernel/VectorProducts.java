package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.BLOCK_ROWS;
import static io.gru4j.tensor.kernel.Kernels.LANES;
import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.Kernels.QUAD;
import static io.gru4j.tensor.kernel.VectorProductTiles.STEPS;
import static io.gru4j.tensor.kernel.VectorProductTiles.tile12x2;
import static io.gru4j.tensor.kernel.VectorProductTiles.tile1x1;
import static io.gru4j.tensor.kernel.VectorProductTiles.tile1x2;
import static io.gru4j.tensor.kernel.VectorProductTiles.tile2x2;
import static io.gru4j.tensor.kernel.VectorProductTiles.tile3x2;
import static io.gru4j.tensor.kernel.VectorProductTiles.tile4x2;
import static io.gru4j.tensor.kernel.VectorProductTiles.tile4x4;
import static io.gru4j.tensor.kernel.VectorProductTiles.tile6x2;
import static io.gru4j.tensor.kernel.VectorProductTiles.tile8x1;
import static io.gru4j.tensor.kernel.VectorProductTiles.tile8x2;
import static io.gru4j.tensor.kernel.Vectors.L;
import static io.gru4j.tensor.kernel.Vectors.REGISTERS;
import static io.gru4j.tensor.kernel.Vectors.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * Products on vectors; {@link ScalarProducts} has the plain loops. Those of a packed block by a
 * panel are here; those by lanes are in {@link VectorLanes}, what brings factors into place in
 * {@link VectorPack} and {@link VectorTranspose}.
 *
 * <p>A register tile of m rows x 2 vectors of columns stays in accumulators while k runs. One k
 * costs 2 loads of b and m broadcasts of a, for 2 m fused multiply-adds: loads stay below what two
 * load ports deliver, and 2 m independent chains hide the latency of the multiply-add. With 32
 * registers (512 bit) m is 12: 8 would do for that, but k is short, and a tile's beginning and end
 * cost as well. With 16 registers of 256 bit m is 6, as long as a row of a takes only one register
 * more: left alone, the compiler loads all rows of one k before it multiplies, and accumulators
 * come and go on the stack. Fences between the rows, which are no instructions on the x86
 * processors that have vectors of this width, keep it from that. Smaller tiles take what is left
 * over, and less than 8 k; with 16 registers of 128 bit the one of 4 x 2 takes all. With 32
 * registers of less than 512 bit a tile has 4 vectors of columns instead, and 4 rows: 64-bit Arm
 * broadcasts by an instruction of its own, which takes the units that multiply, so one of them
 * should serve 4 multiply-adds and not 2; 16 chains are what four units with a latency of 4 want.
 *
 * <p>Java checks every index. From a counted loop ({@code k < K}) the compiler moves the checks to
 * the front, two for each access that is written out: a tenth of the instructions of a short
 * product. A loop that ends with {@code !=} and goes on by more than 1 does not count as counted.
 * Its checks stay inside, but those of one base merge into two: so the tile of 6 rows has a base
 * for each pair of rows and adds constants. It takes 8 k at a time, and its test is at the end:
 * with the test at the front, the check of the next 8 merged with those of these 8, failed at the
 * end of an array, and the code was thrown away. More than 9 k written out are too much for the
 * first compiler, and then the second never sees the method.
 *
 * <p>Java keeps vectors in registers only as local variables: hence the written-out tiles. Many
 * rows and few k go another way, {@link VectorSteps}.
 */
public final class VectorProducts implements ProductKernels {

  /**
   * See {@link #productDepth}. With 16 lanes a tile takes both cache lines of one k's row of b, and
   * what it reads may come from the second level as fast as it multiplies; with 8 it takes one of
   * them, and lines two apart share half of the sets of a cache: 192 k leave room there for a and c
   * in a first level of 32 KB.
   */
  private static final int DEPTH = L == 16 ? 2048 : 192;

  private static final float[] ZEROS = new float[PANEL];

  /** Columns of the widest tiles: four vectors where registers suffice and lanes are few. */
  private static final int WIDTH = REGISTERS == 32 && L < 16 ? 4 * L : 2 * L;

  private static final VectorShuffle<Float> ROTATE_8 = rotate(8);
  private static final VectorShuffle<Float> ROTATE_4 = rotate(4);
  private static final VectorShuffle<Float> ROTATE_2 = rotate(2);
  private static final VectorShuffle<Float> ROTATE_1 = rotate(1);

  /** Creates the kernels; they have no state. */
  public VectorProducts() {}

  private static VectorShuffle<Float> rotate(int by) {
    return VectorShuffle.fromOp(SPECIES, i -> (i + by) % L);
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
    if (VectorSteps.suits(rows, K)) {
      VectorSteps.product(c, co, cs, init, io, is, a, ao, ap, b, bo, rows, K, columns);
      return;
    }
    for (int l = 0; l < columns; l += WIDTH) {
      pieces(c, co + l, cs, init, io + l, is, a, ao, ap, b, bo + l, rows, K, columns - l);
    }
  }

  /** Some columns, k in pieces of {@link #DEPTH}: later ones go on with the chains. */
  private static void pieces(
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
    for (int k = 0; k == 0 || k < K; k += DEPTH) {
      int depth = Math.min(DEPTH, K - k);
      int ak = ao + k * QUAD;
      int bk = bo + k * PANEL;
      if (WIDTH > 2 * L && columns > 2 * L) {
        columns4(c, co, cs, init, io, is, a, ak, ap, b, bk, rows, depth);
      } else if (columns > L) {
        columns2(c, co, cs, init, io, is, a, ak, ap, b, bk, rows, depth);
      } else {
        columns1(c, co, cs, init, io, is, a, ak, ap, b, bk, rows, depth);
      }
      init = c;
      io = co;
      is = cs;
    }
  }

  /** Where row r of a starts. */
  private static int row(int ao, int ap, int r) {
    return ao + r / QUAD * ap + r % QUAD;
  }

  /** Whole quads by tiles of four vectors; what is left of the rows by half as many columns. */
  private static void columns4(
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
      int K) {
    int r = 0;
    for (; r + 4 <= rows; r += 4) {
      tile4x4(c, co + r * cs, cs, init, io + r * is, is, a, row(ao, ap, r), b, bo, K);
    }
    if (r < rows) {
      int n = rows - r;
      int to = co + r * cs;
      int from = io + r * is;
      int x = row(ao, ap, r);
      columns2(c, to, cs, init, from, is, a, x, ap, b, bo, n, K);
      columns2(c, to + 2 * L, cs, init, from + 2 * L, is, a, x, ap, b, bo + 2 * L, n, K);
    }
  }

  private static void columns2(
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
      int K) {
    int r = 0;
    if (REGISTERS == 32) {
      for (; r + 12 <= rows; r += 12) {
        tile12x2(c, co + r * cs, cs, init, io + r * is, is, a, row(ao, ap, r), ap, b, bo, K);
      }
      for (; r + 8 <= rows; r += 8) {
        tile8x2(c, co + r * cs, cs, init, io + r * is, is, a, row(ao, ap, r), ap, b, bo, K);
      }
    } else if (L == 8 && K >= STEPS) {
      for (; r + 6 <= rows; r += 6) {
        int x = row(ao, ap, r);
        int y = row(ao, ap, r + 2);
        int z = row(ao, ap, r + 4);
        tile6x2(c, co + r * cs, cs, init, io + r * is, is, a, x, y, z, b, bo, K);
      }
      if (r % QUAD != 0 && r + 2 <= rows) { // the rest of a quad
        tile2x2(c, co + r * cs, cs, init, io + r * is, is, a, row(ao, ap, r), b, bo, K);
        r += 2;
      }
    }
    for (; r + 4 <= rows; r += 4) {
      tile4x2(c, co + r * cs, cs, init, io + r * is, is, a, row(ao, ap, r), b, bo, K);
    }
    int x = row(ao, ap, r);
    switch (rows - r) {
      case 3 -> tile3x2(c, co + r * cs, cs, init, io + r * is, is, a, x, b, bo, K);
      case 2 -> tile2x2(c, co + r * cs, cs, init, io + r * is, is, a, x, b, bo, K);
      case 1 -> tile1x2(c, co + r * cs, init, io + r * is, a, x, b, bo, K);
      default -> {}
    }
  }

  private static void columns1(
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
      int K) {
    int r = 0;
    for (; r + 8 <= rows; r += 8) {
      tile8x1(c, co + r * cs, cs, init, io + r * is, is, a, row(ao, ap, r), ap, b, bo, K);
    }
    for (; r < rows; r++) {
      tile1x1(c, co + r * cs, init, io + r * is, a, row(ao, ap, r), b, bo, K);
    }
  }

  @Override
  public int productDepth() {
    return DEPTH;
  }

  @Override
  public void packRows(float[] y, int yo, int yp, float[] x, int xo, int xs, int rows, int K) {
    VectorPack.packRows(y, yo, yp, x, xo, xs, rows, K);
  }

  @Override
  public void packColumns(float[] y, int yo, int yp, float[] x, int xo, int xs, int rows, int K) {
    VectorPack.packColumns(y, yo, yp, x, xo, xs, rows, K);
  }

  @Override
  public void copyPanels(float[] y, int yo, int yps, float[] x, int xo, int xps, int panels) {
    for (int p = 0; p < panels; p++) { // so few values: a call of arraycopy costs more
      for (int c = 0; c < PANEL; c += L) {
        FloatVector.fromArray(SPECIES, x, xo + p * xps + c).intoArray(y, yo + p * yps + c);
      }
    }
  }

  @Override
  public void transpose(
      float[] y, int yo, int ys, float[] x, int xo, int xs, int rows, int columns) {
    VectorTranspose.transpose(y, yo, ys, x, xo, xs, rows, columns);
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
    int direct = L < 16 ? 0 : (columns + L - 1) / PANEL; // blocks of two vectors
    if (direct > 0) {
      VectorBlock.product(c, co, cps, y, yo, yps, b, bo, panels, rows, direct);
    }
    int done = direct * PANEL;
    if (done < columns) { // fewer lanes, or columns that fill only one vector
      int to = co + direct * cps;
      int from = bo + done * panels * PANEL;
      packedBlock(c, to, cps, y, yo, yps, b, from, scratch, panels, rows, columns - done);
    }
  }

  private void packedBlock(
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
        packRows(scratch, p * PANEL * QUAD, stride, y, from, PANEL, n, PANEL);
      }
      for (int k = 0; k < columns; k += PANEL) {
        int to = co + k / PANEL * cps + r * PANEL;
        int count = Math.min(PANEL, columns - k);
        product(
            c, to, PANEL, ZEROS, 0, 0, scratch, 0, stride, b, bo + k * classes, n, classes, count);
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
    VectorLanes.products(sums, so, ss, y, yo, yps, w, wo, wps, panels, rows, K);
  }

  @Override
  public void foldLanes(float[] y, int yo, float[] x, int xo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = fold(x, xo + i * LANES);
    }
  }

  /** Returns the sum of 16 virtual lanes by the tree of {@link ScalarMath#foldLanes}. */
  private static float fold(float[] lanes, int o) {
    FloatVector v = FloatVector.fromArray(SPECIES, lanes, o);
    if (L == 16) {
      v = v.add(v.rearrange(ROTATE_8));
      v = v.add(v.rearrange(ROTATE_4));
    } else if (L == 8) {
      v = v.add(FloatVector.fromArray(SPECIES, lanes, o + 8));
      v = v.add(v.rearrange(ROTATE_4));
    } else {
      v = v.add(FloatVector.fromArray(SPECIES, lanes, o + 8));
      FloatVector u = FloatVector.fromArray(SPECIES, lanes, o + 4);
      v = v.add(u.add(FloatVector.fromArray(SPECIES, lanes, o + 12)));
    }
    v = v.add(v.rearrange(ROTATE_2));
    v = v.add(v.rearrange(ROTATE_1));
    return v.lane(0);
  }
}
