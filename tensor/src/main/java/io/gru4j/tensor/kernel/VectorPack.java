package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.QUAD;
import static io.gru4j.tensor.kernel.Vectors.L;
import static io.gru4j.tensor.kernel.Vectors.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Packs a product's first factor, on vectors; {@link ScalarProducts#packRows} and {@link
 * ScalarProducts#packColumns} are the plain loops.
 *
 * <p>Four rows of L columns become L quads in registers. As in {@link VectorTranspose}, one stage
 * swaps the upper bit of the row's number with the highest bit of the lane's, the next one the
 * lower bit with the second highest: then each vector has a quarter of the columns, of row 0 first,
 * of row 3 last. At last a column's four values are put side by side.
 *
 * <p>Where columns are packed, four values of a row stay together. Of 16 lanes they are a quarter,
 * and the same two stages suffice; of 8 lanes they are a half, and one stage does for two rows.
 */
final class VectorPack {

  private static final VectorShuffle<Float> SWAP_HALVES = swap(L / 2);
  private static final VectorShuffle<Float> SWAP_QUARTERS = swap(L / 4);
  private static final VectorMask<Float> UPPER_HALF = upper(L / 2);
  private static final VectorMask<Float> UPPER_QUARTERS = upper(L / 4);
  private static final VectorShuffle<Float> SIDE_BY_SIDE =
      VectorShuffle.fromOp(SPECIES, i -> i % QUAD * (L / QUAD) + i / QUAD);

  /** What fills no vectors. */
  private static final ScalarProducts TAIL = new ScalarProducts();

  private VectorPack() {}

  private static VectorShuffle<Float> swap(int d) {
    return VectorShuffle.fromOp(SPECIES, i -> i ^ d);
  }

  private static VectorMask<Float> upper(int d) {
    boolean[] upper = new boolean[L];
    for (int i = 0; i < L; i++) {
      upper[i] = (i & d) != 0;
    }
    return VectorMask.fromArray(SPECIES, upper, 0);
  }

  static void packRows(float[] y, int yo, int yp, float[] x, int xo, int xs, int rows, int K) {
    int wholeRows = rows - rows % QUAD;
    int wholeK = K - K % L;
    for (int r = 0; r < wholeRows; r += QUAD) {
      quad(y, yo + r / QUAD * yp, x, xo + r * xs, xs, wholeK);
    }
    int y1 = yo + wholeK * QUAD;
    TAIL.packRows(y, y1, yp, x, xo + wholeK, xs, wholeRows, K - wholeK);
    int y2 = yo + wholeRows / QUAD * yp;
    TAIL.packRows(y, y2, yp, x, xo + wholeRows * xs, xs, rows - wholeRows, K);
  }

  private static void quad(float[] y, int yo, float[] x, int xo, int xs, int K) {
    for (int k = 0; k < K; k += L) {
      FloatVector r0 = FloatVector.fromArray(SPECIES, x, xo + k);
      FloatVector r1 = FloatVector.fromArray(SPECIES, x, xo + xs + k);
      FloatVector r2 = FloatVector.fromArray(SPECIES, x, xo + 2 * xs + k);
      FloatVector r3 = FloatVector.fromArray(SPECIES, x, xo + 3 * xs + k);
      FloatVector s0 = r0.blend(r2.rearrange(SWAP_HALVES), UPPER_HALF);
      FloatVector s2 = r0.rearrange(SWAP_HALVES).blend(r2, UPPER_HALF);
      FloatVector s1 = r1.blend(r3.rearrange(SWAP_HALVES), UPPER_HALF);
      FloatVector s3 = r1.rearrange(SWAP_HALVES).blend(r3, UPPER_HALF);
      FloatVector t0 = s0.blend(s1.rearrange(SWAP_QUARTERS), UPPER_QUARTERS);
      FloatVector t1 = s0.rearrange(SWAP_QUARTERS).blend(s1, UPPER_QUARTERS);
      FloatVector t2 = s2.blend(s3.rearrange(SWAP_QUARTERS), UPPER_QUARTERS);
      FloatVector t3 = s2.rearrange(SWAP_QUARTERS).blend(s3, UPPER_QUARTERS);
      int to = yo + k * QUAD;
      t0.rearrange(SIDE_BY_SIDE).intoArray(y, to);
      t1.rearrange(SIDE_BY_SIDE).intoArray(y, to + L);
      t2.rearrange(SIDE_BY_SIDE).intoArray(y, to + 2 * L);
      t3.rearrange(SIDE_BY_SIDE).intoArray(y, to + 3 * L);
    }
  }

