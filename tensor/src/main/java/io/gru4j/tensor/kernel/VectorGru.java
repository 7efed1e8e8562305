package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.VectorMath.L;
import static io.gru4j.tensor.kernel.VectorMath.SPECIES;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;

/**
 * One row of the GRU cell on vectors; {@link ScalarKernels} has the plain loops.
 *
 * <p>Forward runs in several loops over the row, one after the other. {@link VectorMath} computes
 * sigmoid and tanh in loops of their own: with both in one loop the JIT would have more operations
 * than it inlines, and the vectors would be boxed.
 */
final class VectorGru {

  private VectorGru() {}

  static void forward(
      float[] gx,
      int gxo,
      float[] gh,
      int gho,
      float[] h,
      int ho,
      float[] hNext,
      int hNexto,
      int H) {
    add(gx, gxo, gh, gho, 2 * H);
    VectorMath.sigmoid(gx, gxo, gx, gxo, 2 * H); // r and z
    candidate(gx, gxo, gh, gho, H);
    VectorMath.tanh(gx, gxo + 2 * H, gx, gxo + 2 * H, H);
    next(gx, gxo, h, ho, hNext, hNexto, H);
  }

  private static void add(float[] y, int yo, float[] x, int xo, int n) {
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += L) {
      fromArray(SPECIES, y, yo + i).add(fromArray(SPECIES, x, xo + i)).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] += x[xo + i];
    }
  }

  /** The argument of the tanh that gives the candidate: {@code gx[2] += r * gh[2]}. */
  private static void candidate(float[] gx, int gxo, float[] gh, int gho, int H) {
    int i = 0;
    for (; i < SPECIES.loopBound(H); i += L) {
      fromArray(SPECIES, gx, gxo + i)
          .fma(fromArray(SPECIES, gh, gho + 2 * H + i), fromArray(SPECIES, gx, gxo + 2 * H + i))
          .intoArray(gx, gxo + 2 * H + i);
    }
    for (; i < H; i++) {
      gx[gxo + 2 * H + i] =
          FusedMultiplyAdd.fma(gx[gxo + i], gh[gho + 2 * H + i], gx[gxo + 2 * H + i]);
    }
  }

  /** {@code h' = (1 - z) * n + z * h}. */
  private static void next(
      float[] gx, int gxo, float[] h, int ho, float[] hNext, int hNexto, int H) {
    int i = 0;
    for (; i < SPECIES.loopBound(H); i += L) {
      FloatVector n = fromArray(SPECIES, gx, gxo + 2 * H + i);
      fromArray(SPECIES, gx, gxo + H + i)
          .fma(fromArray(SPECIES, h, ho + i).sub(n), n)
          .intoArray(hNext, hNexto + i);
    }
    for (; i < H; i++) {
      float n = gx[gxo + 2 * H + i];
      hNext[hNexto + i] = FusedMultiplyAdd.fma(gx[gxo + H + i], h[ho + i] - n, n);
    }
  }

  static void backward(
      float[] gx,
      int gxo,
      float[] gh,
      int gho,
      float[] h,
      int ho,
      float[] dhNext,
      int dhNexto,
      float[] dh,
      int dho,
      int H) {
    int i = 0;
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    for (; i < SPECIES.loopBound(H); i += L) {
      FloatVector r = fromArray(SPECIES, gx, gxo + i);
      FloatVector z = fromArray(SPECIES, gx, gxo + H + i);
      FloatVector n = fromArray(SPECIES, gx, gxo + 2 * H + i);
      FloatVector d = fromArray(SPECIES, dhNext, dhNexto + i);
      FloatVector dn = d.mul(one.sub(z)).mul(n.neg().fma(n, one));
      FloatVector dz = d.mul(fromArray(SPECIES, h, ho + i).sub(n)).mul(z.mul(one.sub(z)));
      FloatVector dr = dn.mul(fromArray(SPECIES, gh, gho + 2 * H + i)).mul(r.mul(one.sub(r)));
      dr.intoArray(gx, gxo + i);
      dz.intoArray(gx, gxo + H + i);
      dn.intoArray(gx, gxo + 2 * H + i);
      dr.intoArray(gh, gho + i);
      dz.intoArray(gh, gho + H + i);
      dn.mul(r).intoArray(gh, gho + 2 * H + i);
      z.fma(d, fromArray(SPECIES, dh, dho + i)).intoArray(dh, dho + i);
    }
    ScalarKernels.gruBackward(gx, gxo, gh, gho, h, ho, dhNext, dhNexto, dh, dho, H, i);
  }
}
