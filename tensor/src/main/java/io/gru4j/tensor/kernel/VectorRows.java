package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.LANES;
import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.ScalarMath.LN2_HIGH;
import static io.gru4j.tensor.kernel.ScalarMath.LN2_LOW;
import static io.gru4j.tensor.kernel.ScalarMath.LOG2_E;
import static io.gru4j.tensor.kernel.ScalarMath.ROUNDER;
import static io.gru4j.tensor.kernel.ScalarMath.S2;
import static io.gru4j.tensor.kernel.ScalarMath.S3;
import static io.gru4j.tensor.kernel.ScalarMath.S4;
import static io.gru4j.tensor.kernel.ScalarMath.S5;
import static io.gru4j.tensor.kernel.ScalarMath.S6;
import static io.gru4j.tensor.kernel.ScalarMath.SOFTMAX_LOWEST;
import static io.gru4j.tensor.kernel.Vectors.L;
import static io.gru4j.tensor.kernel.Vectors.SPECIES;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MAX;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** Rows on vectors; {@link ScalarRows} has the plain loops. */
public final class VectorRows implements RowKernels {

  private static final ThreadLocal<float[]> LANE_SUMS =
      ThreadLocal.withInitial(() -> new float[LANES]);

  /** Creates the kernels; they have no state. */
  public VectorRows() {}

  @Override
  public void addRows(float[] sum, int so, float[] y, int yo, int ys, int rows) {
    for (int c = 0; c < PANEL; c += L) {
      FloatVector total = FloatVector.fromArray(SPECIES, sum, so + c);
      for (int r = 0; r < rows; r++) {
        total = total.add(FloatVector.fromArray(SPECIES, y, yo + r * ys + c));
      }
      total.intoArray(sum, so + c);
    }
  }

  @Override
  public void addScaledRows(
      float[] sum, int so, float[] factor, int fo, float[] y, int yo, int rows) {
    for (int c = 0; c < PANEL; c += 2 * L) {
      addScaled(sum, so + c, factor, fo, y, yo + c, rows);
    }
  }

  /** Two vectors of lanes of {@link #addScaledRows}. */
  private static void addScaled(
      float[] sum, int so, float[] factor, int fo, float[] y, int yo, int rows) {
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector b0 = FloatVector.zero(SPECIES);
    FloatVector a1 = FloatVector.zero(SPECIES);
    FloatVector b1 = FloatVector.zero(SPECIES);
    FloatVector a2 = FloatVector.zero(SPECIES);
    FloatVector b2 = FloatVector.zero(SPECIES);
    FloatVector a3 = FloatVector.zero(SPECIES);
    FloatVector b3 = FloatVector.zero(SPECIES);
    int r = 0;
    int o = yo;
    for (; r + 4 <= rows; r += 4) {
      FloatVector f0 = FloatVector.broadcast(SPECIES, factor[fo + r]);
      FloatVector u0 = FloatVector.fromArray(SPECIES, y, o);
      FloatVector v0 = FloatVector.fromArray(SPECIES, y, o + L);
      a0 = f0.fma(u0, a0);
      b0 = f0.fma(v0, b0);
      FloatVector f1 = FloatVector.broadcast(SPECIES, factor[fo + r + 1]);
      FloatVector u1 = FloatVector.fromArray(SPECIES, y, o + PANEL);
      FloatVector v1 = FloatVector.fromArray(SPECIES, y, o + PANEL + L);
      a1 = f1.fma(u1, a1);
      b1 = f1.fma(v1, b1);
      FloatVector f2 = FloatVector.broadcast(SPECIES, factor[fo + r + 2]);
      FloatVector u2 = FloatVector.fromArray(SPECIES, y, o + 2 * PANEL);
      FloatVector v2 = FloatVector.fromArray(SPECIES, y, o + 2 * PANEL + L);
      a2 = f2.fma(u2, a2);
      b2 = f2.fma(v2, b2);
      FloatVector f3 = FloatVector.broadcast(SPECIES, factor[fo + r + 3]);
      FloatVector u3 = FloatVector.fromArray(SPECIES, y, o + 3 * PANEL);
      FloatVector v3 = FloatVector.fromArray(SPECIES, y, o + 3 * PANEL + L);
      a3 = f3.fma(u3, a3);
      b3 = f3.fma(v3, b3);
      o += 4 * PANEL;
    }
    if (r < rows) {
      FloatVector f0 = FloatVector.broadcast(SPECIES, factor[fo + r]);
      FloatVector u0 = FloatVector.fromArray(SPECIES, y, o);
      FloatVector v0 = FloatVector.fromArray(SPECIES, y, o + L);
      a0 = f0.fma(u0, a0);
      b0 = f0.fma(v0, b0);
    }
    if (r + 1 < rows) {
      FloatVector f1 = FloatVector.broadcast(SPECIES, factor[fo + r + 1]);
      FloatVector u1 = FloatVector.fromArray(SPECIES, y, o + PANEL);
      FloatVector v1 = FloatVector.fromArray(SPECIES, y, o + PANEL + L);
      a1 = f1.fma(u1, a1);
      b1 = f1.fma(v1, b1);
    }
    if (r + 2 < rows) {
      FloatVector f2 = FloatVector.broadcast(SPECIES, factor[fo + r + 2]);
      FloatVector u2 = FloatVector.fromArray(SPECIES, y, o + 2 * PANEL);
      FloatVector v2 = FloatVector.fromArray(SPECIES, y, o + 2 * PANEL + L);
      a2 = f2.fma(u2, a2);
      b2 = f2.fma(v2, b2);
    }
    FloatVector a = a0.add(a2).add(a1.add(a3));
    FloatVector b = b0.add(b2).add(b1.add(b3));
    FloatVector.fromArray(SPECIES, sum, so).add(a).intoArray(sum, so);
    FloatVector.fromArray(SPECIES, sum, so + L).add(b).intoArray(sum, so + L);
  }

