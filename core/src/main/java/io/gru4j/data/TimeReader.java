package io.gru4j.data;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;

/**
 * Reads the times of one input. The first one decides the form of all: numbers, dates, dates with a
 * time of day, with or without a zone. What comes in another form is a fault of its row.
 */
final class TimeReader {
  private static final long NANOS = 1_000_000_000L;
  private static final int MAX_DECIMALS = 18;
  private static final String NUMBER = "is not a number, expected for example seconds since 1970";

  private final boolean exactly;
  private final SessionFormat format;
  private final IsoTime iso;
  private final DateTimeFormatter pattern; // or null
  private boolean known; // the form, by the first time
  private IsoTime.Kind kind = IsoTime.Kind.NONE; // NONE: numbers
  private double number;
  private long exact;
  private int decimals;
  private boolean isExact;
  private boolean zoneUsed; // a pattern has read a time without a zone
  private boolean sums; // a date and numbers

  /**
   * Makes a reader.
   *
   * @param exactly whether numbers are wanted as {@link #exact}, not as {@link #number}
   */
  TimeReader(SessionFormat format, boolean exactly) {
    this.format = format;
    this.exactly = exactly;
    this.iso = new IsoTime(format.zone());
    this.pattern =
        format.timePattern() == null ? null : SessionFormat.formatter(format.timePattern());
  }

  /** Counts the rows instead of reading their times. */
  void count(long row) {
    number = row;
    exact = row;
    decimals = 0;
    isExact = exactly;
  }

  /** Whether times are dates, and {@link #exact} is nanoseconds since 1970. */
  boolean isDate() {
    return kind != IsoTime.Kind.NONE || pattern != null;
  }

  /** Whether the unit of numbers matters to the times. */
  boolean usesUnit() {
    return !isDate() || sums;
  }

  /** Whether the zone of times without one matters to them. */
  boolean usesZone() {
    return zoneUsed || kind == IsoTime.Kind.DATE || kind == IsoTime.Kind.LOCAL;
  }

  /** Whether a time was read. */
  boolean isKnown() {
    return known;
  }

  /** The last time as a number, where numbers are not read exactly. */
  double number() {
    return number;
  }

  /** Whether {@link #exact} is the last time. */
  boolean isExact() {
    return isExact;
  }

  /** The last time: nanoseconds since 1970, or the digits of a number without its point. */
  long exact() {
    return exact;
  }

  /** How many of the digits stand behind the point; 0 where times are dates. */
  int decimals() {
    return decimals;
  }

  /** Reads the time of a row: of one field, of a date and numbers, or of what makes a pattern. */
  void read(RowSource row, int[] fields) throws SessionFileException {
    int first = fields[0];
    byte[] bytes = row.buffer();
    int from = row.start(first);
    int to = row.end(first);
    if (from == to) {
      throw row.fault(first, known && isDate() ? "is empty" : "is empty, expected a number");
    }
    String fault =
        pattern != null
            ? readPattern(row, fields)
            : fields.length > 1 ? readSum(row, fields) : read(bytes, from, to);
    if (fault != null) {
      throw row.fault(first, fault);
    }
    known = true;
  }

  /** Reads one field; returns what is wrong, or null. */
  private String read(byte[] bytes, int from, int to) {
    if (kind == IsoTime.Kind.NONE) {
      if (exactly ? readExact(bytes, from, to) : readNumber(bytes, from, to)) {
        return null;
      }
      if (known) {
        boolean date = iso.read(bytes, from, to) != IsoTime.Kind.NONE;
        return NUMBER + (date ? "; the times before it are numbers" : "");
      }
    }
    IsoTime.Kind read = iso.read(bytes, from, to);
    if (read == IsoTime.Kind.NONE && !known) {
      return "is not a time, expected a number, such as seconds since 1970, or a date, such as"
          + " 2026-11-30 12:30:00"
          + hint(bytes, from, to);
    }
    if (known && read != kind) {
      return otherForm(read);
    }
    kind = read;
    exact = iso.nanos();
    isExact = true;
    decimals = 0;
    return null;
  }

  private static String hint(byte[] bytes, int from, int to) {
    return TimePatterns.hint(new String(bytes, from, to - from, StandardCharsets.UTF_8));
  }

  private String otherForm(IsoTime.Kind read) {
    String is = read == IsoTime.Kind.NONE ? "is not " : "is " + read.words + ", not ";
    return is + kind.words + " as the times before it";
  }

