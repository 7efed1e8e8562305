package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.LANES;
import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.ScalarMath.E2;
import static io.gru4j.tensor.kernel.ScalarMath.E3;
import static io.gru4j.tensor.kernel.ScalarMath.E4;
import static io.gru4j.tensor.kernel.ScalarMath.E5;
import static io.gru4j.tensor.kernel.ScalarMath.E6;
import static io.gru4j.tensor.kernel.ScalarMath.E7;
import static io.gru4j.tensor.kernel.ScalarMath.EXP_LOWEST;
import static io.gru4j.tensor.kernel.ScalarMath.LN2_HIGH;
import static io.gru4j.tensor.kernel.ScalarMath.LN2_LOW;
import static io.gru4j.tensor.kernel.ScalarMath.LOG2_E;
import static io.gru4j.tensor.kernel.ScalarMath.ROUNDER;
import static io.gru4j.tensor.kernel.VectorMath.L;
import static io.gru4j.tensor.kernel.VectorMath.SPECIES;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MAX;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Rows of logits on vectors; {@link ScalarKernels} has the plain loops. A row lies in panels,
 * {@code ps} floats apart.
 */
final class VectorSoftmax {

  static final ThreadLocal<float[]> LANE_SUMS = ThreadLocal.withInitial(() -> new float[LANES]);

  private VectorSoftmax() {}

  static float rowMax(float[] y, int yo, int ps, int panels) {
    // Not max(): its care for NaN and for zeros of two signs costs several times the loop. NaN
    // never wins here, and which zero wins is settled at the end. Two chains hide the latency.
    FloatVector max = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    FloatVector other = max;
    for (int p = 0; p < panels; p++) {
      for (int c = 0; c < PANEL; c += 2 * L) {
        FloatVector v = FloatVector.fromArray(SPECIES, y, yo + p * ps + c);
        max = max.blend(v, v.compare(GT, max));
        FloatVector u = FloatVector.fromArray(SPECIES, y, yo + p * ps + c + L);
        other = other.blend(u, u.compare(GT, other));
      }
    }
    max = max.blend(other, other.compare(GT, max));
    return max.reduceLanes(MAX) + 0f; // a maximum is the same in any order of lanes
  }

  static float rowExpSum(float[] y, int yo, int ps, int panels, float max, float[] row, int ro) {
    float[] lanes = LANE_SUMS.get();
    for (int c = 0; c < LANES; c += L) {
      expSum(lanes, c, y, yo + c, ps, panels, max, row, ro + c);
    }
    return ScalarMath.foldLanes(lanes, 0);
  }

  /**
   * Lanes c to c + L of the 16 sums. {@link VectorMath#exp} of a number that is not above 0 is
   * written out, for lane l ("a") and l + 16 ("b"): this is the third of the loops in cost, and too
   * long for the JIT to inline into a caller that leaves it no room (see there).
   */
  private static void expSum(
      float[] lanes, int c, float[] y, int yo, int ps, int panels, float max, float[] row, int ro) {
    FloatVector ln2High = FloatVector.broadcast(SPECIES, -LN2_HIGH);
    FloatVector ln2Low = FloatVector.broadcast(SPECIES, -LN2_LOW);
    FloatVector e7 = FloatVector.broadcast(SPECIES, E7);
    FloatVector e6 = FloatVector.broadcast(SPECIES, E6);
    FloatVector e5 = FloatVector.broadcast(SPECIES, E5);
    FloatVector e4 = FloatVector.broadcast(SPECIES, E4);
    FloatVector e3 = FloatVector.broadcast(SPECIES, E3);
    FloatVector e2 = FloatVector.broadcast(SPECIES, E2);
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int p = 0; p < panels; p++) {
      int o = yo + p * ps;
      FloatVector a = FloatVector.fromArray(SPECIES, y, o).sub(max);
      FloatVector aT = a.fma(LOG2_E, ROUNDER);
      FloatVector aI = aT.sub(ROUNDER);
      FloatVector aX = aI.fma(ln2High, a);
      FloatVector aR = aI.fma(ln2Low, aX);
      FloatVector aL = aI.fma(ln2Low, aX.sub(aR));
      FloatVector aP = e7.fma(aR, e6).fma(aR, e5).fma(aR, e4).fma(aR, e3).fma(aR, e2);
      aP = aP.fma(aR.mul(aR), aL);
      FloatVector aS = aR.add(1f);
      aP = aS.add(aP.add(aR.sub(aS.sub(1f))));
      IntVector aE = aT.reinterpretAsInts().lanewise(LSHL, 23);
      FloatVector aY = aP.reinterpretAsInts().add(aE).reinterpretAsFloats();
      aY = aY.blend(0f, a.compare(LT, EXP_LOWEST));
      aY = a.blend(aY, a.compare(LE, 0f)); // NaN stays
      aY.intoArray(y, o);
      aY.intoArray(row, ro + p * PANEL);
      FloatVector b = FloatVector.fromArray(SPECIES, y, o + LANES).sub(max);
      FloatVector bT = b.fma(LOG2_E, ROUNDER);
      FloatVector bI = bT.sub(ROUNDER);
      FloatVector bX = bI.fma(ln2High, b);
      FloatVector bR = bI.fma(ln2Low, bX);
      FloatVector bL = bI.fma(ln2Low, bX.sub(bR));
      FloatVector bP = e7.fma(bR, e6).fma(bR, e5).fma(bR, e4).fma(bR, e3).fma(bR, e2);
      bP = bP.fma(bR.mul(bR), bL);
      FloatVector bS = bR.add(1f);
      bP = bS.add(bP.add(bR.sub(bS.sub(1f))));
      IntVector bE = bT.reinterpretAsInts().lanewise(LSHL, 23);
      FloatVector bY = bP.reinterpretAsInts().add(bE).reinterpretAsFloats();
      bY = bY.blend(0f, b.compare(LT, EXP_LOWEST));
      bY = b.blend(bY, b.compare(LE, 0f)); // NaN stays
      bY.intoArray(y, o + LANES);
      bY.intoArray(row, ro + p * PANEL + LANES);
      sum = sum.add(aY).add(bY);
    }
    sum.intoArray(lanes, c);
  }

  static void scaleRows(
      float[] y,
      int yo,
      int ys,
      float[] x,
      int xo,
      int xs,
      float[] factor,
      int fo,
      float scale,
      int rows) {
    for (int r = 0; r < rows; r++) {
      float f = factor[fo + r] * scale;
      for (int c = 0; c < PANEL; c += L) {
        FloatVector product = FloatVector.fromArray(SPECIES, x, xo + r * xs + c).mul(f);
        product
            .blend(0f, product.abs().compare(LT, Kernels.SMALLEST))
            .intoArray(y, yo + r * ys + c);
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
