package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.LANES;
import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.VectorMath.L;
import static io.gru4j.tensor.kernel.VectorMath.SPECIES;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MAX;

import jdk.incubator.vector.FloatVector;

/**
 * Rows of logits on vectors; {@link ScalarKernels} has the plain loops. A row lies in panels,
 * {@code ps} floats apart.
 */
final class VectorSoftmax {

  static final ThreadLocal<float[]> LANE_SUMS = ThreadLocal.withInitial(() -> new float[LANES]);

  private VectorSoftmax() {}

  static float rowMax(float[] y, int yo, int ps, int panels) {
    FloatVector max = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    for (int p = 0; p < panels; p++) {
      for (int c = 0; c < PANEL; c += L) {
        max = max.max(FloatVector.fromArray(SPECIES, y, yo + p * ps + c));
      }
    }
    // A maximum is the same in any order, so the species' own reduction will do.
    return max.reduceLanes(MAX);
  }

  static float rowExpSum(float[] y, int yo, int ps, int panels, float max) {
    float[] lanes = LANE_SUMS.get();
    for (int c = 0; c < LANES; c += L) {
      FloatVector sum = FloatVector.zero(SPECIES);
      // One exp in the body: with two the JIT stops inlining, and vectors become objects.
      for (int half = 0; half < 2 * panels; half++) {
        int o = yo + (half >> 1) * ps + (half & 1) * LANES + c;
        FloatVector e = VectorMath.exp(FloatVector.fromArray(SPECIES, y, o).sub(max));
        e.intoArray(y, o);
        sum = sum.add(e);
      }
      sum.intoArray(lanes, c);
    }
    return ScalarMath.foldLanes(lanes, 0);
  }

  static void rowScale(float[] y, int yo, int ps, int panels, float scale) {
    for (int p = 0; p < panels; p++) {
      for (int c = 0; c < PANEL; c += L) {
        int o = yo + p * ps + c;
        FloatVector product = FloatVector.fromArray(SPECIES, y, o).mul(scale);
        product.blend(0f, product.abs().compare(LT, Kernels.SMALLEST)).intoArray(y, o);
      }
    }
  }

  static int rowCountAtLeast(float[] y, int yo, int ps, int panels, float threshold) {
    int count = 0;
    for (int p = 0; p < panels; p++) {
      for (int c = 0; c < PANEL; c += L) {
        FloatVector v = FloatVector.fromArray(SPECIES, y, yo + p * ps + c);
        count += VectorMath.countAtLeast(v, threshold);
      }
    }
    return count;
  }
}