  static void packColumns(float[] y, int yo, int yp, float[] x, int xo, int xs, int rows, int K) {
    int wholeRows = L >= 8 ? rows - rows % L : 0;
    int wholeK = L >= 8 ? K - K % (L / QUAD) : 0;
    for (int r = 0; r < wholeRows; r += L) {
      if (L == 16) {
        columns16(y, yo + r / QUAD * yp, yp, x, xo + r, xs, wholeK);
      } else {
        columns8(y, yo + r / QUAD * yp, yp, x, xo + r, xs, wholeK);
      }
    }
    TAIL.packColumns(y, yo + wholeK * QUAD, yp, x, xo + wholeK * xs, xs, wholeRows, K - wholeK);
    int y2 = yo + wholeRows / QUAD * yp;
    TAIL.packColumns(y, y2, yp, x, xo + wholeRows, xs, rows - wholeRows, K);
  }

  /** 16 rows of the result, for vectors of 16 lanes. */
  private static void columns16(float[] y, int yo, int yp, float[] x, int xo, int xs, int K) {
    for (int k = 0; k < K; k += 4) {
      int from = xo + k * xs;
      FloatVector r0 = FloatVector.fromArray(SPECIES, x, from);
      FloatVector r1 = FloatVector.fromArray(SPECIES, x, from + xs);
      FloatVector r2 = FloatVector.fromArray(SPECIES, x, from + 2 * xs);
      FloatVector r3 = FloatVector.fromArray(SPECIES, x, from + 3 * xs);
      FloatVector s0 = r0.blend(r2.rearrange(SWAP_HALVES), UPPER_HALF);
      FloatVector s2 = r0.rearrange(SWAP_HALVES).blend(r2, UPPER_HALF);
      FloatVector s1 = r1.blend(r3.rearrange(SWAP_HALVES), UPPER_HALF);
      FloatVector s3 = r1.rearrange(SWAP_HALVES).blend(r3, UPPER_HALF);
      FloatVector t0 = s0.blend(s1.rearrange(SWAP_QUARTERS), UPPER_QUARTERS);
      FloatVector t1 = s0.rearrange(SWAP_QUARTERS).blend(s1, UPPER_QUARTERS);
      FloatVector t2 = s2.blend(s3.rearrange(SWAP_QUARTERS), UPPER_QUARTERS);
      FloatVector t3 = s2.rearrange(SWAP_QUARTERS).blend(s3, UPPER_QUARTERS);
      int to = yo + k * QUAD;
      t0.intoArray(y, to);
      t1.intoArray(y, to + yp);
      t2.intoArray(y, to + 2 * yp);
      t3.intoArray(y, to + 3 * yp);
    }
  }

  /** 8 rows of the result, for vectors of 8 lanes. */
  private static void columns8(float[] y, int yo, int yp, float[] x, int xo, int xs, int K) {
    for (int k = 0; k < K; k += 2) {
      int from = xo + k * xs;
      FloatVector r0 = FloatVector.fromArray(SPECIES, x, from);
      FloatVector r1 = FloatVector.fromArray(SPECIES, x, from + xs);
      int to = yo + k * QUAD;
      r0.blend(r1.rearrange(SWAP_HALVES), UPPER_HALF).intoArray(y, to);
      r0.rearrange(SWAP_HALVES).blend(r1, UPPER_HALF).intoArray(y, to + yp);
    }
  }
}
