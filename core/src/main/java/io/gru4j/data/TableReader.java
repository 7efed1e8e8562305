package io.gru4j.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the wanted columns of a table, by the names in its header line or by their numbers: TSV,
 * where a field is what stands between separators, or CSV with RFC 4180 quotes, as {@link
 * Separators} finds it.
 */
final class TableReader implements RowSource {
  private final LineReader lines;
  private final String hint;
  private final boolean header;
  private final byte[] separator;
  private final boolean quotes;
  private final List<String> names; // of all columns
  private final List<String> wanted = new ArrayList<>();
  private int[] columns = new int[0]; // where each wanted column stands in a line
  private int fields; // of the first line, so of each line
  private int[] starts;
  private int[] ends;
  private boolean firstAgain; // the first line is a row

  /**
   * Reads the first line.
   *
   * @param format the form if it is known, separator, header
   * @param columns the columns that will be asked for: where the separator is not known, it is one
   *     that makes a header with them
   * @param hint the end of the message if a column is missing
   */
  TableReader(LineReader lines, SessionFormat format, List<String> columns, String hint)
      throws IOException {
    this.lines = lines;
    this.hint = hint;
    this.header = format.header();
    if (!lines.next()) {
      throw SessionFileException.ofFile(
          lines.file(),
          0,
          header
              ? "is empty, expected a header line with the columns " + String.join(", ", columns)
              : "is empty",
          null);
    }
    Separators found = Separators.find(lines, format, header ? columns : List.of());
    this.separator = found.separator();
    this.quotes = found.quotes();
    if (quotes) {
      if (!header) {
        // A row may span lines, a header does not: read the first line again as a row.
        lines.again();
        lines.quotedFields(separator[0]);
        lines.next();
      }
    }
    this.names = firstLine();
    if (quotes) {
      lines.quotedFields(separator[0]);
    }
    firstAgain = !header;
  }

  @Override
  public boolean has(String name) {
    return names.contains(name);
  }

  @Override
  public int want(String name) throws SessionFileException {
    int column = names.indexOf(name);
    if (column < 0) {
      throw missing(name);
    }
    if (names.lastIndexOf(name) != column) {
      throw headerFault("column " + name + " is there twice");
    }
    wanted.add(name);
    columns = Arrays.copyOf(columns, wanted.size());
    columns[wanted.size() - 1] = column;
    return wanted.size() - 1;
  }

  private SessionFileException missing(String name) {
    StringBuilder what = new StringBuilder("column ").append(name).append(" is missing, the ");
    if (!header) {
      int n = names.size();
      what.append("first line has ")
          .append(n == 1 ? "1 field, named 1" : n + " fields, named 1 to " + n);
      what.append(": ").append(SessionFileException.quoted(lines.text()));
    } else {
      what.append("first line has ").append(ColumnNames.shown(names));
      what.append(ColumnNames.meant(name, names));
      if (2 * names.stream().filter(TableReader::isValue).count() >= names.size()) {
        what.append("; if that is a click already: --no-header, and columns by number from 1");
      }
    }
    if (names.size() == 1) {
      what.append("; --separator says what stands between fields");
      what.append(contains((byte) ' ') ? ", --separator space that it is a space" : "");
    }
    if (contains((byte) '\r')) {
      what.append("; lines end in LF or CRLF, not in CR alone");
    }
    return headerFault(SessionFileException.Kind.MISSING_COLUMN, what + hint);
  }

  private static boolean isValue(String name) {
    return name.matches("-?\\d.*");
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

  private List<String> firstLine() throws IOException {
    fields = 1;
    for (int i = lines.start(); i < lines.end(); i++) {
      fields += lines.buffer()[i] == separator[0] ? 1 : 0;
    }
    starts = new int[fields];
    ends = new int[fields];
    int n;
    try {
      n = split();
    } catch (SessionFileException e) {
      throw headerFault(e.expected());
    }
    fields = n; // fewer than separators + 1 where one stands in quotes
    List<String> found = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      found.add(
          header
              ? new String(lines.buffer(), starts[i], ends[i] - starts[i], StandardCharsets.UTF_8)
              : Integer.toString(i + 1));
    }
    return found;
  }

  @Override
  public boolean next() throws IOException {
    if (firstAgain) {
      firstAgain = false; // its fields are those of the constructor
      return true;
    }
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
              + (header ? ", the header " : ", the first line ")
              + fields
              + ": "
              + SessionFileException.quoted(lines.text()));
    }
    return true;
  }

  /** Sets where the fields start and end; returns how many there are. */
  private int split() throws SessionFileException {
    return separator.length > 1 ? splitWide() : splitNarrow();
  }

  private int splitNarrow() throws SessionFileException {
    byte[] bytes = lines.buffer();
    byte between = separator[0];
    int end = lines.end();
    int n = 0;
    int i = lines.start();
    while (true) {
      int from = i;
      int to;
      if (quotes && i < end && bytes[i] == '"') {
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
        if (i < end && bytes[i] != between) {
          throw fault("text follows a closing quote");
        }
      } else {
        while (i < end && bytes[i] != between) {
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

  /** A separator of several bytes; there are no quotes. */
  private int splitWide() {
    byte[] bytes = lines.buffer();
    int end = lines.end();
    int n = 0;
    int from = lines.start();
    for (int i = from; ; i++) {
      boolean here = Separators.isAt(bytes, i, end, separator);
      if (!here && i < end) {
        continue;
      }
      if (n < fields) {
        starts[n] = from;
        ends[n] = i;
      }
      n++;
      if (!here) {
        return n;
      }
      from = i + separator.length;
      i = from - 1;
    }
  }

  private SessionFileException fault(String what) {
    return SessionFileException.ofLine(lines.file(), lines.line(), what);
  }

  @Override
  public Map<String, String> absences() {
    Map<String, String> none = new HashMap<>();
    wanted.forEach(name -> none.put(name, null)); // the header has them
    return none;
  }

  @Override
  public byte[] buffer() {
    return lines.buffer();
  }

  @Override
  public int start(int column) {
    return starts[columns[column]];
  }

  @Override
  public int end(int column) {
    return ends[columns[column]];
  }

  @Override
  public long line() {
    return lines.line();
  }

  @Override
  public SessionFileException fault(int column, String expected) {
    byte[] value = Arrays.copyOfRange(buffer(), start(column), end(column));
    return SessionFileException.ofValue(
        lines.file(),
        lines.line(),
        header ? wanted.get(column) : "column " + wanted.get(column),
        value.length == 0 ? null : new String(value, StandardCharsets.UTF_8),
        expected);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