  @Override
  public void combineRows(
      float[] y, int yo, float[] factor, int fo, float[] x, int xo, int xs, int rows) {
    for (int c = 0; c < PANEL; c += 2 * L) {
      FloatVector a = FloatVector.fromArray(SPECIES, y, yo + c);
      FloatVector b = FloatVector.fromArray(SPECIES, y, yo + c + L);
      for (int r = 0; r < rows; r++) {
        FloatVector f = FloatVector.broadcast(SPECIES, factor[fo + r]);
        a = f.fma(FloatVector.fromArray(SPECIES, x, xo + r * xs + c), a);
        b = f.fma(FloatVector.fromArray(SPECIES, x, xo + r * xs + c + L), b);
      }
      a.intoArray(y, yo + c);
      b.intoArray(y, yo + c + L);
    }
  }

  @Override
  public float rowMax(float[] y, int yo, int ps, int panels) {
    // Not max(): its care for NaN and for zeros of two signs costs several times the loop. NaN
    // never wins here, and which zero wins is settled at the end. Four chains hide the latency.
    FloatVector max0 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    FloatVector max1 = max0;
    FloatVector max2 = max0;
    FloatVector max3 = max0;
    int p = 0;
    for (; p + 2 <= panels; p += 2) {
      for (int i = yo + p * ps; i < yo + p * ps + PANEL; i += 2 * L) {
        FloatVector v0 = FloatVector.fromArray(SPECIES, y, i);
        max0 = max0.blend(v0, v0.compare(GT, max0));
        FloatVector v1 = FloatVector.fromArray(SPECIES, y, i + L);
        max1 = max1.blend(v1, v1.compare(GT, max1));
        FloatVector v2 = FloatVector.fromArray(SPECIES, y, i + ps);
        max2 = max2.blend(v2, v2.compare(GT, max2));
        FloatVector v3 = FloatVector.fromArray(SPECIES, y, i + ps + L);
        max3 = max3.blend(v3, v3.compare(GT, max3));
      }
    }
    if (p < panels) {
      for (int i = yo + p * ps; i < yo + p * ps + PANEL; i += L) {
        FloatVector v0 = FloatVector.fromArray(SPECIES, y, i);
        max0 = max0.blend(v0, v0.compare(GT, max0));
      }
    }
    max0 = max0.blend(max2, max2.compare(GT, max0));
    max1 = max1.blend(max3, max3.compare(GT, max1));
    max0 = max0.blend(max1, max1.compare(GT, max0));
    return max0.reduceLanes(MAX) + 0f; // a maximum is the same in any order of lanes
  }

  @Override
  public void laneMax(float[] max, int mo, float[] y, int yo, int ps, int panels) {
    for (int c = 0; c < PANEL; c += L) {
      laneMaxOfVector(max, mo + c, y, yo + c, ps, panels);
    }
  }

