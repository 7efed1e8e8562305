package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.QUAD;
import static io.gru4j.tensor.kernel.VectorMath.L;
import static io.gru4j.tensor.kernel.VectorMath.SPECIES;
import static io.gru4j.tensor.kernel.VectorMath.TAIL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Packs the rows of a product's first factor, on vectors; {@link ScalarKernels#packRows} is the
 * plain loop.
 *
 * <p>Of four rows, L columns at a time, two stages in registers make L quads: the first puts the
 * values of rows 0 and 1 side by side, and those of rows 2 and 3; the second puts these pairs side
 * by side.
 */
final class VectorPack {

  // Of two vectors, values or pairs of values in turn: those of the lower halves, or the upper
  // ones.
  private static final VectorShuffle<Float> LOWER_VALUES = half(0, 1);
  private static final VectorShuffle<Float> UPPER_VALUES = half(L / 2, 1);
  private static final VectorShuffle<Float> LOWER_PAIRS = half(0, 2);
  private static final VectorShuffle<Float> UPPER_PAIRS = half(L / 2, 2);
  private static final VectorMask<Float> OTHER_VALUE = other(1);
  private static final VectorMask<Float> OTHER_PAIR = other(2);

  private VectorPack() {}

  private static VectorShuffle<Float> half(int from, int size) {
    return VectorShuffle.fromOp(SPECIES, i -> from + i / (2 * size) * size + i % size);
  }

  private static VectorMask<Float> other(int size) {
    boolean[] other = new boolean[L];
    for (int i = 0; i < L; i++) {
      other[i] = i / size % 2 == 1;
    }
    return VectorMask.fromArray(SPECIES, other, 0);
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
      FloatVector a0 = r0.rearrange(LOWER_VALUES).blend(r1.rearrange(LOWER_VALUES), OTHER_VALUE);
      FloatVector a1 = r0.rearrange(UPPER_VALUES).blend(r1.rearrange(UPPER_VALUES), OTHER_VALUE);
      FloatVector b0 = r2.rearrange(LOWER_VALUES).blend(r3.rearrange(LOWER_VALUES), OTHER_VALUE);
      FloatVector b1 = r2.rearrange(UPPER_VALUES).blend(r3.rearrange(UPPER_VALUES), OTHER_VALUE);
      FloatVector q0 = a0.rearrange(LOWER_PAIRS).blend(b0.rearrange(LOWER_PAIRS), OTHER_PAIR);
      FloatVector q1 = a0.rearrange(UPPER_PAIRS).blend(b0.rearrange(UPPER_PAIRS), OTHER_PAIR);
      FloatVector q2 = a1.rearrange(LOWER_PAIRS).blend(b1.rearrange(LOWER_PAIRS), OTHER_PAIR);
      FloatVector q3 = a1.rearrange(UPPER_PAIRS).blend(b1.rearrange(UPPER_PAIRS), OTHER_PAIR);
      int to = yo + k * QUAD;
      q0.intoArray(y, to);
      q1.intoArray(y, to + L);
      q2.intoArray(y, to + 2 * L);
      q3.intoArray(y, to + 3 * L);
    }
  }
}
