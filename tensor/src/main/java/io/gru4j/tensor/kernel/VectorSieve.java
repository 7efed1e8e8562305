package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.Vectors.L;
import static io.gru4j.tensor.kernel.Vectors.SPECIES;
import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.F2B;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The sieve on vectors; {@link ScalarSieve} has the plain loops.
 *
 * <p>A tile is 8 vectors of sums: two panels of 16 lanes, one of 8 lanes, a half of 4. Two panels
 * at a time lie half the call's panels apart, so that the processor fetches two streams.
 */
public final class VectorSieve implements SieveKernels {

  /** As many bytes as a vector has floats, but at least 8: there are no shorter ones. */
  private static final VectorSpecies<Byte> BYTES =
      L == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

  /** Creates the kernels; they have no state. */
  public VectorSieve() {}

  @Override
  public void code(
      byte[] codes, int co, float[] scale, int so, float[] found, float[] w, int wo, int K) {
    for (int l = 0; l < PANEL; l += L) {
      FloatVector most = FloatVector.zero(SPECIES);
      for (int k = 0; k < K; k++) {
        most = most.max(FloatVector.fromArray(SPECIES, w, wo + k * PANEL + l).abs());
      }
      FloatVector s = most.div(Byte.MAX_VALUE).max(Float.MIN_NORMAL);
      most.intoArray(found, l);
      s.intoArray(scale, so + l);
    }
    for (int l = 0; l < PANEL; l += Math.max(L, BYTES.length())) {
      code(codes, co + l, scale, so + l, found, l, w, wo + l, K);
    }
  }

  /** As many lanes as there are bytes in the shortest vector. */
  private static void code(
      byte[] codes, int co, float[] scale, int so, float[] found, int l, float[] w, int wo, int K) {
    FloatVector s = FloatVector.fromArray(SPECIES, scale, so).neg();
    FloatVector inverse = FloatVector.broadcast(SPECIES, -1f).div(s);
    FloatVector most = FloatVector.zero(SPECIES);
    FloatVector squares = most;
    FloatVector s1 = L > 4 ? s : FloatVector.fromArray(SPECIES, scale, so + 4).neg();
    FloatVector inverse1 = L > 4 ? s : FloatVector.broadcast(SPECIES, -1f).div(s1);
    FloatVector most1 = most;
    FloatVector squares1 = most;
    for (int k = 0; k < K; k++) {
      FloatVector x = FloatVector.fromArray(SPECIES, w, wo + k * PANEL);
      FloatVector code = x.mul(inverse).add(ROUNDER).sub(ROUNDER);
      ByteVector bytes = (ByteVector) code.convertShape(F2B, BYTES, 0);
      FloatVector rest = s.fma(code, x).abs().mul(inverse);
      most = most.max(rest);
      squares = rest.fma(rest, squares);
      if (L == 4) {
        x = FloatVector.fromArray(SPECIES, w, wo + k * PANEL + 4);
        code = x.mul(inverse1).add(ROUNDER).sub(ROUNDER);
        bytes = bytes.or((ByteVector) code.convertShape(F2B, BYTES, -1));
        rest = s1.fma(code, x).abs().mul(inverse1);
        most1 = most1.max(rest);
        squares1 = rest.fma(rest, squares1);
      }
      bytes.intoArray(codes, co + k * CLASSES);
    }
    most.intoArray(found, PANEL + l);
    squares.intoArray(found, 2 * PANEL + l);
    if (L == 4) {
      most1.intoArray(found, PANEL + l + 4);
      squares1.intoArray(found, 2 * PANEL + l + 4);
    }
  }

  @Override
  public void bounds(
      float[] lower,
      float[] upper,
      int yo,
      byte[] codes,
      int co,
      float[] scale,
      float[] bias,
      int so,
      int panels,
      float[] h,
      int ho,
      int K,
      float slack,
      float relative,
      float least) {
    int half = panels / 2;
    for (int p = 0; p < panels; p++) {
      int o = co + p * K * CLASSES;
      int y = yo + p * CLASSES;
      if (L == 4) {
        narrow(upper, y, codes, o, h, ho, K);
        narrow(upper, y + 32, codes, o + 32, h, ho, K);
      } else if (L == 8) {
        tile(upper, y, y + 32, codes, o, o + 32, h, ho, K);
      } else if (p < half) {
        int far = half * CLASSES;
        tile(upper, y, y + far, codes, o, o + far * K, h, ho, K);
      } else if (p == 2 * half) { // the last of an odd number
        tile(upper, y, y, codes, o, o, h, ho, K);
      }
    }
    finish(lower, upper, yo, scale, bias, so, panels * CLASSES, slack, relative, least);
  }