  /** A double; where that cannot hold a whole number, the number itself too. */
  private boolean readNumber(byte[] bytes, int from, int to) {
    number = Decimal.parse(bytes, from, to);
    if (Double.isNaN(number)) {
      return false;
    }
    isExact = false;
    if (Math.abs(number) > Decimal.EXACT && readExact(bytes, from, to)) {
      isExact = decimals == 0;
    }
    return true;
  }

  private boolean readExact(byte[] bytes, int from, int to) {
    int i = from;
    boolean negative = bytes[i] == '-';
    if (negative || bytes[i] == '+') {
      i++;
    }
    long digits = 0;
    int count = 0;
    int point = -1;
    for (; i < to; i++) {
      int c = bytes[i];
      if (c >= '0' && c <= '9' && count < 18) {
        digits = digits * 10 + (c - '0');
        count++;
      } else if (c == '.' && point < 0) {
        point = count;
      } else {
        break;
      }
    }
    if (i < to || count == 0) {
      return !Double.isNaN(Decimal.parse(bytes, from, to)) && readSlowly(bytes, from, to);
    }
    exact = negative ? -digits : digits;
    decimals = point < 0 ? 0 : count - point;
    while (decimals > 0 && exact % 10 == 0) {
      exact /= 10;
      decimals--;
    }
    isExact = true;
    return true;
  }

  /** Nineteen digits, exponents, zeros in front. */
  private boolean readSlowly(byte[] bytes, int from, int to) {
    String text = new String(bytes, from, to - from, StandardCharsets.US_ASCII);
    try {
      BigDecimal value = new BigDecimal(text).stripTrailingZeros();
      value = value.scale() < 0 ? value.setScale(0) : value;
      exact = value.unscaledValue().longValueExact();
      decimals = value.scale();
      isExact = decimals <= MAX_DECIMALS;
    } catch (NumberFormatException e) {
      return false;
    } catch (ArithmeticException e) {
      isExact = false; // more than 64 bits
    }
    return isExact;
  }

  private String readPattern(RowSource row, int[] fields) {
    StringBuilder text = new StringBuilder();
    for (int field : fields) {
      int from = row.start(field);
      String part = new String(row.buffer(), from, row.end(field) - from, StandardCharsets.UTF_8);
      text.append(text.isEmpty() ? "" : " ").append(part);
    }
    try {
      TemporalAccessor time =
          pattern.parseBest(text, ZonedDateTime::from, LocalDateTime::from, LocalDate::from);
      ZonedDateTime zoned =
          switch (time) {
            case ZonedDateTime z -> z;
            case LocalDateTime local -> local.atZone(format.zone());
            default -> ((LocalDate) time).atStartOfDay(format.zone());
          };
      zoneUsed |= !(time instanceof ZonedDateTime);
      long seconds = zoned.withZoneSameInstant(ZoneOffset.UTC).toEpochSecond();
      exact = Math.addExact(Math.multiplyExact(seconds, NANOS), zoned.getNano());
      isExact = true;
      return null;
    } catch (DateTimeException | ArithmeticException e) {
      return "is not a time of the form "
          + format.timePattern()
          + (e instanceof ArithmeticException ? " between 1678 and 2262" : "");
    }
  }

  /** A date and numbers, milliseconds if no unit is given. */
  private String readSum(RowSource row, int[] fields) throws SessionFileException {
    int first = fields[0];
    IsoTime.Kind read = iso.read(row.buffer(), row.start(first), row.end(first));
    if (read == IsoTime.Kind.NONE) {
      return "is not a date, expected one such as 2026-11-30 in the first of the columns that make"
          + " the time"
          + hint(row.buffer(), row.start(first), row.end(first));
    }
    if (known && read != kind) {
      return otherForm(read);
    }
    TimeUnits unit = format.timeUnit() == null ? TimeUnits.MILLISECONDS : format.timeUnit();
    long nanos = iso.nanos();
    for (int i = 1; i < fields.length; i++) {
      int from = row.start(fields[i]);
      int to = row.end(fields[i]);
      if (from == to || !readExact(row.buffer(), from, to)) {
        throw row.fault(fields[i], "is not a number of " + unit.words());
      }
      try {
        long scaled = Math.multiplyExact(exact, NANOS / unit.perSecond());
        for (int d = decimals; d > 0; d--) {
          scaled /= 10; // what is less than a nanosecond goes
        }
        nanos = Math.addExact(nanos, scaled);
      } catch (ArithmeticException e) {
        throw row.fault(fields[i], "makes a time that is not between 1678 and 2262");
      }
    }
    kind = read;
    sums = true;
    exact = nanos;
    isExact = true;
    decimals = 0;
    return null;
  }
}
