package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.Vectors.L;
import static io.gru4j.tensor.kernel.Vectors.SPECIES;
import static jdk.incubator.vector.VectorOperators.F2I;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The sieve on vectors; {@link ScalarSieve} has the plain loops.
 *
 * <p>Nothing is widened before it is multiplied. A lane of 16 bits holds two bytes, {@code x = low
 * + 256 high}, and all sums are taken modulo 2^16. Four steps of {@code a += x h} and {@code b +=
 * (x >> 8) h} leave the sum of the high bytes in b, and that of the low ones in {@code a - 256 b}.
 * Bytes are codes plus 128, so 128 times the sum of the h is taken off, and 2^15 put on, which
 * makes a number without a sign of the true sum, for that fits 16 bits. The same again takes the
 * sums of two such numbers out of a lane of 32 bits. That is seven instructions for 64 codes; a
 * conversion and a multiply-add of floats take twelve.
 */
public final class VectorSieve implements SieveKernels {

  private static final VectorSpecies<Byte> BYTES = SPECIES.withLanes(byte.class);
  private static final VectorSpecies<Short> SHORTS = SPECIES.withLanes(short.class);
  private static final VectorSpecies<Integer> INTS = SPECIES.withLanes(int.class);
  private static final int QUARTER = CLASSES / 4; // neighbours that stay side by side
  private static final int HALF = 1 << 15; // makes sums of a group numbers without a sign

  /** Creates the kernels; they have no state. */
  public VectorSieve() {}

  @Override
  public void code(
      byte[] codes,
      int co,
      int half,
      float[] scale,
      int so,
      float[] found,
      float[] w,
      int wo,
      int K) {
    for (int l = 0; l < PANEL; l += L) {
      FloatVector most = FloatVector.zero(SPECIES);
      for (int k = 0; k < K; k++) {
        most = most.max(FloatVector.fromArray(SPECIES, w, wo + k * PANEL + l).abs());
      }
      FloatVector s = most.div(Byte.MAX_VALUE).max(Float.MIN_NORMAL);
      most.intoArray(found, l);
      s.intoArray(scale, so + l);
      int byteOfLane = 2 * half + l / QUARTER;
      code(codes, co + l % QUARTER * 4, 8 * byteOfLane, s, found, l, w, wo + l, K);
    }
  }

  /** Codes of one vector of classes, into one byte of each lane of 32 bits. */
  private static void code(
      byte[] codes,
      int co,
      int shift,
      FloatVector scale,
      float[] found,
      int l,
      float[] w,
      int wo,
      int K) {
    FloatVector s = scale.neg();
    FloatVector inverse = FloatVector.broadcast(SPECIES, -1f).div(s);
    FloatVector most = FloatVector.zero(SPECIES);
    FloatVector squares = most;
    FloatVector ofCodes = most;
    int mask = 0xff << shift;
    for (int k = 0; k < K; k++) {
      FloatVector x = FloatVector.fromArray(SPECIES, w, wo + k * PANEL);
      FloatVector code = x.mul(inverse).add(ROUNDER).sub(ROUNDER);
      FloatVector rest = s.fma(code, x).abs().mul(inverse);
      most = most.max(rest);
      squares = rest.fma(rest, squares);
      ofCodes = code.fma(code, ofCodes);
      IntVector placed =
          ((IntVector) code.convert(F2I, 0)).add(ZERO).lanewise(LSHL, shift).and(mask);
      int line = co + k * CLASSES;
      IntVector others = ByteVector.fromArray(BYTES, codes, line).reinterpretAsInts().and(~mask);
      placed.or(others).reinterpretAsBytes().intoArray(codes, line);
    }
    most.intoArray(found, PANEL + l);
    squares.intoArray(found, 2 * PANEL + l);
    ofCodes.intoArray(found, 3 * PANEL + l);
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
      short[] h,
      int ho,
      float hScale,
      int K,
      float slack,
      float relative,
      float least) {
    for (int p = 0; p < panels; p++) {
      int o = co + p * K * CLASSES;
      for (int l = 0; l < QUARTER; l += L) {
        sums(upper, yo + p * CLASSES + l, codes, o + 4 * l, h, ho, K, hScale);
      }
    }
    finish(lower, upper, yo, scale, bias, so, panels * CLASSES, slack, relative, least);
  }

  /** The sums of four vectors of classes, a quarter of a panel apart. */
  private static void sums(
      float[] y, int yo, byte[] codes, int o, short[] h, int ho, int K, float hScale) {
    IntVector low0 = IntVector.zero(INTS); // and 65536 times the sums of low1
    IntVector low1 = low0;
    IntVector high0 = low0;
    IntVector high1 = low0;
    int groups = 0;
    for (int k = 0; k < K; groups++) {
      ShortVector a;
      ShortVector b;
      int sum = h[ho + k];
      ShortVector x0 = pairs(codes, o);
      ShortVector h0 = ShortVector.broadcast(SHORTS, h[ho + k]);
      if (k + GROUP <= K) {
        sum += h[ho + k + 1] + h[ho + k + 2] + h[ho + k + 3];
        ShortVector h1 = ShortVector.broadcast(SHORTS, h[ho + k + 1]);
        ShortVector h2 = ShortVector.broadcast(SHORTS, h[ho + k + 2]);
        ShortVector h3 = ShortVector.broadcast(SHORTS, h[ho + k + 3]);
        ShortVector x1 = pairs(codes, o + CLASSES);
        ShortVector x2 = pairs(codes, o + 2 * CLASSES);
        ShortVector x3 = pairs(codes, o + 3 * CLASSES);
        a = x0.mul(h0).add(x1.mul(h1)).add(x2.mul(h2).add(x3.mul(h3)));
        b = high(x0).mul(h0).add(high(x1).mul(h1)).add(high(x2).mul(h2).add(high(x3).mul(h3)));
        k += GROUP;
        o += GROUP * CLASSES;
      } else {
        a = x0.mul(h0);
        b = high(x0).mul(h0);
        k++;
        o += CLASSES;
      }
      ShortVector zero = ShortVector.broadcast(SHORTS, (short) (HALF - ZERO * sum));
      a = a.sub(b.lanewise(LSHL, Byte.SIZE)).add(zero);
      b = b.add(zero);
      IntVector low = a.reinterpretAsInts();
      IntVector high = b.reinterpretAsInts();
      low0 = low0.add(low);
      low1 = low1.add(low.lanewise(LSHR, Short.SIZE));
      high0 = high0.add(high);
      high1 = high1.add(high.lanewise(LSHR, Short.SIZE));
    }
    int zeros = HALF * groups;
    floats(low(low0, low1), zeros, hScale).intoArray(y, yo);
    floats(low(high0, high1), zeros, hScale).intoArray(y, yo + QUARTER);
    floats(low1, zeros, hScale).intoArray(y, yo + 2 * QUARTER);
    floats(high1, zeros, hScale).intoArray(y, yo + 3 * QUARTER);
  }

  /** Two bytes in each lane. */
  private static ShortVector pairs(byte[] codes, int o) {
    return ByteVector.fromArray(BYTES, codes, o).reinterpretAsShorts();
  }

  private static ShortVector high(ShortVector pairs) {
    return pairs.lanewise(LSHR, Byte.SIZE);
  }

  private static IntVector low(IntVector both, IntVector high) {
    return both.sub(high.lanewise(LSHL, Short.SIZE));
  }

  private static FloatVector floats(IntVector sums, int zeros, float scale) {
    return ((FloatVector) sums.sub(zeros).convert(I2F, 0)).mul(scale);
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