  /** The sums of four vectors from o on, and of four from p on. */
  private static void tile(
      float[] y, int yo, int yp, byte[] codes, int o, int p, float[] h, int ho, int K) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    FloatVector s4 = s0;
    FloatVector s5 = s0;
    FloatVector s6 = s0;
    FloatVector s7 = s0;
    for (int k = 0; k < K; k++) {
      FloatVector x = FloatVector.broadcast(SPECIES, h[ho + k]);
      s0 = x.fma(floats(codes, o, 0), s0);
      s1 = x.fma(floats(codes, o + L, 0), s1);
      s2 = x.fma(floats(codes, o + 2 * L, 0), s2);
      s3 = x.fma(floats(codes, o + 3 * L, 0), s3);
      s4 = x.fma(floats(codes, p, 0), s4);
      s5 = x.fma(floats(codes, p + L, 0), s5);
      s6 = x.fma(floats(codes, p + 2 * L, 0), s6);
      s7 = x.fma(floats(codes, p + 3 * L, 0), s7);
      o += CLASSES;
      p += CLASSES;
    }
    s0.intoArray(y, yo);
    s1.intoArray(y, yo + L);
    s2.intoArray(y, yo + 2 * L);
    s3.intoArray(y, yo + 3 * L);
    s4.intoArray(y, yp);
    s5.intoArray(y, yp + L);
    s6.intoArray(y, yp + 2 * L);
    s7.intoArray(y, yp + 3 * L);
  }

  /** The sums of 32 classes on vectors of 4 lanes, each 8 bytes two of them. */
  private static void narrow(float[] y, int yo, byte[] codes, int o, float[] h, int ho, int K) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    FloatVector s4 = s0;
    FloatVector s5 = s0;
    FloatVector s6 = s0;
    FloatVector s7 = s0;
    for (int k = 0; k < K; k++) {
      FloatVector x = FloatVector.broadcast(SPECIES, h[ho + k]);
      s0 = x.fma(floats(codes, o, 0), s0);
      s1 = x.fma(floats(codes, o, 1), s1);
      s2 = x.fma(floats(codes, o + 8, 0), s2);
      s3 = x.fma(floats(codes, o + 8, 1), s3);
      s4 = x.fma(floats(codes, o + 16, 0), s4);
      s5 = x.fma(floats(codes, o + 16, 1), s5);
      s6 = x.fma(floats(codes, o + 24, 0), s6);
      s7 = x.fma(floats(codes, o + 24, 1), s7);
      o += CLASSES;
    }
    s0.intoArray(y, yo);
    s1.intoArray(y, yo + 4);
    s2.intoArray(y, yo + 8);
    s3.intoArray(y, yo + 12);
    s4.intoArray(y, yo + 16);
    s5.intoArray(y, yo + 20);
    s6.intoArray(y, yo + 24);
    s7.intoArray(y, yo + 28);
  }

  private static FloatVector floats(byte[] codes, int o, int part) {
    return (FloatVector) ByteVector.fromArray(BYTES, codes, o).convertShape(B2F, SPECIES, part);
  }

  /** From the sums, which stand in {@code upper}, to the bounds. */
  private static void finish(
      float[] lower,
      float[] upper,
      int yo,
      float[] scale,
      float[] bias,
      int so,
      int n,
      float slack,
      float relative,
      float least) {
    FloatVector ofBias = FloatVector.broadcast(SPECIES, relative);
    FloatVector ofAll = FloatVector.broadcast(SPECIES, least);
    for (int i = 0; i < n; i += L) {
      FloatVector d = FloatVector.fromArray(SPECIES, upper, yo + i);
      FloatVector s = FloatVector.fromArray(SPECIES, scale, so + i);
      FloatVector b = FloatVector.fromArray(SPECIES, bias, so + i);
      FloatVector e = b.abs().fma(ofBias, ofAll);
      s.fma(d.sub(slack), b.sub(e)).intoArray(lower, yo + i);
      s.fma(d.add(slack), b.add(e)).intoArray(upper, yo + i);
    }
  }
}
