package io.gru4j.data;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/**
 * What the times of {@link Clicks} are: whole numbers of ticks.
 *
 * @param perSecond how many ticks make a second, since 1970; 0: it is not known, the times may
 *     count anything
 * @param decimals how many digits of a time stand behind the point when it is written as it was
 *     read, 0 to 18
 */
public record TimeScale(long perSecond, int decimals) {
  private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000L);

  /** Something needs to know how long a tick is, and the times do not tell. */
  public static final class UnknownTickException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    UnknownTickException() {
      super("it is not known whether times are seconds, milliseconds or something else");
    }
  }

  /**
   * Returns the scale of times that are numbers.
   *
   * @param largest the largest one, its digits without the point
   * @param decimals how many digits stand behind the point, 0 to 18
   * @param unitOrNull what they count; null: it is guessed by the largest
   * @return the scale in which the digits are ticks
   */
  public static TimeScale ofNumbers(long largest, int decimals, TimeUnits unitOrNull) {
    TimeUnits unit =
        unitOrNull == null ? TimeUnits.guess(largest / Math.pow(10, decimals)) : unitOrNull;
    try {
      return new TimeScale(
          unit == null ? 0 : Math.multiplyExact(unit.perSecond(), power(decimals)), decimals);
    } catch (ArithmeticException e) {
      return new TimeScale(0, decimals);
    }
  }

  /** A power of ten; {@link ArithmeticException} if it does not fit 64 bits. */
  static long power(int exponent) {
    long power = 1;
    for (int i = 0; i < exponent; i++) {
      power = Math.multiplyExact(power, 10);
    }
    return power;
  }

  /**
   * Returns how many ticks a duration has.
   *
   * @param duration not negative
   * @return ticks, rounded down
   * @throws UnknownTickException if it is not known how long a tick is
   * @throws IllegalArgumentException if they do not fit 64 bits
   */
  public long ticks(Duration duration) {
    requireKnown();
    BigDecimal nanos = BigDecimal.valueOf(duration.getSeconds()).multiply(NANOS);
    nanos = nanos.add(BigDecimal.valueOf(duration.getNano()));
    return inTicks(nanos);
  }

  private void requireKnown() {
    if (perSecond == 0) {
      throw new UnknownTickException();
    }
  }

  private long inTicks(BigDecimal nanos) {
    try {
      return nanos
          .multiply(BigDecimal.valueOf(perSecond))
          .divideToIntegralValue(NANOS)
          .longValueExact();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("the time does not fit 64 bits", e);
    }
  }

  /**
   * Reads a time that somebody gives: a number as in the files, or a date.
   *
   * @param text such as {@code 1700000000} or {@code 2026-11-30 12:00:00}
   * @param zone of dates without one
   * @return ticks; a number between two of them is rounded down
   * @throws UnknownTickException if it is a date, and it is not known how long a tick is
   * @throws IllegalArgumentException if it is neither
   */
  public long parse(String text, ZoneId zone) {
    IsoTime iso = new IsoTime(zone);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (iso.read(bytes, 0, bytes.length) != IsoTime.Kind.NONE) {
      requireKnown();
      return inTicks(BigDecimal.valueOf(iso.nanos()));
    }
    try {
      return new BigDecimal(text)
          .scaleByPowerOfTen(decimals)
          .setScale(0, RoundingMode.FLOOR)
          .longValueExact();
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "a time is a number as in the files or a date such as 2026-11-30 12:00:00, got " + text,
          e);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("the time does not fit 64 bits", e);
    }
  }

  /**
   * Returns a time for people.
   *
   * @param time ticks
   * @return the moment, such as {@code 2026-11-30T12:00:00Z}; where it is not known how long a tick
   *     is, the number as it was read
   */
  public String words(long time) {
    if (perSecond == 0) {
      return number(time);
    }
    long seconds = Math.floorDiv(time, perSecond);
    BigDecimal rest = BigDecimal.valueOf(Math.floorMod(time, perSecond)).multiply(NANOS);
    long nanos = rest.divideToIntegralValue(BigDecimal.valueOf(perSecond)).longValueExact();
    return Instant.ofEpochSecond(seconds, nanos).toString();
  }

  /**
   * Returns a time as it was read.
   *
   * @param time ticks
   * @return a number with its decimals; of dates in the unit of {@link #perSecond}
   */
  public String number(long time) {
    return BigDecimal.valueOf(time, decimals).toPlainString();
  }
}
