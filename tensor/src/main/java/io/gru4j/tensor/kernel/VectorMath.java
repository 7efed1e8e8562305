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
 * <p>The loops that call a function of vectors are methods of their own, entered only where there
 * is a whole vector. The JIT inlines such a function where it runs at least every fourth time the
 * method around it does; in a method that short rows pass through too it may not, and vectors stay
 * objects for good. For the same reason other loops call nothing but the Vector API, which is
 * always inlined.
 */
final class VectorMath {

  /**
   * The widest species of up to 16 lanes, since sums are defined on 16 virtual lanes; the system
   * property {@code gru4j.vectorBits=128|256|512} asks for another one.
   */
  static final VectorSpecies<Float> SPECIES = species(Integer.getInteger("gru4j.vectorBits", 0));

  /** SIMD lanes; 16 is a multiple of it. */
  static final int L = SPECIES.length();

  /** What is left of a row behind its whole vectors. */
  static final ScalarKernels TAIL = new ScalarKernels();

  private static final VectorShuffle<Float> ROTATE_8 = rotate(8);
  private static final VectorShuffle<Float> ROTATE_4 = rotate(4);
  private static final VectorShuffle<Float> ROTATE_2 = rotate(2);
  private static final VectorShuffle<Float> ROTATE_1 = rotate(1);

  // What sigmoid and tanh need beside exp. The JIT inlines so many nodes into one loop and no more;
  // beyond, vectors become objects. A constant in a static final field costs fewer nodes than a
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

  private static VectorSpecies<Float> species(int bits) {
    return switch (bits) {
      case 0 ->
          FloatVector.SPECIES_PREFERRED.vectorBitSize() <= 512
              ? FloatVector.SPECIES_PREFERRED
              : FloatVector.SPECIES_512;
      case 128 -> FloatVector.SPECIES_128;
      case 256 -> FloatVector.SPECIES_256;
      case 512 -> FloatVector.SPECIES_512;
      default ->
          throw new IllegalArgumentException(
              "system property gru4j.vectorBits must be 128, 256 or 512, got " + bits);
    };
  }

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
      exp(FloatVector.fromArray(SPECIES, x, xo + i)).intoArray(y, yo + i);
    }
  }

  static FloatVector exp(FloatVector x) {
    FloatVector t = x.fma(ScalarMath.LOG2_E, ScalarMath.ROUNDER);
    FloatVector i = t.sub(ScalarMath.ROUNDER);
    FloatVector exact = i.fma(broadcast(-ScalarMath.LN2_HIGH), x);
    FloatVector r = i.fma(broadcast(-ScalarMath.LN2_LOW), exact);
    FloatVector rLow = i.fma(broadcast(-ScalarMath.LN2_LOW), exact.sub(r));
    FloatVector p = broadcast(ScalarMath.E7).fma(r, broadcast(ScalarMath.E6));
    p = p.fma(r, broadcast(ScalarMath.E5));
    p = p.fma(r, broadcast(ScalarMath.E4));
    p = p.fma(r, broadcast(ScalarMath.E3));
    p = p.fma(r, broadcast(ScalarMath.E2));
    p = p.fma(r.mul(r), rLow);
    FloatVector sum = r.add(1f);
    p = sum.add(p.add(r.sub(sum.sub(1f))));
    IntVector shifted = t.reinterpretAsInts().lanewise(LSHL, 23);
    FloatVector y = p.reinterpretAsInts().add(shifted).reinterpretAsFloats();
    y = y.blend(0f, x.compare(LT, ScalarMath.EXP_LOWEST));
    return x.add(Float.POSITIVE_INFINITY).blend(y, x.compare(LE, ScalarMath.EXP_HIGHEST));
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
      sigmoid(FloatVector.fromArray(SPECIES, x, xo + i)).intoArray(y, yo + i);
    }
  }

  static FloatVector sigmoid(FloatVector x) {
    FloatVector e = exp(x.abs().neg());
    VectorMask<Float> negative = x.compare(LT, ZERO);
    FloatVector top = ONE.blend(e, negative);
    FloatVector sum = e.add(ONE);
    FloatVector lost = e.sub(sum.sub(ONE));
    FloatVector y = top.div(sum);
    FloatVector minusY = y.neg();
    FloatVector rest = minusY.fma(lost, minusY.fma(sum, top));
    return rest.fma(y.blend(ONE.sub(y), negative), y);
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
      tanh(FloatVector.fromArray(SPECIES, x, xo + i)).intoArray(y, yo + i);
    }
  }

  static FloatVector tanh(FloatVector x) {
    FloatVector s = x.mul(x);
    FloatVector p = T11.fma(s, T9);
    p = p.fma(s, T7);
    p = p.fma(s, T5);
    p = p.fma(s, T3);
    FloatVector small = x.mul(s).fma(p, x);
    FloatVector a = x.abs();
    FloatVector e = exp(a.mul(MINUS_TWO));
    FloatVector large = ONE.sub(e).div(e.add(ONE));
    large = large.blend(large.neg(), x.compare(LT, ZERO));
    return large.blend(small, a.compare(LT, TANH_SMALL));
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
