package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.Kernels.QUAD;
import static io.gru4j.tensor.kernel.VectorMath.L;
import static io.gru4j.tensor.kernel.VectorMath.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * The product of a packed block by up to 4 columns, on vectors of 16 lanes: what is left over of
 * 100, say, beside three panels of 32.
 *
 * <p>A vector of columns would be idle in 12 of its 16 lanes. Here it holds 4 rows x 4 columns,
 * lane {@code 4 r + l}. Four steps of k of a quad of rows are one vector of {@code a}; a
 * permutation spreads one step of it, another repeats the columns of {@code b}.
 */
final class VectorFour {

  private static final int COLUMNS = 4;
  private static final int LEAST_STEPS = 16; // of k: fewer are not worth a tile's start and end

  private static final VectorShuffle<Float> STEP_0 = step(0);
  private static final VectorShuffle<Float> STEP_1 = step(1);
  private static final VectorShuffle<Float> STEP_2 = step(2);
  private static final VectorShuffle<Float> STEP_3 = step(3);
  private static final VectorShuffle<Float> REPEAT = VectorShuffle.fromOp(SPECIES, i -> i % 4 % L);
  private static final VectorShuffle<Float> ROTATE_4 = rotate(4);
  private static final VectorShuffle<Float> ROTATE_8 = rotate(8);
  private static final VectorShuffle<Float> ROTATE_12 = rotate(12);
  private static final VectorMask<Float> FIRST = row(0);
  private static final VectorMask<Float> ROW_1 = row(1);
  private static final VectorMask<Float> ROW_2 = row(2);
  private static final VectorMask<Float> ROW_3 = row(3);

  private VectorFour() {}

  /** Spreads the four rows' values of the k-th step over four lanes each. */
  private static VectorShuffle<Float> step(int k) {
    return VectorShuffle.fromOp(SPECIES, i -> (QUAD * k + i / 4) % L);
  }

  private static VectorShuffle<Float> rotate(int by) {
    return VectorShuffle.fromOp(SPECIES, i -> (i + by) % L);
  }

  private static VectorMask<Float> row(int r) {
    boolean[] lanes = new boolean[L];
    for (int i = 4 * r; i < Math.min(L, 4 * r + 4); i++) {
      lanes[i] = true;
    }
    return VectorMask.fromArray(SPECIES, lanes, 0);
  }

  /** Whether this is the faster way for so many columns and steps of k. */
  static boolean suits(int K, int columns) {
    return L == 16 && columns <= COLUMNS && K >= LEAST_STEPS;
  }

  /** Computes the whole quads of some rows and returns how many rows that are. */
  static int product(
      float[] c,
      int co,
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
    for (; r + 8 * QUAD <= rows; r += 8 * QUAD) {
      quads8(c, co + r * PANEL, init, io + r * is, is, a, ao + r / QUAD * ap, ap, b, bo, K);
    }
    for (; r + 4 * QUAD <= rows; r += 4 * QUAD) {
      quads4(c, co + r * PANEL, init, io + r * is, is, a, ao + r / QUAD * ap, ap, b, bo, K);
    }
    for (; r + QUAD <= rows; r += QUAD) {
      quads1(c, co + r * PANEL, init, io + r * is, is, a, ao + r / QUAD * ap, ap, b, bo, K);
    }
    return r;
  }

  private static FloatVector start(float[] init, int io, int is) {
    FloatVector r0 = FloatVector.fromArray(SPECIES, init, io);
    FloatVector r1 = FloatVector.fromArray(SPECIES, init, io + is).rearrange(ROTATE_12);
    FloatVector r2 = FloatVector.fromArray(SPECIES, init, io + 2 * is).rearrange(ROTATE_8);
    FloatVector r3 = FloatVector.fromArray(SPECIES, init, io + 3 * is).rearrange(ROTATE_4);
    return r0.blend(r1, ROW_1).blend(r2, ROW_2).blend(r3, ROW_3);
  }

  /** Writes whole vectors: what stands behind a row's columns is undefined. */
  private static void end(float[] c, int co, FloatVector sums) {
    sums.intoArray(c, co);
    sums.rearrange(ROTATE_4).intoArray(c, co + PANEL);
    sums.rearrange(ROTATE_8).intoArray(c, co + 2 * PANEL);
    sums.rearrange(ROTATE_12).intoArray(c, co + 3 * PANEL);
  }

