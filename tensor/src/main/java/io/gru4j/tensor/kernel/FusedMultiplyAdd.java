package io.gru4j.tensor.kernel;

/**
 * {@code a * b + c} rounded once, of which every result's bits depend: the processor's instruction
 * where the JVM uses one, else software with the same bits.
 *
 * <p>Without the instruction (a processor or virtual machine without FMA, {@code -XX:-UseFMA})
 * {@link Math#fma(float, float, float)} goes through {@link java.math.BigDecimal}, thousands of
 * times slower.
 */
final class FusedMultiplyAdd {

  /**
   * Whether {@link Math#fma(float, float, float)} is an instruction of this JVM. A constant: the
   * JIT keeps one side of {@link #fma}.
   */
  static final boolean INSTRUCTION = isInstruction();

  /** What a clock may miss, in nanoseconds: no 16 steps through BigDecimal take 8 times as long. */
  private static final long CLOCK = 200;

  private FusedMultiplyAdd() {}

  /** Returns {@code a * b + c}, rounded once. */
  static float fma(float a, float b, float c) {
    return INSTRUCTION ? Math.fma(a, b, c) : software(a, b, c);
  }

  /**
   * The same in double arithmetic. The product of two floats is exact in double; the sum is rounded
   * to double and then to float, and the second rounding goes wrong where the first one has made a
   * tie of what was none. Then the sum has no bits below those of a tie, so nearly every sum passes
   * after one test; one that does not is corrected.
   */
  static float software(float a, float b, float c) {
    double product = (double) a * b;
    double sum = product + c;
    return (Double.doubleToRawLongBits(sum) & BELOW_A_TIE) != 0
        ? (float) sum
        : corrected(product, c, sum);
  }

  // A float has 24 bits of a double's 53, a denormal one fewer; a tie between two floats has one
  // more.
  private static final long BELOW_A_TIE = (1L << 28) - 1;

  /**
   * Rounds the sum to odd in place of to even before it becomes a float (Boldo and Melquiond 2008,
   * "Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd"): where
   * the addition lost something, which Knuth's two-sum finds, the neighbour on the side of the
   * loss.
   */
  private static float corrected(double product, double c, double sum) {
    double added = sum - product;
    double lost = (product - (sum - added)) + (c - added);
    if (lost < 0 || lost > 0) { // neither exact nor infinite nor NaN
      long away =
          (lost > 0) == (sum > 0) ? 1 : -1; // a sum that lost something is even here, and not 0
      return (float) Double.longBitsToDouble(Double.doubleToRawLongBits(sum) + away);
    }
    return (float) sum;
  }

  /**
   * Compares the times of {@link Math#fma(float, float, float)} and {@link #software}, since no
   * class of java.base tells how the JVM computes the first: interpreted or compiled, the
   * instruction takes no longer than software, BigDecimal 80 times as long or more. Each time is
   * the shortest of some rounds, so a busy machine does not matter; and a wrong answer would cost
   * time, not bits.
   */
  private static boolean isInstruction() {
    long library = Long.MAX_VALUE;
    long software = Long.MAX_VALUE;
    float sum = 1f;
    for (int round = 0; round < 8; round++) {
      long start = System.nanoTime();
      for (int i = 0; i < 16; i++) {
        sum = Math.fma(sum, 0.7f, 0.4f);
      }
      long between = System.nanoTime();
      for (int i = 0; i < 16; i++) {
        sum = software(sum, 0.7f, 0.4f);
      }
      long end = System.nanoTime();
      library = Math.min(library, between - start);
      software = Math.min(software, end - between);
    }
    return library < 8 * Math.max(software, CLOCK) && sum > 0;
  }
}