  private static void laneMaxOfVector(float[] max, int mo, float[] y, int yo, int ps, int panels) {
    FloatVector largest = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    for (int p = 0; p < panels; p++) {
      FloatVector v = FloatVector.fromArray(SPECIES, y, yo + p * ps);
      largest = largest.blend(v, v.compare(GT, largest));
    }
    largest.intoArray(max, mo);
  }

  @Override
  public float rowExpSum(float[] y, int yo, int ps, int panels, float max) {
    float[] lanes = LANE_SUMS.get();
    for (int c = 0; c < LANES; c += L) {
      expSum(lanes, c, y, yo + c, ps, panels, max);
    }
    return ScalarMath.foldLanes(lanes, 0);
  }

  /**
   * Lanes c to c + L of the 16 sums. {@link ScalarMath#softmaxExp} is written out, for lane l ("a")
   * and l + 16 ("b"): two chains hide each other's latency.
   */
  private static void expSum(
      float[] lanes, int c, float[] y, int yo, int ps, int panels, float max) {
    FloatVector ln2High = FloatVector.broadcast(SPECIES, -LN2_HIGH);
    FloatVector ln2Low = FloatVector.broadcast(SPECIES, -LN2_LOW);
    FloatVector s6 = FloatVector.broadcast(SPECIES, S6);
    FloatVector s5 = FloatVector.broadcast(SPECIES, S5);
    FloatVector s4 = FloatVector.broadcast(SPECIES, S4);
    FloatVector s3 = FloatVector.broadcast(SPECIES, S3);
    FloatVector s2 = FloatVector.broadcast(SPECIES, S2);
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int p = 0; p < panels; p++) {
      int o = yo + p * ps;
      FloatVector a = FloatVector.fromArray(SPECIES, y, o).sub(max);
      FloatVector aT = a.fma(LOG2_E, ROUNDER);
      FloatVector aI = aT.sub(ROUNDER);
      FloatVector aR = aI.fma(ln2Low, aI.fma(ln2High, a));
      FloatVector aP = s6.fma(aR, s5).fma(aR, s4).fma(aR, s3).fma(aR, s2);
      aP = aP.fma(aR.mul(aR), aR).add(1f);
      IntVector aE = aT.reinterpretAsInts().lanewise(LSHL, 23);
      FloatVector aY = aP.reinterpretAsInts().add(aE).reinterpretAsFloats();
      aY = aY.blend(0f, a.compare(LT, SOFTMAX_LOWEST));
      aY.intoArray(y, o);
      FloatVector b = FloatVector.fromArray(SPECIES, y, o + LANES).sub(max);
      FloatVector bT = b.fma(LOG2_E, ROUNDER);
      FloatVector bI = bT.sub(ROUNDER);
      FloatVector bR = bI.fma(ln2Low, bI.fma(ln2High, b));
      FloatVector bP = s6.fma(bR, s5).fma(bR, s4).fma(bR, s3).fma(bR, s2);
      bP = bP.fma(bR.mul(bR), bR).add(1f);
      IntVector bE = bT.reinterpretAsInts().lanewise(LSHL, 23);
      FloatVector bY = bP.reinterpretAsInts().add(bE).reinterpretAsFloats();
      bY = bY.blend(0f, b.compare(LT, SOFTMAX_LOWEST));
      bY.intoArray(y, o + LANES);
      sum = sum.add(aY).add(bY);
    }
    sum.intoArray(lanes, c);
  }

  @Override
  public void lanesAtLeast(int[] lanes, float[] y, int yo, float[] threshold, int rows) {
    for (int r = 0; r < rows; r++) {
      int o = yo + r * PANEL;
      long found = 0;
      for (int c = 0; c < PANEL; c += L) {
        FloatVector v = FloatVector.fromArray(SPECIES, y, o + c);
        found |= v.compare(GE, threshold[r]).toLong() << c;
      }
      lanes[r] = (int) found;
    }
  }

  @Override
  public int rowCountAtLeast(float[] y, int yo, int ps, int panels, float threshold) {
    int count = 0;
    for (int p = 0; p < panels; p++) {
      for (int c = 0; c < PANEL; c += L) {
        FloatVector v = FloatVector.fromArray(SPECIES, y, yo + p * ps + c);
        count += v.compare(GE, threshold).trueCount();
      }
    }
    return count;
  }
}
