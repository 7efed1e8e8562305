package io.gru4j.data;

import java.util.LinkedHashMap;
import java.util.Map;
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

  private TimePatterns() {}

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
