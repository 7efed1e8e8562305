package io.gru4j.tensor.kernel;

import static jdk.incubator.vector.VectorOperators.ABS;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LE;
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

  static FloatVector sigmoid(FloatVector x) {
    FloatVector e = exp(x.lanewise(ABS).lanewise(NEG));
    VectorMask<Float> negative = x.compare(LT, 0f);
    FloatVector top = broadcast(1f).blend(e, negative);
    FloatVector sum = e.add(1f);
    FloatVector lost = e.sub(sum.sub(1f));
    FloatVector y = top.div(sum);
    FloatVector minusY = y.neg();
    FloatVector rest = minusY.fma(lost, minusY.fma(sum, top));
    return rest.fma(y.blend(broadcast(1f).sub(y), negative), y);
  }

  static FloatVector tanh(FloatVector x) {
    FloatVector s = x.mul(x);
    FloatVector p = broadcast(ScalarMath.T11).fma(s, broadcast(ScalarMath.T9));
    p = p.fma(s, broadcast(ScalarMath.T7));
    p = p.fma(s, broadcast(ScalarMath.T5));
    p = p.fma(s, broadcast(ScalarMath.T3));
    FloatVector small = x.mul(s).fma(p, x);
    FloatVector a = x.lanewise(ABS);
    FloatVector e = exp(a.mul(-2f));
    FloatVector large = broadcast(1f).sub(e).div(e.add(1f));
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
