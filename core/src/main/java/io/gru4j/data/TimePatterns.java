package io.gru4j.data;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.regex.Pattern;

/** Proposes how to read a time that is written in one of the usual ways but not in ISO 8601. */
final class TimePatterns {
  private static final Map<Pattern, String> KNOWN = new LinkedHashMap<>();

  static {
    String[][] dates = {
      {"\\d{1,2}\\.\\d{1,2}\\.\\d{4}", "d.M.yyyy", ""},
      {"\\d{1,2}/\\d{1,2}/\\d{4}", "d/M/yyyy", ", or 'M/d/yyyy' if the month is first"},
      {"\\d{4}/\\d{1,2}/\\d{1,2}", "yyyy/M/d", ""},
      {"\\d{1,2} \\d{1,2}, \\d{4}", "M d, yyyy", ""}
    };
    String[][] times = {
      {"", ""}, {" \\d{1,2}:\\d\\d", " H:mm"}, {" \\d{1,2}:\\d\\d:\\d\\d", " H:mm:ss"}
    };
    for (String[] date : dates) {
      for (String[] time : times) {
        KNOWN.put(
            Pattern.compile(date[0] + time[0]),
            "; --time-format '" + date[1] + time[1] + "' reads it" + date[2]);
      }
    }
    KNOWN.put(
        Pattern.compile("\\[\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d"),
        "; of an access log, --time-key 4+5 --time-format \"'['dd/MMM/yyyy:HH:mm:ss Z']'\" reads"
            + " it");
  }

  /** Patterns of dates written as one number. No such number is a likely time of any unit. */
  private static final List<String> OF_NUMBERS =
      List.of("yyyyMMdd", "yyyyMMddHHmm", "yyyyMMddHHmmss", "yyyyMMddHHmmssSSS");

  private TimePatterns() {}

  /**
   * The pattern that reads all of some numbers as dates of likely years; null if there is none, or
   * no number.
   */
  static String ofNumbers(int n, IntToDoubleFunction number) {
    String pattern = null;
    for (int i = 0; i < n; i++) {
      String found = ofNumber(number.applyAsDouble(i));
      if (found == null || pattern != null && !found.equals(pattern)) {
        return null;
      }
      pattern = found;
    }
    return pattern;
  }

  private static String ofNumber(double number) {
    String digits = number == Math.rint(number) ? Long.toString((long) number) : "";
    for (String pattern : OF_NUMBERS) {
      if (pattern.length() == digits.length()) {
        String date = digits + "00000000000000000".substring(digits.length());
        try {
          LocalDateTime time =
              LocalDateTime.of(
                  part(date, 0, 4),
                  part(date, 4, 6),
                  part(date, 6, 8),
                  part(date, 8, 10),
                  part(date, 10, 12),
                  part(date, 12, 14));
          return TimeUnits.isLikely(time.toEpochSecond(ZoneOffset.UTC)) ? pattern : null;
        } catch (DateTimeException e) {
          return null; // such as a month 13
        }
      }
    }
    return null;
  }

  private static int part(String digits, int from, int to) {
    return Integer.parseInt(digits, from, to, 10);
  }

  /** The end of a message that proposes a pattern; empty if the text is of no usual form. */
  static String hint(String text) {
    for (Map.Entry<Pattern, String> known : KNOWN.entrySet()) {
      if (known.getKey().matcher(text).matches()) {
        return known.getValue();
      }
    }
    return "";
  }
}
