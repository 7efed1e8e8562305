package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.Kernels.QUAD;
import static io.gru4j.tensor.kernel.Vectors.L;
import static io.gru4j.tensor.kernel.Vectors.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * The product of a packed block by up to 4 columns, on vectors of 16 lanes: what is left over of
 * 100, say, beside three panels of 32.
 *
 * <p>A vector of columns would be idle in 12 of its 16 lanes. Here it holds 4 rows x 4 columns,
 * lane {@code 4 r + l}. Four steps of k of a quad of rows are one vector of {@code a}; a
 * permutation spreads one step of it, another repeats the columns of {@code b}. Plain loops bring a
 * tile's rows into that order and back, and add what is left of k: a function of vectors might not
 * be inlined (see {@link VectorElements}).
 */
final class VectorFour {

  private static final int COLUMNS = 4;
  private static final int LEAST_STEPS = 16; // of k: fewer are not worth the plain loops
  private static final int MOST_QUADS = 8; // of a tile

  private static final VectorShuffle<Float> STEP_0 = step(0);
  private static final VectorShuffle<Float> STEP_1 = step(1);
  private static final VectorShuffle<Float> STEP_2 = step(2);
  private static final VectorShuffle<Float> STEP_3 = step(3);
  private static final VectorShuffle<Float> REPEAT = VectorShuffle.fromOp(SPECIES, i -> i % 4 % L);

  private static final ThreadLocal<float[]> SUMS =
      ThreadLocal.withInitial(() -> new float[MOST_QUADS * QUAD * COLUMNS]);

  private VectorFour() {}

  /** Spreads the four rows' values of the k-th step over four lanes each. */
  private static VectorShuffle<Float> step(int k) {
    return VectorShuffle.fromOp(SPECIES, i -> (QUAD * k + i / 4) % L);
  }

  /** Whether this is the faster way for so many steps of k and columns. */
  static boolean suits(int K, int columns) {
    return L == 16 && columns <= COLUMNS && K >= LEAST_STEPS;
  }

  /** Computes the whole quads of some rows and returns how many rows that are. */
  static int product(
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
    float[] sums = SUMS.get();
    int done = 0;
    for (int quads = rows / QUAD; quads > 0; ) {
      int n = quads >= MOST_QUADS ? MOST_QUADS : quads >= 4 ? 4 : 1;
      int at = ao + done / QUAD * ap;
      for (int r = 0; r < n * QUAD; r++) {
        for (int l = 0; l < COLUMNS; l++) {
          sums[r * COLUMNS + l] = init[io + (done + r) * is + l];
        }
      }
      quads(n, sums, a, at, ap, b, bo, K - K % QUAD);
      for (int r = 0; r < n * QUAD; r++) {
        for (int l = 0; l < COLUMNS; l++) {
          float sum = sums[r * COLUMNS + l];
          for (int k = K - K % QUAD; k < K; k++) {
            sum =
                FusedMultiplyAdd.fma(
                    a[at + r / QUAD * ap + k * QUAD + r % QUAD], b[bo + k * PANEL + l], sum);
          }
          c[co + (done + r) * cs + l] = sum;
        }
      }
      done += n * QUAD;
      quads -= n;
    }
    return done;
  }

  private static void quads(
      int n, float[] sums, float[] a, int ao, int ap, float[] b, int bo, int K) {
    switch (n) {
      case 8 -> quads8(sums, a, ao, ap, b, bo, K);
      case 4 -> quads4(sums, a, ao, ap, b, bo, K);
      default -> quads1(sums, a, ao, ap, b, bo, K);
    }
  }

  /** 8 quads of rows; steps of k in fours. */
  private static void quads8(float[] sums, float[] a, int ao, int ap, float[] b, int bo, int K) {
    FloatVector c0 = FloatVector.fromArray(SPECIES, sums, 0);
    FloatVector c1 = FloatVector.fromArray(SPECIES, sums, L);
    FloatVector c2 = FloatVector.fromArray(SPECIES, sums, 2 * L);
    FloatVector c3 = FloatVector.fromArray(SPECIES, sums, 3 * L);
    FloatVector c4 = FloatVector.fromArray(SPECIES, sums, 4 * L);
    FloatVector c5 = FloatVector.fromArray(SPECIES, sums, 5 * L);
    FloatVector c6 = FloatVector.fromArray(SPECIES, sums, 6 * L);
    FloatVector c7 = FloatVector.fromArray(SPECIES, sums, 7 * L);
    for (int k = 0; k < K; k += QUAD) {
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
    c0.intoArray(sums, 0);
    c1.intoArray(sums, L);
    c2.intoArray(sums, 2 * L);
    c3.intoArray(sums, 3 * L);
    c4.intoArray(sums, 4 * L);
    c5.intoArray(sums, 5 * L);
    c6.intoArray(sums, 6 * L);
    c7.intoArray(sums, 7 * L);
  }

  /** 4 quads of rows; steps of k in fours. */
  private static void quads4(float[] sums, float[] a, int ao, int ap, float[] b, int bo, int K) {
    FloatVector c0 = FloatVector.fromArray(SPECIES, sums, 0);
    FloatVector c1 = FloatVector.fromArray(SPECIES, sums, L);
    FloatVector c2 = FloatVector.fromArray(SPECIES, sums, 2 * L);
    FloatVector c3 = FloatVector.fromArray(SPECIES, sums, 3 * L);
    for (int k = 0; k < K; k += QUAD) {
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
    c0.intoArray(sums, 0);
    c1.intoArray(sums, L);
    c2.intoArray(sums, 2 * L);
    c3.intoArray(sums, 3 * L);
  }

  /** 1 quad of rows; steps of k in fours. */
  private static void quads1(float[] sums, float[] a, int ao, int ap, float[] b, int bo, int K) {
    FloatVector c0 = FloatVector.fromArray(SPECIES, sums, 0);
    for (int k = 0; k < K; k += QUAD) {
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
    c0.intoArray(sums, 0);
  }
}
