package io.gru4j.data;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * Reads dates and times of ISO 8601, and what databases and pandas write for them: {@code
 * 2019-10-01}, {@code 2019-10-01T00:00:00.123Z}, {@code 2019-10-01 00:00:00 UTC}, {@code 2019-10-01
 * 00:00:00+02:00}, with any number of decimals up to nine.
 */
final class IsoTime {
  /** What the last text was. */
  enum Kind {
    NONE("no date"),
    DATE("a date"),
    LOCAL("a date with time, without a zone"),
    ZONED("a date with time and zone");

    final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  private static final long NANOS = 1_000_000_000L;

  private final ZoneId zone;
  private final ZoneOffset fixed; // of the zone, if it has one; else null
  private long nanos;
  private byte[] text;
  private int at;
  private int end;
  private int lastDate = -1; // as yyyymmdd
  private long lastDay; // since 1970

  IsoTime(ZoneId zone) {
    this.zone = zone;
    this.fixed = zone.normalized() instanceof ZoneOffset offset ? offset : null;
  }

  /** Nanoseconds since 1970, of the last text that was a time. */
  long nanos() {
    return nanos;
  }

  /** Reads a text; says what it is. */
  Kind read(byte[] bytes, int from, int to) {
    text = bytes;
    at = from;
    end = to;
    if (end - at < 10) {
      return Kind.NONE;
    }
    int year = digits(4);
    boolean dashes = skip('-');
    int month = digits(2);
    dashes &= skip('-');
    int dayOfMonth = digits(2);
    if (!dashes || year < 0 || month < 0 || dayOfMonth < 0) {
      return Kind.NONE;
    }
    int date = (year * 100 + month) * 100 + dayOfMonth;
    try {
      if (date != lastDate) {
        lastDay = LocalDate.of(year, month, dayOfMonth).toEpochDay();
        lastDate = date;
      }
      return at == end ? local(Kind.DATE, 0, 0) : time();
    } catch (DateTimeException | ArithmeticException e) {
      return Kind.NONE; // there is no such day, or it does not fit 64 bits of nanoseconds
    }
  }

  private Kind time() {
    if (!skip('T') && !skip(' ') && !skip('t')) {
      return Kind.NONE;
    }
    int hour = digits(2);
    int minute = 0;
    int second = 0;
    int fraction = 0;
    if (skip(':')) {
      minute = digits(2);
      if (skip(':')) {
        second = digits(2);
        if (skip('.') || skip(',')) {
          fraction = fraction();
        }
      }
    }
    boolean wrong = minute < 0 || second < 0 || fraction < 0;
    if (wrong || hour < 0 || hour > 23 || minute > 59 || second > 60) { // 60: a leap second
      return Kind.NONE;
    }
    int seconds = (hour * 60 + minute) * 60 + second;
    if (at == end) {
      return local(Kind.LOCAL, seconds, fraction);
    }
    int offset = offset();
    if (offset == Integer.MIN_VALUE || at != end) {
      return Kind.NONE;
    }
    set(seconds - offset, fraction);
    return Kind.ZONED;
  }

  private Kind local(Kind kind, int seconds, int fraction) {
    if (fixed != null) {
      set(seconds - fixed.getTotalSeconds(), fraction);
    } else {
      LocalDateTime time =
          LocalDateTime.ofEpochSecond(lastDay * 86_400 + seconds, 0, ZoneOffset.UTC);
      set(seconds - zone.getRules().getOffset(time).getTotalSeconds(), fraction);
    }
    return kind;
  }

  private void set(int secondOfDay, int fraction) {
    long seconds = lastDay * 86_400 + secondOfDay;
    nanos = Math.addExact(Math.multiplyExact(seconds, NANOS), fraction);
  }

  /** Seconds east of Greenwich, or the least integer if there is no zone. */
  private int offset() {
    while (skip(' ')) {
      // as in "00:00:00 UTC"
    }
    if (skip('Z') || skip('z') || skip("UTC") || skip("GMT")) {
      return 0;
    }
    int sign = skip('+') ? 1 : skip('-') ? -1 : 0;
    int hours = digits(2);
    if (sign == 0 || hours < 0 || hours > 18) {
      return Integer.MIN_VALUE;
    }
    int minutes = skip(':') || at < end ? digits(2) : 0;
    return minutes < 0 || minutes > 59 ? Integer.MIN_VALUE : sign * (hours * 3600 + minutes * 60);
  }

  /** The nanoseconds of the digits behind the point, -1 if there is none or one too many. */
  private int fraction() {
    int value = 0;
    int unit = (int) NANOS;
    while (at < end && text[at] >= '0' && text[at] <= '9') {
      unit /= 10;
      if (unit == 0 && text[at] != '0') {
        return -1;
      }
      value += (text[at++] - '0') * unit;
    }
    return unit == NANOS ? -1 : value;
  }

  private int digits(int n) {
    if (end - at < n) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < n; i++) {
      int digit = text[at + i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    at += n;
    return value;
  }

  private boolean skip(char c) {
    if (at < end && text[at] == c) {
      at++;
      return true;
    }
    return false;
  }

  private boolean skip(String word) {
    if (end - at < word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (text[at + i] != word.charAt(i)) {
        return false;
      }
    }
    at += word.length();
    return true;
  }
}
