package io.gru4j.data;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rows of one file as clicks: their session, item, time and person, and whether they count. */
final class ClickRows implements Closeable {
  private final RowSource rows;
  private final Key session;
  private final Key item;
  private final int[] timeFields; // null: the order in the file
  private final Key user; // or null
  private final Test[] where;

  /** A condition on one column of these rows. */
  private static final class Test {
    private static final int VALUES = 5;
    private static final int ROWS = 1000; // in which values are looked for

    private final Condition condition;
    private final Key key;
    private final byte[][] values;
    private final Set<String> others = new LinkedHashSet<>(); // the first that it does not accept
    private int refused;
    private boolean met;

    Test(Condition condition, Key key) {
      this.condition = condition;
      this.key = key;
      this.values =
          condition.values().stream()
              .map(value -> value.getBytes(StandardCharsets.UTF_8))
              .toArray(byte[][]::new);
    }

    boolean accepts() {
      boolean accepts = isOne() != condition.not();
      met |= accepts;
      if (!accepts && refused < ROWS && others.size() < VALUES) {
        refused++;
        others.add(
            new String(key.bytes(), key.start(), key.end() - key.start(), StandardCharsets.UTF_8));
      }
      return accepts;
    }

    private boolean isOne() {
      key.read();
      for (byte[] value : values) {
        if (Arrays.equals(value, 0, value.length, key.bytes(), key.start(), key.end())) {
          return true;
        }
      }
      return false;
    }
  }

  ClickRows(RowSource rows, SessionColumns columns, SessionFormat format) throws IOException {
    this.rows = rows;
    session = new Key(rows, columns.session());
    item = new Key(rows, columns.item());
    timeFields = columns.hasTime() ? new Key(rows, columns.time()).parts() : null;
    user = format.user() == null ? null : new Key(rows, format.user());
    where = new Test[format.where().size()];
    for (int i = 0; i < where.length; i++) {
      Condition condition = format.where().get(i);
      where[i] = new Test(condition, new Key(rows, condition.column()));
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

  /** The fields that were asked for, and what there is in place of those that no row has. */
  Map<String, String> absences() {
    return rows.absences();
  }

  /**
   * Adds to each condition that was tried, if no row met it, the first values that were there;
   * those that a row met are added to {@code met}.
   */
  void conditions(Set<Condition> met, Map<Condition, Set<String>> unmet) {
    for (Test test : where) {
      if (test.met) {
        met.add(test.condition);
      } else if (test.refused > 0) {
        unmet.computeIfAbsent(test.condition, c -> new LinkedHashSet<>()).addAll(test.others);
      }
    }
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