  /** 8 quads of rows. */
  private static void quads8(
      float[] c,
      int co,
      float[] init,
      int io,
      int is,
      float[] a,
      int ao,
      int ap,
      float[] b,
      int bo,
      int K) {
    FloatVector c0 = start(init, io, is);
    FloatVector c1 = start(init, io + 4 * is, is);
    FloatVector c2 = start(init, io + 8 * is, is);
    FloatVector c3 = start(init, io + 12 * is, is);
    FloatVector c4 = start(init, io + 16 * is, is);
    FloatVector c5 = start(init, io + 20 * is, is);
    FloatVector c6 = start(init, io + 24 * is, is);
    FloatVector c7 = start(init, io + 28 * is, is);
    int k = 0;
    for (; k + QUAD <= K; k += QUAD) {
      int j = bo + k * PANEL;
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, j).rearrange(REPEAT);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, j + PANEL).rearrange(REPEAT);
      FloatVector b2 = FloatVector.fromArray(SPECIES, b, j + 2 * PANEL).rearrange(REPEAT);
      FloatVector b3 = FloatVector.fromArray(SPECIES, b, j + 3 * PANEL).rearrange(REPEAT);
      int i = ao + k * QUAD;
      FloatVector a0 = FloatVector.fromArray(SPECIES, a, i);
      c0 = a0.rearrange(STEP_0).fma(b0, c0);
      c0 = a0.rearrange(STEP_1).fma(b1, c0);
      c0 = a0.rearrange(STEP_2).fma(b2, c0);
      c0 = a0.rearrange(STEP_3).fma(b3, c0);
      FloatVector a1 = FloatVector.fromArray(SPECIES, a, i + ap);
      c1 = a1.rearrange(STEP_0).fma(b0, c1);
      c1 = a1.rearrange(STEP_1).fma(b1, c1);
      c1 = a1.rearrange(STEP_2).fma(b2, c1);
      c1 = a1.rearrange(STEP_3).fma(b3, c1);
      FloatVector a2 = FloatVector.fromArray(SPECIES, a, i + 2 * ap);
      c2 = a2.rearrange(STEP_0).fma(b0, c2);
      c2 = a2.rearrange(STEP_1).fma(b1, c2);
      c2 = a2.rearrange(STEP_2).fma(b2, c2);
      c2 = a2.rearrange(STEP_3).fma(b3, c2);
      FloatVector a3 = FloatVector.fromArray(SPECIES, a, i + 3 * ap);
      c3 = a3.rearrange(STEP_0).fma(b0, c3);
      c3 = a3.rearrange(STEP_1).fma(b1, c3);
      c3 = a3.rearrange(STEP_2).fma(b2, c3);
      c3 = a3.rearrange(STEP_3).fma(b3, c3);
      FloatVector a4 = FloatVector.fromArray(SPECIES, a, i + 4 * ap);
      c4 = a4.rearrange(STEP_0).fma(b0, c4);
      c4 = a4.rearrange(STEP_1).fma(b1, c4);
      c4 = a4.rearrange(STEP_2).fma(b2, c4);
      c4 = a4.rearrange(STEP_3).fma(b3, c4);
      FloatVector a5 = FloatVector.fromArray(SPECIES, a, i + 5 * ap);
      c5 = a5.rearrange(STEP_0).fma(b0, c5);
      c5 = a5.rearrange(STEP_1).fma(b1, c5);
      c5 = a5.rearrange(STEP_2).fma(b2, c5);
      c5 = a5.rearrange(STEP_3).fma(b3, c5);
      FloatVector a6 = FloatVector.fromArray(SPECIES, a, i + 6 * ap);
      c6 = a6.rearrange(STEP_0).fma(b0, c6);
      c6 = a6.rearrange(STEP_1).fma(b1, c6);
      c6 = a6.rearrange(STEP_2).fma(b2, c6);
      c6 = a6.rearrange(STEP_3).fma(b3, c6);
      FloatVector a7 = FloatVector.fromArray(SPECIES, a, i + 7 * ap);
      c7 = a7.rearrange(STEP_0).fma(b0, c7);
      c7 = a7.rearrange(STEP_1).fma(b1, c7);
      c7 = a7.rearrange(STEP_2).fma(b2, c7);
      c7 = a7.rearrange(STEP_3).fma(b3, c7);
    }
    for (; k < K; k++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, bo + k * PANEL).rearrange(REPEAT);
      int i = ao + k * QUAD;
      c0 = FloatVector.fromArray(SPECIES, a, i, FIRST).rearrange(STEP_0).fma(b0, c0);
      c1 = FloatVector.fromArray(SPECIES, a, i + ap, FIRST).rearrange(STEP_0).fma(b0, c1);
      c2 = FloatVector.fromArray(SPECIES, a, i + 2 * ap, FIRST).rearrange(STEP_0).fma(b0, c2);
      c3 = FloatVector.fromArray(SPECIES, a, i + 3 * ap, FIRST).rearrange(STEP_0).fma(b0, c3);
      c4 = FloatVector.fromArray(SPECIES, a, i + 4 * ap, FIRST).rearrange(STEP_0).fma(b0, c4);
      c5 = FloatVector.fromArray(SPECIES, a, i + 5 * ap, FIRST).rearrange(STEP_0).fma(b0, c5);
      c6 = FloatVector.fromArray(SPECIES, a, i + 6 * ap, FIRST).rearrange(STEP_0).fma(b0, c6);
      c7 = FloatVector.fromArray(SPECIES, a, i + 7 * ap, FIRST).rearrange(STEP_0).fma(b0, c7);
    }
    end(c, co, c0);
    end(c, co + 4 * PANEL, c1);
    end(c, co + 8 * PANEL, c2);
    end(c, co + 12 * PANEL, c3);
    end(c, co + 16 * PANEL, c4);
    end(c, co + 20 * PANEL, c5);
    end(c, co + 24 * PANEL, c6);
    end(c, co + 28 * PANEL, c7);
  }

  /** 4 quads of rows. */
  private static void quads4(
      float[] c,
      int co,
      float[] init,
      int io,
      int is,
      float[] a,
      int ao,
      int ap,
      float[] b,
      int bo,
      int K) {
    FloatVector c0 = start(init, io, is);
    FloatVector c1 = start(init, io + 4 * is, is);
    FloatVector c2 = start(init, io + 8 * is, is);
    FloatVector c3 = start(init, io + 12 * is, is);
    int k = 0;
    for (; k + QUAD <= K; k += QUAD) {
      int j = bo + k * PANEL;
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, j).rearrange(REPEAT);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, j + PANEL).rearrange(REPEAT);
      FloatVector b2 = FloatVector.fromArray(SPECIES, b, j + 2 * PANEL).rearrange(REPEAT);
      FloatVector b3 = FloatVector.fromArray(SPECIES, b, j + 3 * PANEL).rearrange(REPEAT);
      int i = ao + k * QUAD;
      FloatVector a0 = FloatVector.fromArray(SPECIES, a, i);
      c0 = a0.rearrange(STEP_0).fma(b0, c0);
      c0 = a0.rearrange(STEP_1).fma(b1, c0);
      c0 = a0.rearrange(STEP_2).fma(b2, c0);
      c0 = a0.rearrange(STEP_3).fma(b3, c0);
      FloatVector a1 = FloatVector.fromArray(SPECIES, a, i + ap);
      c1 = a1.rearrange(STEP_0).fma(b0, c1);
      c1 = a1.rearrange(STEP_1).fma(b1, c1);
      c1 = a1.rearrange(STEP_2).fma(b2, c1);
      c1 = a1.rearrange(STEP_3).fma(b3, c1);
      FloatVector a2 = FloatVector.fromArray(SPECIES, a, i + 2 * ap);
      c2 = a2.rearrange(STEP_0).fma(b0, c2);
      c2 = a2.rearrange(STEP_1).fma(b1, c2);
      c2 = a2.rearrange(STEP_2).fma(b2, c2);
      c2 = a2.rearrange(STEP_3).fma(b3, c2);
      FloatVector a3 = FloatVector.fromArray(SPECIES, a, i + 3 * ap);
      c3 = a3.rearrange(STEP_0).fma(b0, c3);
      c3 = a3.rearrange(STEP_1).fma(b1, c3);
      c3 = a3.rearrange(STEP_2).fma(b2, c3);
      c3 = a3.rearrange(STEP_3).fma(b3, c3);
    }
    for (; k < K; k++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, bo + k * PANEL).rearrange(REPEAT);
      int i = ao + k * QUAD;
      c0 = FloatVector.fromArray(SPECIES, a, i, FIRST).rearrange(STEP_0).fma(b0, c0);
      c1 = FloatVector.fromArray(SPECIES, a, i + ap, FIRST).rearrange(STEP_0).fma(b0, c1);
      c2 = FloatVector.fromArray(SPECIES, a, i + 2 * ap, FIRST).rearrange(STEP_0).fma(b0, c2);
      c3 = FloatVector.fromArray(SPECIES, a, i + 3 * ap, FIRST).rearrange(STEP_0).fma(b0, c3);
    }
    end(c, co, c0);
    end(c, co + 4 * PANEL, c1);
    end(c, co + 8 * PANEL, c2);
    end(c, co + 12 * PANEL, c3);
  }

  /** 1 quad of rows. */
  private static void quads1(
      float[] c,
      int co,
      float[] init,
      int io,
      int is,
      float[] a,
      int ao,
      int ap,
      float[] b,
      int bo,
      int K) {
    FloatVector c0 = start(init, io, is);
    int k = 0;
    for (; k + QUAD <= K; k += QUAD) {
      int j = bo + k * PANEL;
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, j).rearrange(REPEAT);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, j + PANEL).rearrange(REPEAT);
      FloatVector b2 = FloatVector.fromArray(SPECIES, b, j + 2 * PANEL).rearrange(REPEAT);
      FloatVector b3 = FloatVector.fromArray(SPECIES, b, j + 3 * PANEL).rearrange(REPEAT);
      int i = ao + k * QUAD;
      FloatVector a0 = FloatVector.fromArray(SPECIES, a, i);
      c0 = a0.rearrange(STEP_0).fma(b0, c0);
      c0 = a0.rearrange(STEP_1).fma(b1, c0);
      c0 = a0.rearrange(STEP_2).fma(b2, c0);
      c0 = a0.rearrange(STEP_3).fma(b3, c0);
    }
    for (; k < K; k++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, bo + k * PANEL).rearrange(REPEAT);
      int i = ao + k * QUAD;
      c0 = FloatVector.fromArray(SPECIES, a, i, FIRST).rearrange(STEP_0).fma(b0, c0);
    }
    end(c, co, c0);
  }
}
