package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.Vectors.L;
import static io.gru4j.tensor.kernel.Vectors.REGISTERS;
import static io.gru4j.tensor.kernel.Vectors.SPECIES;
import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.F2B;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The sieve on vectors; {@link ScalarSieve} has the plain loops.
 *
 * <p>Bytes become floats on the way to a multiply-add. One row's tile is eight vectors of sums; two
 * panels of 16 lanes lie half the call's panels apart, so that the processor fetches two streams.
 * Two rows, or with 32 registers four, share what the bytes become.
 */
public final class VectorSieve implements SieveKernels {

  /** As many bytes as a vector has floats, but at least 8: there are no shorter ones. */
  private static final VectorSpecies<Byte> BYTES =
      L == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

  /** Classes of four vectors. */
  private static final int TILE = 4 * L;

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
      int ys,
      byte[] codes,
      int co,
      float[] scale,
      float[] bias,
      int so,
      int panels,
      float[] h,
      int ho,
      int rows,
      int K,
      float[] slack,
      float relative,
      float least) {
    if (rows == 1) {
      oneRow(upper, codes, co, panels, h, ho, K);
    } else {
      for (int p = 0; p < panels; p++) {
        for (int c = 0; c < CLASSES; c += TILE) {
          int o = co + p * K * CLASSES + c;
          someRows(upper, p * CLASSES + c, ys, codes, o, h, ho, rows, K);
        }
      }
    }
    for (int r = 0; r < rows; r++) {
      int n = panels * CLASSES;
      finish(lower, upper, r * ys, scale, bias, so, n, slack[r], relative, least);
    }
  }

  /** Two tiles at a time; of whole panels two that lie far apart. */
  private static void oneRow(
      float[] y, byte[] codes, int co, int panels, float[] h, int ho, int K) {
    int half = panels / 2;
    for (int p = 0; p < panels; p++) {
      int o = co + p * K * CLASSES;
      int to = p * CLASSES;
      if (TILE < CLASSES) {
        for (int c = 0; c < CLASSES; c += 2 * TILE) {
          int next = c + TILE;
          tile1x8(y, to + c, to + next, codes, o + c, o + next, h, ho, K);
        }
      } else if (p < half) {
        int far = half * CLASSES;
        tile1x8(y, to, to + far, codes, o, o + far * K, h, ho, K);
      } else if (p == 2 * half) { // the last of an odd number, twice
        tile1x8(y, to, to, codes, o, o, h, ho, K);
      }
    }
  }

  /** Where rows are missing, tiles compute the last one again. */
  private static void someRows(
      float[] y, int yo, int ys, byte[] codes, int o, float[] h, int ho, int rows, int K) {
    int r = 0;
    int last = rows - 1;
    if (REGISTERS == 32) {
      for (; r + 2 < rows; r += 4) {
        int r3 = Math.min(r + 3, last);
        int y0 = yo + r * ys;
        int h0 = ho + r * K;
        tile4x4(
            y,
            y0,
            y0 + ys,
            y0 + 2 * ys,
            yo + r3 * ys,
            codes,
            o,
            h,
            h0,
            h0 + K,
            h0 + 2 * K,
            ho + r3 * K,
            K);
      }
    }
    for (; r < rows; r += 2) {
      int r1 = Math.min(r + 1, last);
      tile2x4(y, yo + r * ys, yo + r1 * ys, codes, o, h, ho + r * K, ho + r1 * K, K);
    }
  }

  /** The sums of four vectors from o on, and of four from p on. */
  private static void tile1x8(
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
      s1 = x.fma(floats(codes, o, 1), s1);
      s2 = x.fma(floats(codes, o, 2), s2);
      s3 = x.fma(floats(codes, o, 3), s3);
      s4 = x.fma(floats(codes, p, 0), s4);
      s5 = x.fma(floats(codes, p, 1), s5);
      s6 = x.fma(floats(codes, p, 2), s6);
      s7 = x.fma(floats(codes, p, 3), s7);
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

  /** The sums of four vectors of classes for two rows. */
  private static void tile2x4(
      float[] y, int y0, int y1, byte[] codes, int o, float[] h, int h0, int h1, int K) {
    FloatVector s00 = FloatVector.zero(SPECIES);
    FloatVector s01 = s00;
    FloatVector s02 = s00;
    FloatVector s03 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s12 = s00;
    FloatVector s13 = s00;
    for (int k = 0; k < K; k++) {
      FloatVector w0 = floats(codes, o, 0);
      FloatVector w1 = floats(codes, o, 1);
      FloatVector w2 = floats(codes, o, 2);
      FloatVector w3 = floats(codes, o, 3);
      FloatVector x0 = FloatVector.broadcast(SPECIES, h[h0 + k]);
      s00 = x0.fma(w0, s00);
      s01 = x0.fma(w1, s01);
      s02 = x0.fma(w2, s02);
      s03 = x0.fma(w3, s03);
      FloatVector x1 = FloatVector.broadcast(SPECIES, h[h1 + k]);
      s10 = x1.fma(w0, s10);
      s11 = x1.fma(w1, s11);
      s12 = x1.fma(w2, s12);
      s13 = x1.fma(w3, s13);
      o += CLASSES;
    }
    s00.intoArray(y, y0);
    s01.intoArray(y, y0 + L);
    s02.intoArray(y, y0 + 2 * L);
    s03.intoArray(y, y0 + 3 * L);
    s10.intoArray(y, y1);
    s11.intoArray(y, y1 + L);
    s12.intoArray(y, y1 + 2 * L);
    s13.intoArray(y, y1 + 3 * L);
  }

  /** The sums of four vectors of classes for four rows. */
  private static void tile4x4(
      float[] y,
      int y0,
      int y1,
      int y2,
      int y3,
      byte[] codes,
      int o,
      float[] h,
      int h0,
      int h1,
      int h2,
      int h3,
      int K) {
    FloatVector s00 = FloatVector.zero(SPECIES);
    FloatVector s01 = s00;
    FloatVector s02 = s00;
    FloatVector s03 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s12 = s00;
    FloatVector s13 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s22 = s00;
    FloatVector s23 = s00;
    FloatVector s30 = s00;
    FloatVector s31 = s00;
    FloatVector s32 = s00;
    FloatVector s33 = s00;
    for (int k = 0; k < K; k++) {
      FloatVector w0 = floats(codes, o, 0);
      FloatVector w1 = floats(codes, o, 1);
      FloatVector w2 = floats(codes, o, 2);
      FloatVector w3 = floats(codes, o, 3);
      FloatVector x0 = FloatVector.broadcast(SPECIES, h[h0 + k]);
      s00 = x0.fma(w0, s00);
      s01 = x0.fma(w1, s01);
      s02 = x0.fma(w2, s02);
      s03 = x0.fma(w3, s03);
      FloatVector x1 = FloatVector.broadcast(SPECIES, h[h1 + k]);
      s10 = x1.fma(w0, s10);
      s11 = x1.fma(w1, s11);
      s12 = x1.fma(w2, s12);
      s13 = x1.fma(w3, s13);
      FloatVector x2 = FloatVector.broadcast(SPECIES, h[h2 + k]);
      s20 = x2.fma(w0, s20);
      s21 = x2.fma(w1, s21);
      s22 = x2.fma(w2, s22);
      s23 = x2.fma(w3, s23);
      FloatVector x3 = FloatVector.broadcast(SPECIES, h[h3 + k]);
      s30 = x3.fma(w0, s30);
      s31 = x3.fma(w1, s31);
      s32 = x3.fma(w2, s32);
      s33 = x3.fma(w3, s33);
      o += CLASSES;
    }
    s00.intoArray(y, y0);
    s01.intoArray(y, y0 + L);
    s02.intoArray(y, y0 + 2 * L);
    s03.intoArray(y, y0 + 3 * L);
    s10.intoArray(y, y1);
    s11.intoArray(y, y1 + L);
    s12.intoArray(y, y1 + 2 * L);
    s13.intoArray(y, y1 + 3 * L);
    s20.intoArray(y, y2);
    s21.intoArray(y, y2 + L);
    s22.intoArray(y, y2 + 2 * L);
    s23.intoArray(y, y2 + 3 * L);
    s30.intoArray(y, y3);
    s31.intoArray(y, y3 + L);
    s32.intoArray(y, y3 + 2 * L);
    s33.intoArray(y, y3 + 3 * L);
  }

  /** Codes of the c-th vector from o on; two of four lanes share the shortest vector of bytes. */
  private static FloatVector floats(byte[] codes, int o, int c) {
    int at = L == 4 ? c / 2 * BYTES.length() : c * L;
    int part = L == 4 ? c % 2 : 0;
    return (FloatVector)
        ByteVector.fromArray(BYTES, codes, o + at).convertShape(B2F, SPECIES, part);
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
