package io.gru4j.tensor.kernel;

import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link ScalarMath} on vectors: the same operations in the same order, so the same bits.
 *
 * <p>The loops call only the Vector API, which the JIT always inlines; so exp is written out in
 * each. The JIT may not inline a method of ours that takes vectors: this depends on how often it
 * has counted its calls. Without inlining the vectors stay boxed.
 */
final class VectorMath {

  /** 128, 256 or 512 bits. */
  static final VectorSpecies<Float> SPECIES = VectorWidth.species();

  /** SIMD lanes: 4, 8 or 16. */
  static final int L = SPECIES.length();

  /** Computes the rest of a row, after its full vectors. */
  static final ScalarKernels TAIL = new ScalarKernels();

  private static final VectorShuffle<Float> ROTATE_8 = rotate(8);
  private static final VectorShuffle<Float> ROTATE_4 = rotate(4);
  private static final VectorShuffle<Float> ROTATE_2 = rotate(2);
  private static final VectorShuffle<Float> ROTATE_1 = rotate(1);

  // Constants of sigmoid and tanh, beside those of exp. The JIT limits how many nodes it inlines
  // into one loop; above the limit, vectors are boxed. A constant in a static final field costs
  // fewer nodes than a
  // broadcast at its use, though it runs slower: exp, which fits on its own, broadcasts.
  private static final FloatVector ZERO = broadcast(0f);
  private static final FloatVector ONE = broadcast(1f);
  private static final FloatVector MINUS_TWO = broadcast(-2f);
  private static final FloatVector TANH_SMALL = broadcast(ScalarMath.TANH_SMALL);
  private static final FloatVector T3 = broadcast(ScalarMath.T3);
  private static final FloatVector T5 = broadcast(ScalarMath.T5);
  private static final FloatVector T7 = broadcast(ScalarMath.T7);
  private static final FloatVector T9 = broadcast(ScalarMath.T9);
  private static final FloatVector T11 = broadcast(ScalarMath.T11);

  private VectorMath() {}

  private static VectorShuffle<Float> rotate(int by) {
    return VectorShuffle.fromOp(SPECIES, i -> (i + by) % L);
  }

  static void exp(float[] y, int yo, float[] x, int xo, int n) {
    int whole = SPECIES.loopBound(n);
    if (whole > 0) {
      expVectors(y, yo, x, xo, whole);
    }
    TAIL.exp(y, yo + whole, x, xo + whole, n - whole);
  }

