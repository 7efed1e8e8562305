package io.gru4j.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What stands between the fields of a table, found by its first line: a tab if there is one; else
 * the one that makes a header with the columns that are looked for; else the one that is there most
 * often outside quotes.
 *
 * @param separator one byte or more
 * @param quotes whether a field may stand in quotes
 */
record Separators(byte[] separator, boolean quotes) {
  private static final List<String> KNOWN = List.of(",", ";", "|", "::");

  static Separators find(LineReader lines, SessionFormat format, List<String> columns)
      throws IOException {
    boolean csv = format.form() == SessionFormat.Form.CSV;
    String separator = format.separator();
    if (separator == null) {
      separator = format.form() == SessionFormat.Form.TSV ? "\t" : found(lines, columns, csv);
    }
    boolean plain =
        format.form() == SessionFormat.Form.TSV || separator.length() > 1 || separator.equals("\t");
    return new Separators(separator.getBytes(StandardCharsets.US_ASCII), csv || !plain)
        .checked(lines);
  }

  private Separators checked(LineReader lines) throws IOException {
    if (quotes && separator.length > 1) {
      throw SessionFileException.ofFile(
          lines.file(), 0, "fields in quotes need a separator of one character", null);
    }
    return this;
  }

  private static String found(LineReader lines, List<String> columns, boolean csv) {
    String line = lines.text();
    if (line.indexOf('\t') >= 0 && !csv) {
      return "\t";
    }
    String best = ",";
    int most = count(line, best);
    for (String each : KNOWN) {
      if (!columns.isEmpty() && fields(line, each).containsAll(columns)) {
        return each;
      }
      int count = count(line, each);
      if (count > most) {
        best = each;
        most = count;
      }
    }
    return best;
  }

  private static List<String> fields(String line, String separator) {
    return List.of(line.replace("\"", "").split(Pattern.quote(separator), -1));
  }

  private static int count(String line, String separator) {
    int count = 0;
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      quoted ^= line.charAt(i) == '"';
      if (!quoted && line.startsWith(separator, i)) {
        count++;
        i += separator.length() - 1;
      }
    }
    return count;
  }

  static boolean isAt(byte[] bytes, int from, int end, byte[] separator) {
    if (end - from < separator.length) {
      return false;
    }
    for (int i = 0; i < separator.length; i++) {
      if (bytes[from + i] != separator[i]) {
        return false;
      }
    }
    return true;
  }
}
