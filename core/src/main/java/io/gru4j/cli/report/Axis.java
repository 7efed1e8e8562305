package io.gru4j.cli.report;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Maps a range of values to a range of positions, and knows where ticks go: at multiples of 1, 2 or
 * 5 times a power of ten, on a logarithmic axis at powers of ten.
 *
 * @param low the least value shown
 * @param high the greatest, above {@code low}
 * @param from the position of {@code low}
 * @param to the position of {@code high}
 * @param logarithmic whether equal distances are equal ratios; {@code low} is above 0 then
 * @param ticks the values with a tick, ascending
 */
record Axis(
    double low, double high, double from, double to, boolean logarithmic, List<BigDecimal> ticks) {
  private static final int TICKS = 6;

  /** An axis of real numbers with a little room at both ends. */
  static Axis real(double least, double most, double from, double to) {
    double room = most > least ? 0.05 * (most - least) : Math.max(0.5 * Math.abs(least), 1e-3);
    double low = least - room;
    double high = most + room;
    return new Axis(low, high, from, to, false, multiples(step(high - low), low, high));
  }

  /** An axis of counts, with ticks at whole numbers. */
  static Axis count(double least, double most, double from, double to) {
    double low = most > least ? least : least - 0.5;
    double high = most > least ? most : least + 0.5;
    BigDecimal step = step(high - low).max(BigDecimal.ONE);
    List<BigDecimal> ticks = multiples(step, low, high);
    if (low == 1 && step.compareTo(BigDecimal.ONE) > 0) {
      ticks.addFirst(BigDecimal.ONE); // where counting begins
    }
    return new Axis(low, high, from, to, false, ticks);
  }

  /** An axis from 0, for heights. */
  static Axis fromZero(double most, double from, double to) {
    double high = most > 0 ? 1.05 * most : 1;
    BigDecimal step = step(high).max(BigDecimal.ONE);
    return new Axis(0, high, from, to, false, multiples(step, 0, high));
  }

  /** A logarithmic axis from 1 to a whole power of ten. */
  static Axis powersOfTen(double most, double from, double to) {
    int decades = Math.max(1, (int) Math.ceil(Math.log10(most) - 1e-9));
    List<BigDecimal> ticks = new ArrayList<>();
    for (int power = 0; power <= decades; power++) {
      ticks.add(BigDecimal.ONE.scaleByPowerOfTen(power));
    }
    return new Axis(1, Math.pow(10, decades), from, to, true, ticks);
  }

  /** The smallest of 1, 2, 5, 10, 20, ... times a power of ten that makes few ticks. */
  private static BigDecimal step(double span) {
    int power = (int) Math.floor(Math.log10(span / TICKS));
    for (int digit : new int[] {1, 2, 5}) {
      BigDecimal step = BigDecimal.valueOf(digit).scaleByPowerOfTen(power);
      if (step.doubleValue() * TICKS >= span) {
        return step;
      }
    }
    return BigDecimal.ONE.scaleByPowerOfTen(power + 1);
  }

  private static List<BigDecimal> multiples(BigDecimal step, double low, double high) {
    List<BigDecimal> ticks = new ArrayList<>();
    long first = (long) Math.ceil(low / step.doubleValue() - 1e-9);
    for (long i = first; i * step.doubleValue() <= high + 1e-9 * (high - low); i++) {
      ticks.add(step.multiply(BigDecimal.valueOf(i)));
    }
    return ticks;
  }

  /** The position of a value. */
  double at(double value) {
    double share =
        logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    return from + share * (to - from);
  }

  /** A tick's label, such as 20,000 or 0.60, with as many decimals as those of the others. */
  String label(BigDecimal tick) {
    int decimals =
        ticks.stream().mapToInt(each -> each.stripTrailingZeros().scale()).max().orElse(0);
    decimals = Math.max(0, decimals);
    return String.format(Locale.ROOT, "%,." + decimals + "f", tick);
  }
}
