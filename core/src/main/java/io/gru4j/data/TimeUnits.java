package io.gru4j.data;

import java.time.LocalDate;
import java.util.Locale;

/** Units in which a time may be counted as a number. */
public enum TimeUnits {
  /** Seconds. */
  SECONDS("s", 1L),
  /** Milliseconds. */
  MILLISECONDS("ms", 1_000L),
  /** Microseconds. */
  MICROSECONDS("us", 1_000_000L),
  /** Nanoseconds. */
  NANOSECONDS("ns", 1_000_000_000L);

  private static final int FIRST_YEAR = 1979; // smaller numbers may count anything
  private static final int LAST_YEAR = 2099; // larger ones too: 20240407 is a date, no count

  /** The years in which a time is likely, in words. */
  static final String LIKELY = FIRST_YEAR + " to " + LAST_YEAR;

  private static final double DAY = 86_400;
  private static final double FIRST_SECOND = LocalDate.of(FIRST_YEAR, 1, 1).toEpochDay() * DAY;
  private static final double END = LocalDate.of(LAST_YEAR + 1, 1, 1).toEpochDay() * DAY;

  private final String symbol;
  private final long perSecond;

  TimeUnits(String symbol, long perSecond) {
    this.symbol = symbol;
    this.perSecond = perSecond;
  }

  /**
   * Returns how many make a second.
   *
   * @return a power of ten
   */
  public long perSecond() {
    return perSecond;
  }

  /**
   * Returns the unit's short name.
   *
   * @return {@code s}, {@code ms}, {@code us} or {@code ns}
   */
  public String symbol() {
    return symbol;
  }

  /** The unit in words. */
  String words() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether so many seconds after 1970 may be a time of a click. */
  static boolean isLikely(double seconds) {
    return seconds >= FIRST_SECOND && seconds < END;
  }

  /**
   * Guesses the unit of a number that counts from 1970: whichever makes it a time in the years
   * {@value #LIKELY}. No number fits two units.
   *
   * @param time the number
   * @return the unit, or null if the number is too small or too large for any
   */
  public static TimeUnits guess(double time) {
    for (TimeUnits unit : values()) {
      if (isLikely(time / unit.perSecond)) {
        return unit;
      }
    }
    return null;
  }
}
