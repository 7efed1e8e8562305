package io.gru4j.data;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The rows of one file as clicks: their session, item, time and person, and whether they count. */
final class ClickRows implements Closeable {
  private final RowSource rows;
  private final Key session;
  private final Key item;
  private final int[] timeFields; // null: the order in the file
  private final Key user; // or null
  private final Test[] where;

  /** A condition on one column of these rows. */
  private record Test(Key key, byte[][] values, boolean not) {
    boolean accepts() {
      key.read();
      for (byte[] value : values) {
        if (Arrays.equals(value, 0, value.length, key.bytes(), key.start(), key.end())) {
          return !not;
        }
      }
      return not;
    }
  }

  private ClickRows(RowSource rows, SessionColumns columns, SessionFormat format)
      throws IOException {
    this.rows = rows;
    session = new Key(rows, columns.session());
    item = new Key(rows, columns.item());
    timeFields = columns.hasTime() ? new Key(rows, columns.time()).parts() : null;
    user = format.user() == null ? null : new Key(rows, format.user());
    where = new Test[format.where().size()];
    for (int i = 0; i < where.length; i++) {
      Condition condition = format.where().get(i);
      byte[][] values =
          condition.values().stream()
              .map(value -> value.getBytes(StandardCharsets.UTF_8))
              .toArray(byte[][]::new);
      where[i] = new Test(new Key(rows, condition.column()), values, condition.not());
    }
  }

  /** Opens the rows of a text; {@code hint} ends the message if a column is missing. */
  static ClickRows open(LineReader lines, SessionColumns columns, SessionFormat format, String hint)
      throws IOException {
    SessionFormat.Form form = format.form();
    boolean table = form == SessionFormat.Form.TSV || form == SessionFormat.Form.CSV;
    int first = table ? 0 : lines.firstByte();
    if (first == '[') {
      throw SessionFileException.ofFile(
          lines.file(),
          0,
          "is an array of JSON, expected an object on each line: jq -c '.[]' FILE | gru4j ... -",
          null);
    }
    if (form == SessionFormat.Form.JSONL || first == '{') {
      return new ClickRows(new JsonLinesReader(lines), columns, format);
    }
    List<String> names = new ArrayList<>(Key.parts(columns.session()));
    names.addAll(Key.parts(columns.item()));
    if (columns.hasTime()) {
      names.addAll(Key.parts(columns.time()));
    }
    return new ClickRows(new TableReader(lines, format, names, hint), columns, format);
  }

  /** Moves to the next row. */
  boolean next() throws IOException {
    return rows.next();
  }

  long line() {
    return rows.line();
  }

  /** Whether the row meets the conditions. */
  boolean accepted() {
    for (Test test : where) {
      if (!test.accepts()) {
        return false;
      }
    }
    return true;
  }

  /** Reads the row's time; {@code row} counts the rows where there is no time. */
  void readTime(TimeReader time, long row) throws SessionFileException {
    if (timeFields == null) {
      time.count(row);
    } else {
      time.read(rows, timeFields);
    }
  }

  /** The row's session, which is there. */
  Key session() throws SessionFileException {
    return there(session);
  }

  /** The row's item, which is there. */
  Key item() throws SessionFileException {
    return there(item);
  }

  /** The row's person, or null if it has none or none is asked for. */
  Key userOrNull() {
    return user != null && user.read() ? user : null;
  }

  private static Key there(Key key) throws SessionFileException {
    if (!key.read()) {
      throw key.empty();
    }
    return key;
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
