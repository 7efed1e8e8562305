package io.gru4j.tensor.kernel;

import static jdk.incubator.vector.VectorOperators.ABS;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NEG;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** {@link ScalarMath} on vectors: the same operations in the same order, so the same bits. */
final class VectorMath {

  /**
   * The widest species of up to 16 lanes, since sums are defined on 16 virtual lanes; the system
   * property {@code gru4j.vectorBits=128|256|512} asks for another one.
   */
  static final VectorSpecies<Float> SPECIES = species(Integer.getInteger("gru4j.vectorBits", 0));

  /** SIMD lanes; 16 is a multiple of it. */
  static final int L = SPECIES.length();

  private static final VectorShuffle<Float> ROTATE_8 = rotate(8);
  private static final VectorShuffle<Float> ROTATE_4 = rotate(4);
  private static final VectorShuffle<Float> ROTATE_2 = rotate(2);
  private static final VectorShuffle<Float> ROTATE_1 = rotate(1);

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

  // The JIT stops inlining methods of ours when a compilation has many nodes, which some 40 vector
  // operations make, and a method that takes or returns a vector and is not inlined boxes it. So
  // these
  // call the Vector API alone, whose methods are always inlined, and a loop calls one of them once.

  static FloatVector exp(FloatVector x) {
    FloatVector t = x.fma(ScalarMath.LOG2_E, ScalarMath.ROUNDER);
    IntVector exponent = t.reinterpretAsInts().sub(ScalarMath.ROUNDER_BITS);
    IntVector half = exponent.lanewise(ASHR, 1);
    IntVector rest = exponent.sub(half);
    FloatVector y =
        expOfRest(x, t)
            .mul(half.add(127).lanewise(LSHL, 23).reinterpretAsFloats())
            .mul(rest.add(127).lanewise(LSHL, 23).reinterpretAsFloats());
    y = y.blend(0f, x.compare(LT, ScalarMath.EXP_LOWEST));
    return y.blend(Float.POSITIVE_INFINITY, x.compare(GT, ScalarMath.EXP_HIGHEST));
  }

  /**
   * The same bits as {@link #exp} for x that is not above 0, cheaper: 2^i is one factor, and no
   * product is a denormal number, not even where the result is 0.
   */
  static FloatVector expOfNonPositive(FloatVector x) {
    VectorMask<Float> tooLow = x.compare(LT, ScalarMath.EXP_LOWEST);
    x = x.blend(ScalarMath.EXP_LOWEST, tooLow);
    FloatVector t = x.fma(ScalarMath.LOG2_E, ScalarMath.ROUNDER);
    IntVector exponent = t.reinterpretAsInts().sub(ScalarMath.ROUNDER_BITS - 127);
    return expOfRest(x, t).mul(exponent.lanewise(LSHL, 23).reinterpretAsFloats()).blend(0f, tooLow);
  }

  /** e^r, where t is x / ln 2 with the rounder added, and r is x less that whole number of ln 2. */
  private static FloatVector expOfRest(FloatVector x, FloatVector t) {
    FloatVector i = t.sub(ScalarMath.ROUNDER);
    FloatVector exact = i.fma(FloatVector.broadcast(SPECIES, -ScalarMath.LN2_HIGH), x);
    FloatVector low = FloatVector.broadcast(SPECIES, -ScalarMath.LN2_LOW);
    FloatVector r = i.fma(low, exact);
    FloatVector rLow = i.fma(low, exact.sub(r));
    FloatVector p = FloatVector.broadcast(SPECIES, ScalarMath.E7);
    p = p.fma(r, FloatVector.broadcast(SPECIES, ScalarMath.E6));
    p = p.fma(r, FloatVector.broadcast(SPECIES, ScalarMath.E5));
    p = p.fma(r, FloatVector.broadcast(SPECIES, ScalarMath.E4));
    p = p.fma(r, FloatVector.broadcast(SPECIES, ScalarMath.E3));
    p = p.fma(r, FloatVector.broadcast(SPECIES, ScalarMath.E2));
    p = p.fma(r.mul(r), rLow);
    FloatVector sum = r.add(1f);
    return sum.add(p.add(r.sub(sum.sub(1f))));
  }

  static FloatVector sigmoid(FloatVector x) {
    FloatVector e = expOfNonPositive(x.lanewise(ABS).lanewise(NEG));
    VectorMask<Float> negative = x.compare(LT, 0f);
    FloatVector top = FloatVector.broadcast(SPECIES, 1f).blend(e, negative);
    FloatVector sum = e.add(1f);
    FloatVector lost = e.sub(sum.sub(1f));
    FloatVector y = top.div(sum);
    FloatVector minusY = y.neg();
    FloatVector rest = minusY.fma(lost, minusY.fma(sum, top));
    return rest.fma(y.blend(FloatVector.broadcast(SPECIES, 1f).sub(y), negative), y);
  }

  static FloatVector tanh(FloatVector x) {
    FloatVector s = x.mul(x);
    FloatVector p =
        FloatVector.broadcast(SPECIES, ScalarMath.T11)
            .fma(s, FloatVector.broadcast(SPECIES, ScalarMath.T9));
    p = p.fma(s, FloatVector.broadcast(SPECIES, ScalarMath.T7));
    p = p.fma(s, FloatVector.broadcast(SPECIES, ScalarMath.T5));
    p = p.fma(s, FloatVector.broadcast(SPECIES, ScalarMath.T3));
    FloatVector small = x.mul(s).fma(p, x);
    FloatVector a = x.lanewise(ABS);
    FloatVector e = expOfNonPositive(a.mul(-2f));
    FloatVector large = FloatVector.broadcast(SPECIES, 1f).sub(e).div(e.add(1f));
    large = large.blend(large.lanewise(NEG), x.compare(LT, 0f));
    return large.blend(small, a.compare(LT, ScalarMath.TANH_SMALL));
  }

  /**
   * Returns the sum of 16 virtual lanes by the tree of {@link ScalarMath#foldLanes}; they lie in
   * one vector of 16 lanes.
   */
  static float foldLanes16(FloatVector v) {
    v = v.add(v.rearrange(ROTATE_8));
    return foldLanes8(v);
  }

  /** As {@link #foldLanes16}, from lanes 0 to 7 of a vector that holds l + (l+8). */
  static float foldLanes8(FloatVector v) {
    v = v.add(v.rearrange(ROTATE_4));
    return foldLanes4(v);
  }

  /**
   * As {@link #foldLanes16}, from lanes 0 to 3 of a vector that holds the sums one step further.
   */
  static float foldLanes4(FloatVector v) {
    v = v.add(v.rearrange(ROTATE_2));
    v = v.add(v.rearrange(ROTATE_1));
    return v.lane(0);
  }

  /** Returns how many lanes of {@code x} are at least {@code y}. */
  static int countAtLeast(FloatVector x, float y) {
    return x.compare(GE, y).trueCount();
  }
}
