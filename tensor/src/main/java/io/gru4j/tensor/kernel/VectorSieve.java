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
        sums(upper, yo + p * CLASSES + l, codes, o + 4 * l, h, ho, K);
      }
    }
    int zeros = HALF * (K / GROUP + K % GROUP);
    int n = panels * CLASSES;
    finish(lower, upper, yo, zeros, hScale, scale, bias, so, n, slack, relative, least);
  }

  /**
   * The sums of four vectors of classes, a quarter of a panel apart, each with {@link #HALF} for a
   * group, as the bits of floats. Compiled code stays whole only while a method is about as short.
   */
  private static void sums(float[] y, int yo, byte[] codes, int o, short[] h, int ho, int K) {
    IntVector low0 = IntVector.zero(INTS); // and 65536 times the sums of low1
    IntVector low1 = low0;
    IntVector high0 = low0;
    IntVector high1 = low0;
    int k = 0;
    for (; k + GROUP <= K; k += GROUP) {
      ShortVector a = ShortVector.zero(SHORTS);
      ShortVector b = a;
      int sum = 0;
      for (int i = 0; i < GROUP; i++) {
        ShortVector x = pairs(codes, o + i * CLASSES);
        ShortVector hk = ShortVector.broadcast(SHORTS, h[ho + k + i]);
        a = a.add(x.mul(hk));
        b = b.add(high(x).mul(hk));
        sum += h[ho + k + i];
      }
      ShortVector zero = ShortVector.broadcast(SHORTS, zero(sum));
      IntVector low = a.sub(b.lanewise(LSHL, Byte.SIZE)).add(zero).reinterpretAsInts();
      IntVector high = b.add(zero).reinterpretAsInts();
      low0 = low0.add(low);
      low1 = low1.add(low.lanewise(LSHR, Short.SIZE));
      high0 = high0.add(high);
      high1 = high1.add(high.lanewise(LSHR, Short.SIZE));
      o += GROUP * CLASSES;
    }
    store(low(low0, low1), y, yo);
    store(low(high0, high1), y, yo + QUARTER);
    store(low1, y, yo + 2 * QUARTER);
    store(high1, y, yo + 3 * QUARTER);
    for (; k < K; k++, o += CLASSES) {
      addStep(y, yo, codes, o, h[ho + k]);
    }
  }

  /** Adds one step, which is a group of its own. */
  private static void addStep(float[] y, int yo, byte[] codes, int o, short h) {
    ShortVector zero = ShortVector.broadcast(SHORTS, zero(h));
    ShortVector x = pairs(codes, o);
    ShortVector b = high(x).mul(h);
    IntVector low = x.mul(h).sub(b.lanewise(LSHL, Byte.SIZE)).add(zero).reinterpretAsInts();
    IntVector high = b.add(zero).reinterpretAsInts();
    IntVector low1 = low.lanewise(LSHR, Short.SIZE);
    IntVector high1 = high.lanewise(LSHR, Short.SIZE);
    store(load(y, yo).add(low(low, low1)), y, yo);
    store(load(y, yo + QUARTER).add(low(high, high1)), y, yo + QUARTER);
    store(load(y, yo + 2 * QUARTER).add(low1), y, yo + 2 * QUARTER);
    store(load(y, yo + 3 * QUARTER).add(high1), y, yo + 3 * QUARTER);
  }

  private static void store(IntVector x, float[] y, int o) {
    x.reinterpretAsFloats().intoArray(y, o);
  }

  private static IntVector load(float[] y, int o) {
    return FloatVector.fromArray(SPECIES, y, o).reinterpretAsInts();
  }

  /** What a group's sum of bytes lacks to be one of codes, and a number without a sign. */
  private static short zero(int sum) {
    return (short) (HALF - ZERO * sum);
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

  /** From the sums, which stand in {@code upper}, to the bounds. */
  private static void finish(
      float[] lower,
      float[] upper,
      int yo,
      int zeros,
      float hScale,
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
      IntVector sums = load(upper, yo + i).sub(zeros);
      FloatVector d = ((FloatVector) sums.convert(I2F, 0)).mul(hScale);
      FloatVector s = FloatVector.fromArray(SPECIES, scale, so + i);
      FloatVector b = FloatVector.fromArray(SPECIES, bias, so + i);
      FloatVector e = b.abs().fma(ofBias, ofAll);
      s.fma(d.sub(slack), b.sub(e)).intoArray(lower, yo + i);
      s.fma(d.add(slack), b.add(e)).intoArray(upper, yo + i);
    }
  }
}
