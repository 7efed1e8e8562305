package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Vectors.L;
import static io.gru4j.tensor.kernel.Vectors.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * The transpose of a block on vectors; {@link ScalarProducts#transpose} is the plain loop.
 *
 * <p>A block of L x L is transposed in log2(L) stages in registers. The stage of d = L/2, ..., 2, 1
 * swaps bit d of the row's number with bit d of the lane's: of rows a and b that are d apart, the
 * upper d of every 2 d lanes of a change places with the lower d of b.
 */
final class VectorTranspose {

  private static final VectorShuffle<Float> SWAP_8 = swap(8);
  private static final VectorShuffle<Float> SWAP_4 = swap(4);
  private static final VectorShuffle<Float> SWAP_2 = swap(2);
  private static final VectorShuffle<Float> SWAP_1 = swap(1);
  private static final VectorMask<Float> UPPER_8 = upper(8);
  private static final VectorMask<Float> UPPER_4 = upper(4);
  private static final VectorMask<Float> UPPER_2 = upper(2);
  private static final VectorMask<Float> UPPER_1 = upper(1);

  /** What fills no vectors. */
  private static final ScalarProducts TAIL = new ScalarProducts();

  private VectorTranspose() {}

  private static VectorShuffle<Float> swap(int d) {
    return VectorShuffle.fromOp(SPECIES, i -> (i ^ d) % L);
  }

  private static VectorMask<Float> upper(int d) {
    boolean[] upper = new boolean[L];
    for (int i = 0; i < L; i++) {
      upper[i] = (i & d) != 0;
    }
    return VectorMask.fromArray(SPECIES, upper, 0);
  }

  static void transpose(
      float[] y, int yo, int ys, float[] x, int xo, int xs, int rows, int columns) {
    int wholeRows = L >= 8 ? rows - rows % L : 0;
    int wholeColumns = L >= 8 ? columns - columns % L : 0;
    for (int r = 0; r < wholeRows; r += L) {
      for (int c = 0; c < wholeColumns; c += L) {
        if (L == 16) {
          block16(y, yo + c * ys + r, ys, x, xo + r * xs + c, xs);
        } else {
          block8(y, yo + c * ys + r, ys, x, xo + r * xs + c, xs);
        }
      }
    }
    int restColumns = columns - wholeColumns;
    TAIL.transpose(y, yo + wholeColumns * ys, ys, x, xo + wholeColumns, xs, wholeRows, restColumns);
    int restRows = rows - wholeRows;
    TAIL.transpose(y, yo + wholeRows, ys, x, xo + wholeRows * xs, xs, restRows, columns);
  }

  /** 16 x 16 values, for vectors of 16 lanes. */
  private static void block16(float[] y, int yo, int ys, float[] x, int xo, int xs) {
    FloatVector r0 = FloatVector.fromArray(SPECIES, x, xo);
    FloatVector r1 = FloatVector.fromArray(SPECIES, x, xo + xs);
    FloatVector r2 = FloatVector.fromArray(SPECIES, x, xo + 2 * xs);
    FloatVector r3 = FloatVector.fromArray(SPECIES, x, xo + 3 * xs);
    FloatVector r4 = FloatVector.fromArray(SPECIES, x, xo + 4 * xs);
    FloatVector r5 = FloatVector.fromArray(SPECIES, x, xo + 5 * xs);
    FloatVector r6 = FloatVector.fromArray(SPECIES, x, xo + 6 * xs);
    FloatVector r7 = FloatVector.fromArray(SPECIES, x, xo + 7 * xs);
    FloatVector r8 = FloatVector.fromArray(SPECIES, x, xo + 8 * xs);
    FloatVector r9 = FloatVector.fromArray(SPECIES, x, xo + 9 * xs);
    FloatVector r10 = FloatVector.fromArray(SPECIES, x, xo + 10 * xs);
    FloatVector r11 = FloatVector.fromArray(SPECIES, x, xo + 11 * xs);
    FloatVector r12 = FloatVector.fromArray(SPECIES, x, xo + 12 * xs);
    FloatVector r13 = FloatVector.fromArray(SPECIES, x, xo + 13 * xs);
    FloatVector r14 = FloatVector.fromArray(SPECIES, x, xo + 14 * xs);
    FloatVector r15 = FloatVector.fromArray(SPECIES, x, xo + 15 * xs);
    FloatVector s0 = r0.blend(r8.rearrange(SWAP_8), UPPER_8);
    FloatVector s8 = r0.rearrange(SWAP_8).blend(r8, UPPER_8);
    FloatVector s1 = r1.blend(r9.rearrange(SWAP_8), UPPER_8);
    FloatVector s9 = r1.rearrange(SWAP_8).blend(r9, UPPER_8);
    FloatVector s2 = r2.blend(r10.rearrange(SWAP_8), UPPER_8);
    FloatVector s10 = r2.rearrange(SWAP_8).blend(r10, UPPER_8);
    FloatVector s3 = r3.blend(r11.rearrange(SWAP_8), UPPER_8);
    FloatVector s11 = r3.rearrange(SWAP_8).blend(r11, UPPER_8);
    FloatVector s4 = r4.blend(r12.rearrange(SWAP_8), UPPER_8);
    FloatVector s12 = r4.rearrange(SWAP_8).blend(r12, UPPER_8);
    FloatVector s5 = r5.blend(r13.rearrange(SWAP_8), UPPER_8);
    FloatVector s13 = r5.rearrange(SWAP_8).blend(r13, UPPER_8);
    FloatVector s6 = r6.blend(r14.rearrange(SWAP_8), UPPER_8);
    FloatVector s14 = r6.rearrange(SWAP_8).blend(r14, UPPER_8);
    FloatVector s7 = r7.blend(r15.rearrange(SWAP_8), UPPER_8);
    FloatVector s15 = r7.rearrange(SWAP_8).blend(r15, UPPER_8);
    FloatVector t0 = s0.blend(s4.rearrange(SWAP_4), UPPER_4);
    FloatVector t4 = s0.rearrange(SWAP_4).blend(s4, UPPER_4);
    FloatVector t1 = s1.blend(s5.rearrange(SWAP_4), UPPER_4);
    FloatVector t5 = s1.rearrange(SWAP_4).blend(s5, UPPER_4);
    FloatVector t2 = s2.blend(s6.rearrange(SWAP_4), UPPER_4);
    FloatVector t6 = s2.rearrange(SWAP_4).blend(s6, UPPER_4);
    FloatVector t3 = s3.blend(s7.rearrange(SWAP_4), UPPER_4);
    FloatVector t7 = s3.rearrange(SWAP_4).blend(s7, UPPER_4);
    FloatVector t8 = s8.blend(s12.rearrange(SWAP_4), UPPER_4);
    FloatVector t12 = s8.rearrange(SWAP_4).blend(s12, UPPER_4);
    FloatVector t9 = s9.blend(s13.rearrange(SWAP_4), UPPER_4);
    FloatVector t13 = s9.rearrange(SWAP_4).blend(s13, UPPER_4);
    FloatVector t10 = s10.blend(s14.rearrange(SWAP_4), UPPER_4);
    FloatVector t14 = s10.rearrange(SWAP_4).blend(s14, UPPER_4);
    FloatVector t11 = s11.blend(s15.rearrange(SWAP_4), UPPER_4);
    FloatVector t15 = s11.rearrange(SWAP_4).blend(s15, UPPER_4);
    FloatVector u0 = t0.blend(t2.rearrange(SWAP_2), UPPER_2);
    FloatVector u2 = t0.rearrange(SWAP_2).blend(t2, UPPER_2);
    FloatVector u1 = t1.blend(t3.rearrange(SWAP_2), UPPER_2);
    FloatVector u3 = t1.rearrange(SWAP_2).blend(t3, UPPER_2);
    FloatVector u4 = t4.blend(t6.rearrange(SWAP_2), UPPER_2);
    FloatVector u6 = t4.rearrange(SWAP_2).blend(t6, UPPER_2);
    FloatVector u5 = t5.blend(t7.rearrange(SWAP_2), UPPER_2);
    FloatVector u7 = t5.rearrange(SWAP_2).blend(t7, UPPER_2);
    FloatVector u8 = t8.blend(t10.rearrange(SWAP_2), UPPER_2);
    FloatVector u10 = t8.rearrange(SWAP_2).blend(t10, UPPER_2);
    FloatVector u9 = t9.blend(t11.rearrange(SWAP_2), UPPER_2);
    FloatVector u11 = t9.rearrange(SWAP_2).blend(t11, UPPER_2);
    FloatVector u12 = t12.blend(t14.rearrange(SWAP_2), UPPER_2);
    FloatVector u14 = t12.rearrange(SWAP_2).blend(t14, UPPER_2);
    FloatVector u13 = t13.blend(t15.rearrange(SWAP_2), UPPER_2);
    FloatVector u15 = t13.rearrange(SWAP_2).blend(t15, UPPER_2);
    FloatVector v0 = u0.blend(u1.rearrange(SWAP_1), UPPER_1);
    FloatVector v1 = u0.rearrange(SWAP_1).blend(u1, UPPER_1);
    FloatVector v2 = u2.blend(u3.rearrange(SWAP_1), UPPER_1);
    FloatVector v3 = u2.rearrange(SWAP_1).blend(u3, UPPER_1);
    FloatVector v4 = u4.blend(u5.rearrange(SWAP_1), UPPER_1);
    FloatVector v5 = u4.rearrange(SWAP_1).blend(u5, UPPER_1);
    FloatVector v6 = u6.blend(u7.rearrange(SWAP_1), UPPER_1);
    FloatVector v7 = u6.rearrange(SWAP_1).blend(u7, UPPER_1);
    FloatVector v8 = u8.blend(u9.rearrange(SWAP_1), UPPER_1);
    FloatVector v9 = u8.rearrange(SWAP_1).blend(u9, UPPER_1);
    FloatVector v10 = u10.blend(u11.rearrange(SWAP_1), UPPER_1);
    FloatVector v11 = u10.rearrange(SWAP_1).blend(u11, UPPER_1);
    FloatVector v12 = u12.blend(u13.rearrange(SWAP_1), UPPER_1);
    FloatVector v13 = u12.rearrange(SWAP_1).blend(u13, UPPER_1);
    FloatVector v14 = u14.blend(u15.rearrange(SWAP_1), UPPER_1);
    FloatVector v15 = u14.rearrange(SWAP_1).blend(u15, UPPER_1);
    v0.intoArray(y, yo);
    v1.intoArray(y, yo + ys);
    v2.intoArray(y, yo + 2 * ys);
    v3.intoArray(y, yo + 3 * ys);
    v4.intoArray(y, yo + 4 * ys);
    v5.intoArray(y, yo + 5 * ys);
    v6.intoArray(y, yo + 6 * ys);
    v7.intoArray(y, yo + 7 * ys);
    v8.intoArray(y, yo + 8 * ys);
    v9.intoArray(y, yo + 9 * ys);
    v10.intoArray(y, yo + 10 * ys);
    v11.intoArray(y, yo + 11 * ys);
    v12.intoArray(y, yo + 12 * ys);
    v13.intoArray(y, yo + 13 * ys);
    v14.intoArray(y, yo + 14 * ys);
    v15.intoArray(y, yo + 15 * ys);
  }

  /** 8 x 8 values, for vectors of 8 lanes. */
  private static void block8(float[] y, int yo, int ys, float[] x, int xo, int xs) {
    FloatVector r0 = FloatVector.fromArray(SPECIES, x, xo);
    FloatVector r1 = FloatVector.fromArray(SPECIES, x, xo + xs);
    FloatVector r2 = FloatVector.fromArray(SPECIES, x, xo + 2 * xs);
    FloatVector r3 = FloatVector.fromArray(SPECIES, x, xo + 3 * xs);
    FloatVector r4 = FloatVector.fromArray(SPECIES, x, xo + 4 * xs);
    FloatVector r5 = FloatVector.fromArray(SPECIES, x, xo + 5 * xs);
    FloatVector r6 = FloatVector.fromArray(SPECIES, x, xo + 6 * xs);
    FloatVector r7 = FloatVector.fromArray(SPECIES, x, xo + 7 * xs);
    FloatVector s0 = r0.blend(r4.rearrange(SWAP_4), UPPER_4);
    FloatVector s4 = r0.rearrange(SWAP_4).blend(r4, UPPER_4);
    FloatVector s1 = r1.blend(r5.rearrange(SWAP_4), UPPER_4);
    FloatVector s5 = r1.rearrange(SWAP_4).blend(r5, UPPER_4);
    FloatVector s2 = r2.blend(r6.rearrange(SWAP_4), UPPER_4);
    FloatVector s6 = r2.rearrange(SWAP_4).blend(r6, UPPER_4);
    FloatVector s3 = r3.blend(r7.rearrange(SWAP_4), UPPER_4);
    FloatVector s7 = r3.rearrange(SWAP_4).blend(r7, UPPER_4);
    FloatVector t0 = s0.blend(s2.rearrange(SWAP_2), UPPER_2);
    FloatVector t2 = s0.rearrange(SWAP_2).blend(s2, UPPER_2);
    FloatVector t1 = s1.blend(s3.rearrange(SWAP_2), UPPER_2);
    FloatVector t3 = s1.rearrange(SWAP_2).blend(s3, UPPER_2);
    FloatVector t4 = s4.blend(s6.rearrange(SWAP_2), UPPER_2);
    FloatVector t6 = s4.rearrange(SWAP_2).blend(s6, UPPER_2);
    FloatVector t5 = s5.blend(s7.rearrange(SWAP_2), UPPER_2);
    FloatVector t7 = s5.rearrange(SWAP_2).blend(s7, UPPER_2);
    FloatVector u0 = t0.blend(t1.rearrange(SWAP_1), UPPER_1);
    FloatVector u1 = t0.rearrange(SWAP_1).blend(t1, UPPER_1);
    FloatVector u2 = t2.blend(t3.rearrange(SWAP_1), UPPER_1);
    FloatVector u3 = t2.rearrange(SWAP_1).blend(t3, UPPER_1);
    FloatVector u4 = t4.blend(t5.rearrange(SWAP_1), UPPER_1);
    FloatVector u5 = t4.rearrange(SWAP_1).blend(t5, UPPER_1);
    FloatVector u6 = t6.blend(t7.rearrange(SWAP_1), UPPER_1);
    FloatVector u7 = t6.rearrange(SWAP_1).blend(t7, UPPER_1);
    u0.intoArray(y, yo);
    u1.intoArray(y, yo + ys);
    u2.intoArray(y, yo + 2 * ys);
    u3.intoArray(y, yo + 3 * ys);
    u4.intoArray(y, yo + 4 * ys);
    u5.intoArray(y, yo + 5 * ys);
    u6.intoArray(y, yo + 6 * ys);
    u7.intoArray(y, yo + 7 * ys);
  }
}
