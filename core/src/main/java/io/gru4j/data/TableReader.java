package io.gru4j.data;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the wanted columns of a table with a header line: TSV, where a field is what stands between
 * tabs, or CSV with RFC 4180 quotes. A tab in the header makes it TSV.
 */
final class TableReader implements Closeable {
  private final LineReader lines;
  private final List<String> wanted;
  private final int[] columns; // where each wanted column stands in a line
  private final byte separator;
  private int fields; // of the header, so of each line
  private int[] starts = new int[8];
  private int[] ends = new int[8];

  /** Reads the header; {@code hint} ends the message if a wanted column is missing. */
  TableReader(LineReader lines, List<String> wanted, String hint) throws IOException {
    this.lines = lines;
    this.wanted = wanted;
    this.columns = new int[wanted.size()];
    if (!lines.next()) {
      throw SessionFileException.ofFile(
          lines.file(),
          0,
          "is empty, expected a header line with the columns " + String.join(", ", wanted),
          null);
    }
    this.separator = (byte) (contains((byte) '\t') ? '\t' : ',');
    List<String> names = header();
    for (int w = 0; w < columns.length; w++) {
      String name = wanted.get(w);
      columns[w] = names.indexOf(name);
      if (columns[w] < 0) {
        boolean semicolons = names.size() == 1 && names.getFirst().contains(";");
        throw headerFault(
            SessionFileException.Kind.MISSING_COLUMN,
            "column "
                + name
                + " is missing, the first line has "
                + shown(names)
                + (semicolons ? "; fields are separated by tabs or commas" : "")
                + (contains((byte) '\r') ? "; lines end in LF or CRLF, not in CR alone" : "")
                + hint);
      }
      if (names.lastIndexOf(name) != columns[w]) {
        throw headerFault("column " + name + " is there twice");
      }
    }
    if (separator == ',') {
      lines.quotedFields(separator);
    }
  }

  private static String shown(List<String> names) {
    StringBuilder text = new StringBuilder();
    for (String name : names.subList(0, Math.min(20, names.size()))) {
      text.append(text.isEmpty() ? "" : ", ").append(SessionFileException.quoted(name));
    }
    return text.append(names.size() > 20 ? ", ..." : "").toString();
  }

  private SessionFileException headerFault(String what) {
    return headerFault(SessionFileException.Kind.FILE, what);
  }

  private SessionFileException headerFault(SessionFileException.Kind kind, String what) {
    return SessionFileException.ofFile(kind, lines.file(), lines.line(), what, null);
  }

  private boolean contains(byte wantedByte) {
    for (int i = lines.start(); i < lines.end(); i++) {
      if (lines.buffer()[i] == wantedByte) {
        return true;
      }
    }
    return false;
  }

  private List<String> header() throws IOException {
    for (int i = lines.start(); i < lines.end(); i++) {
      fields += lines.buffer()[i] == separator ? 1 : 0;
    }
    fields++;
    starts = new int[fields];
    ends = new int[fields];
    int n;
    try {
      n = split();
    } catch (SessionFileException e) {
      throw headerFault(e.expected());
    }
    fields = n; // fewer than separators + 1 where one stands in quotes
    List<String> names = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      names.add(new String(lines.buffer(), starts[i], ends[i] - starts[i], StandardCharsets.UTF_8));
    }
    return names;
  }

  /** Moves to the next line that is not blank. */
  boolean next() throws IOException {
    if (!lines.next()) {
      return false;
    }
    int n = split();
    if (n != fields) {
      throw SessionFileException.ofLine(
          lines.file(),
          lines.line(),
          "the line has "
              + n
              + (n == 1 ? " field" : " fields")
              + ", the header "
              + fields
              + ": "
              + SessionFileException.quoted(lines.text()));
    }
    return true;
  }

  /** Sets where the fields start and end; returns how many there are. */
  private int split() throws SessionFileException {
    byte[] bytes = lines.buffer();
    int end = lines.end();
    int n = 0;
    int i = lines.start();
    while (true) {
      int from = i;
      int to;
      if (separator == ',' && i < end && bytes[i] == '"') {
        from = i + 1;
        to = from;
        i++;
        while (i < end && (bytes[i] != '"' || (i + 1 < end && bytes[i + 1] == '"'))) {
          i += bytes[i] == '"' ? 1 : 0; // the first of two quotes
          bytes[to++] = bytes[i++];
        }
        if (i == end) {
          throw fault("a quote is opened and never closed");
        }
        i++;
        if (i < end && bytes[i] != separator) {
          throw fault("text follows a closing quote");
        }
      } else {
        while (i < end && bytes[i] != separator) {
          i++;
        }
        to = i;
      }
      if (n < fields) {
        starts[n] = from;
        ends[n] = to;
      }
      n++;
      if (i == end) {
        return n;
      }
      i++;
    }
  }

  private SessionFileException fault(String what) {
    return SessionFileException.ofLine(lines.file(), lines.line(), what);
  }

  byte[] buffer() {
    return lines.buffer();
  }

  /** Where the field of a wanted column starts in {@link #buffer}. */
  int start(int column) {
    return starts[columns[column]];
  }

  int end(int column) {
    return ends[columns[column]];
  }

  /** A fault of the value of a wanted column. */
  SessionFileException fault(int column, String expected) {
    byte[] value = Arrays.copyOfRange(buffer(), start(column), end(column));
    return SessionFileException.ofValue(
        lines.file(),
        lines.line(),
        wanted.get(column),
        value.length == 0 ? null : new String(value, StandardCharsets.UTF_8),
        expected);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
