package io.gru4j.data;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * How the files of clicks are written, as far as it is not found by looking at them. Begin with
 * {@link #DEFAULT} and change what differs.
 *
 * @param form the form
 * @param separator what stands between two fields of a table, 1 to 8 characters of ASCII; null: it
 *     is found
 * @param header whether the first line names the columns; without it they are numbers from 1
 * @param where conditions that a row must meet, all of them
 * @param timePattern how times are written, a pattern of {@link DateTimeFormatter}; null: a number
 *     or ISO 8601
 * @param zone where the clocks stood that wrote times without a zone
 * @param timeUnit the unit of times that are numbers; null: it is guessed where it matters
 * @param user the column with the person, to check that no session has two; null: none
 */
public record SessionFormat(
    Form form,
    String separator,
    boolean header,
    List<Condition> where,
    String timePattern,
    ZoneId zone,
    TimeUnits timeUnit,
    String user) {

  /** The forms of files. */
  public enum Form {
    /** Found by the first line of each file. */
    AUTO,
    /** A table whose fields are what stands between tabs, or another separator. */
    TSV,
    /** A table whose fields may stand in quotes, as in RFC 4180. */
    CSV,
    /** An object of JSON on each line. */
    JSONL
  }

  /** Everything is found; there is a header, and every row is a click. */
  public static final SessionFormat DEFAULT =
      new SessionFormat(Form.AUTO, null, true, List.of(), null, ZoneId.of("Z"), null, null);

  private static final int LONGEST_SEPARATOR = 8;

  /**
   * Checks separator and pattern.
   *
   * @throws IllegalArgumentException if the separator has not 1 to 8 characters of ASCII, is a
   *     quote or a line's end, or the pattern is none
   */
  public SessionFormat {
    Objects.requireNonNull(form, "form");
    Objects.requireNonNull(zone, "zone");
    where = List.copyOf(where);
    if (separator != null
        && (separator.isEmpty()
            || separator.length() > LONGEST_SEPARATOR
            || separator.chars().anyMatch(c -> c > 126 || c == '"' || c < ' ' && c != '\t'))) {
      throw new IllegalArgumentException(
          "a separator is a tab or 1 to "
              + LONGEST_SEPARATOR
              + " characters of ASCII, no quote and no line's end");
    }
    if (timePattern != null) {
      formatter(timePattern);
    }
  }

  /** Month names are English, as logs have them. */
  static DateTimeFormatter formatter(String pattern) {
    try {
      return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the time pattern " + pattern + " is none: " + e.getMessage(), e);
    }
  }

  /**
   * Changes the form.
   *
   * @param form the form
   * @return a changed copy
   */
  public SessionFormat withForm(Form form) {
    return new SessionFormat(form, separator, header, where, timePattern, zone, timeUnit, user);
  }

  /**
   * Changes the separator.
   *
   * @param separator what stands between two fields, or null
   * @return a changed copy
   */
  public SessionFormat withSeparator(String separator) {
    return new SessionFormat(form, separator, header, where, timePattern, zone, timeUnit, user);
  }

  /**
   * Changes whether there is a header.
   *
   * @param header whether the first line names the columns
   * @return a changed copy
   */
  public SessionFormat withHeader(boolean header) {
    return new SessionFormat(form, separator, header, where, timePattern, zone, timeUnit, user);
  }

  /**
   * Changes the conditions.
   *
   * @param where what a row must meet
   * @return a changed copy
   */
  public SessionFormat withWhere(List<Condition> where) {
    return new SessionFormat(form, separator, header, where, timePattern, zone, timeUnit, user);
  }

  /**
   * Changes how times are written.
   *
   * @param timePattern a pattern, or null
   * @return a changed copy
   */
  public SessionFormat withTimePattern(String timePattern) {
    return new SessionFormat(form, separator, header, where, timePattern, zone, timeUnit, user);
  }

  /**
   * Changes the zone of times that have none.
   *
   * @param zone the zone
   * @return a changed copy
   */
  public SessionFormat withZone(ZoneId zone) {
    return new SessionFormat(form, separator, header, where, timePattern, zone, timeUnit, user);
  }

  /**
   * Changes the unit of times that are numbers.
   *
   * @param timeUnit the unit, or null
   * @return a changed copy
   */
  public SessionFormat withTimeUnit(TimeUnits timeUnit) {
    return new SessionFormat(form, separator, header, where, timePattern, zone, timeUnit, user);
  }

  /**
   * Changes the column with the person.
   *
   * @param user the column, or null
   * @return a changed copy
   */
  public SessionFormat withUser(String user) {
    return new SessionFormat(form, separator, header, where, timePattern, zone, timeUnit, user);
  }
}
