package io.gru4j.tensor.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link ScalarMath} on vectors: the same operations in the same order, so the same bits.
 *
 * <p>The loops, in {@link VectorExpLoops}, call nothing but the Vector API, which is always
 * inlined; so exp is written out in each, by a generator. Whether the JIT inlines a function of
 * vectors of our own depends on how often it has seen it called, which it may not have counted, and
 * where it does not, vectors stay boxed.
 */
final class VectorMath {

  /** 128, 256 or 512 bits. */
  static final VectorSpecies<Float> SPECIES = VectorWidth.species();

  /** SIMD lanes: 4, 8 or 16. */
  static final int L = SPECIES.length();

  /** Vector registers that the tiles count on: 16 or 32. */
  static final int REGISTERS = VectorRegisters.choose(SPECIES.vectorBitSize());

  /** What is left of a row behind its whole vectors. */
  static final ScalarKernels TAIL = new ScalarKernels();

  private static final VectorShuffle<Float> ROTATE_8 = rotate(8);
  private static final VectorShuffle<Float> ROTATE_4 = rotate(4);
  private static final VectorShuffle<Float> ROTATE_2 = rotate(2);
  private static final VectorShuffle<Float> ROTATE_1 = rotate(1);

  private VectorMath() {}

  private static VectorShuffle<Float> rotate(int by) {
    return VectorShuffle.fromOp(SPECIES, i -> (i + by) % L);
  }

  static void exp(float[] y, int yo, float[] x, int xo, int n) {
    int whole = SPECIES.loopBound(n);
    if (whole > 0) {
      VectorExpLoops.exp(y, yo, x, xo, whole);
    }
    TAIL.exp(y, yo + whole, x, xo + whole, n - whole);
  }

  static void sigmoid(float[] y, int yo, float[] x, int xo, int n) {
    int whole = SPECIES.loopBound(n);
    if (whole > 0) {
      VectorExpLoops.sigmoid(y, yo, x, xo, whole);
    }
    TAIL.sigmoid(y, yo + whole, x, xo + whole, n - whole);
  }

  static void tanh(float[] y, int yo, float[] x, int xo, int n) {
    int whole = SPECIES.loopBound(n);
    if (whole > 0) {
      VectorExpLoops.tanh(y, yo, x, xo, whole);
    }
    TAIL.tanh(y, yo + whole, x, xo + whole, n - whole);
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