  private static void expVectors(float[] y, int yo, float[] x, int xo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector a = FloatVector.fromArray(SPECIES, x, xo + i);
      FloatVector t = a.fma(ScalarMath.LOG2_E, ScalarMath.ROUNDER);
      FloatVector j = t.sub(ScalarMath.ROUNDER);
      FloatVector exact = j.fma(FloatVector.broadcast(SPECIES, -ScalarMath.LN2_HIGH), a);
      FloatVector r = j.fma(FloatVector.broadcast(SPECIES, -ScalarMath.LN2_LOW), exact);
      FloatVector rLow = j.fma(FloatVector.broadcast(SPECIES, -ScalarMath.LN2_LOW), exact.sub(r));
      FloatVector p = FloatVector.broadcast(SPECIES, ScalarMath.E7);
      p = p.fma(r, FloatVector.broadcast(SPECIES, ScalarMath.E6));
      p = p.fma(r, FloatVector.broadcast(SPECIES, ScalarMath.E5));
      p = p.fma(r, FloatVector.broadcast(SPECIES, ScalarMath.E4));
      p = p.fma(r, FloatVector.broadcast(SPECIES, ScalarMath.E3));
      p = p.fma(r, FloatVector.broadcast(SPECIES, ScalarMath.E2));
      p = p.fma(r.mul(r), rLow);
      FloatVector sumR = r.add(1f);
      p = sumR.add(p.add(r.sub(sumR.sub(1f))));
      IntVector shifted = t.reinterpretAsInts().lanewise(LSHL, 23);
      FloatVector e = p.reinterpretAsInts().add(shifted).reinterpretAsFloats();
      e = e.blend(0f, a.compare(LT, ScalarMath.EXP_LOWEST));
      e = a.add(Float.POSITIVE_INFINITY).blend(e, a.compare(LE, ScalarMath.EXP_HIGHEST));
      e.intoArray(y, yo + i);
    }
  }

  private static FloatVector broadcast(float x) {
    return FloatVector.broadcast(SPECIES, x);
  }

  static void sigmoid(float[] y, int yo, float[] x, int xo, int n) {
    int whole = SPECIES.loopBound(n);
    if (whole > 0) {
      sigmoidVectors(y, yo, x, xo, whole);
    }
    TAIL.sigmoid(y, yo + whole, x, xo + whole, n - whole);
  }

  private static void sigmoidVectors(float[] y, int yo, float[] x, int xo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i);
      FloatVector a = v.abs().neg();
      FloatVector t = a.fma(ScalarMath.LOG2_E, ScalarMath.ROUNDER);
      FloatVector j = t.sub(ScalarMath.ROUNDER);
      FloatVector exact = j.fma(FloatVector.broadcast(SPECIES, -ScalarMath.LN2_HIGH), a);
      FloatVector r = j.fma(FloatVector.broadcast(SPECIES, -ScalarMath.LN2_LOW), exact);
      FloatVector rLow = j.fma(FloatVector.broadcast(SPECIES, -ScalarMath.LN2_LOW), exact.sub(r));
      FloatVector p = FloatVector.broadcast(SPECIES, ScalarMath.E7);
      p = p.fma(r, FloatVector.broadcast(SPECIES, ScalarMath.E6));
      p = p.fma(r, FloatVector.broadcast(SPECIES, ScalarMath.E5));
      p = p.fma(r, FloatVector.broadcast(SPECIES, ScalarMath.E4));
      p = p.fma(r, FloatVector.broadcast(SPECIES, ScalarMath.E3));
      p = p.fma(r, FloatVector.broadcast(SPECIES, ScalarMath.E2));
      p = p.fma(r.mul(r), rLow);
      FloatVector sumR = r.add(1f);
      p = sumR.add(p.add(r.sub(sumR.sub(1f))));
      IntVector shifted = t.reinterpretAsInts().lanewise(LSHL, 23);
      FloatVector e = p.reinterpretAsInts().add(shifted).reinterpretAsFloats();
      e = e.blend(0f, a.compare(LT, ScalarMath.EXP_LOWEST));
      e = a.add(Float.POSITIVE_INFINITY).blend(e, a.compare(LE, ScalarMath.EXP_HIGHEST));
      VectorMask<Float> negative = v.compare(LT, ZERO);
      FloatVector top = ONE.blend(e, negative);
      FloatVector sum = e.add(ONE);
      FloatVector lost = e.sub(sum.sub(ONE));
      FloatVector u = top.div(sum);
      FloatVector minusU = u.neg();
      FloatVector rest = minusU.fma(lost, minusU.fma(sum, top));
      rest.fma(u.blend(ONE.sub(u), negative), u).intoArray(y, yo + i);
    }
  }

  static void tanh(float[] y, int yo, float[] x, int xo, int n) {
    int whole = SPECIES.loopBound(n);
    if (whole > 0) {
      tanhVectors(y, yo, x, xo, whole);
    }
    TAIL.tanh(y, yo + whole, x, xo + whole, n - whole);
  }

  private static void tanhVectors(float[] y, int yo, float[] x, int xo, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xo + i);
      FloatVector s = v.mul(v);
      FloatVector q = T11.fma(s, T9);
      q = q.fma(s, T7);
      q = q.fma(s, T5);
      q = q.fma(s, T3);
      FloatVector small = v.mul(s).fma(q, v);
      FloatVector abs = v.abs();
      FloatVector a = abs.mul(MINUS_TWO);
      FloatVector t = a.fma(ScalarMath.LOG2_E, ScalarMath.ROUNDER);
      FloatVector j = t.sub(ScalarMath.ROUNDER);
      FloatVector exact = j.fma(FloatVector.broadcast(SPECIES, -ScalarMath.LN2_HIGH), a);
      FloatVector r = j.fma(FloatVector.broadcast(SPECIES, -ScalarMath.LN2_LOW), exact);
      FloatVector rLow = j.fma(FloatVector.broadcast(SPECIES, -ScalarMath.LN2_LOW), exact.sub(r));
      FloatVector p = FloatVector.broadcast(SPECIES, ScalarMath.E7);
      p = p.fma(r, FloatVector.broadcast(SPECIES, ScalarMath.E6));
      p = p.fma(r, FloatVector.broadcast(SPECIES, ScalarMath.E5));
      p = p.fma(r, FloatVector.broadcast(SPECIES, ScalarMath.E4));
      p = p.fma(r, FloatVector.broadcast(SPECIES, ScalarMath.E3));
      p = p.fma(r, FloatVector.broadcast(SPECIES, ScalarMath.E2));
      p = p.fma(r.mul(r), rLow);
      FloatVector sumR = r.add(1f);
      p = sumR.add(p.add(r.sub(sumR.sub(1f))));
      IntVector shifted = t.reinterpretAsInts().lanewise(LSHL, 23);
      FloatVector e = p.reinterpretAsInts().add(shifted).reinterpretAsFloats();
      e = e.blend(0f, a.compare(LT, ScalarMath.EXP_LOWEST));
      e = a.add(Float.POSITIVE_INFINITY).blend(e, a.compare(LE, ScalarMath.EXP_HIGHEST));
      FloatVector large = ONE.sub(e).div(e.add(ONE));
      large = large.blend(large.neg(), v.compare(LT, ZERO));
      large.blend(small, abs.compare(LT, TANH_SMALL)).intoArray(y, yo + i);
    }
  }

  /** Returns the sum of 16 virtual lanes by the tree of {@link ScalarMath#foldLanes}. */
  static float foldLanes(float[] lanes, int o) {
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
