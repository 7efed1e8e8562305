package io.gru4j.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Reads rows that stand elsewhere than in files, such as in a data frame, as clicks, by the rules
 * of {@link SessionFiles}: ids, joined columns, conditions, and times, of which the first row's
 * decides the form of all.
 *
 * <p>For one thread at a time. After {@link #read} the other methods tell what it has read.
 */
public final class RowReader {
  private final Fields fields;
  private final ClickRows rows;
  private final TimeReader time;
  private final boolean withLeftOut;
  private boolean accepted;

  /**
   * Makes a reader.
   *
   * @param source what the rows are of, for messages
   * @param available the columns that rows have
   * @param columns the names of those with session, item and time
   * @param format conditions, and how times are written; the rest is not looked at
   * @param withLeftOut whether rows that do not meet the conditions are clicks too, on no item
   * @throws IllegalArgumentException if a column is not there, or there is none with the time:
   *     these rows have no order
   */
  public RowReader(
      String source,
      List<String> available,
      SessionColumns columns,
      SessionFormat format,
      boolean withLeftOut) {
    if (!columns.hasTime()) {
      throw new IllegalArgumentException(source + ": rows have no order, a time is needed");
    }
    fields = new Fields(source, available);
    try {
      rows = new ClickRows(fields, columns, format);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // text in memory
    }
    time = new TimeReader(format, true);
    this.withLeftOut = withLeftOut;
  }

  /**
   * Returns the columns that are read.
   *
   * @return their names, in the order in which {@link #read} takes their values
   */
  public List<String> columns() {
    return List.copyOf(fields.wanted);
  }

  /**
   * Reads a row.
   *
   * @param values the texts of {@link #columns}; null is an empty one
   * @return whether it is a click; false if it does not meet the conditions, and such rows are none
   * @throws SessionFileException if session or item is empty, or the time is none or of another
   *     form than those before
   */
  public boolean read(String[] values) throws SessionFileException {
    fields.set(values);
    accepted = rows.accepted();
    if (!accepted && !withLeftOut) {
      return false;
    }
    rows.readTime(time, 0);
    rows.session();
    if (accepted) {
      rows.item();
    }
    return true;
  }

  /**
   * Returns the row's session.
   *
   * @return its id
   * @throws SessionFileException never after {@link #read}
   */
  public String session() throws SessionFileException {
    return text(rows.session());
  }

  /**
   * Returns the row's item.
   *
   * @return its id; null if the row does not meet the conditions
   * @throws SessionFileException never after {@link #read}
   */
  public String item() throws SessionFileException {
    return accepted ? text(rows.item()) : null;
  }

  /**
   * Returns the row's time.
   *
   * @return nanoseconds since 1970 where times are dates, else the digits of a number without its
   *     point
   */
  public long time() {
    return time.exact();
  }

  /**
   * Returns where the point of the row's time was.
   *
   * @return how many digits stand behind it, 0 to 18; 0 for a date
   */
  public int decimals() {
    return time.decimals();
  }

  /**
   * Returns the form of the times.
   *
   * @return whether they are dates, not numbers
   */
  public boolean hasDates() {
    return time.isDate();
  }

  private static String text(Key key) {
    return new String(key.bytes(), key.start(), key.end() - key.start(), StandardCharsets.UTF_8);
  }

  /** One row, its fields one after the other in a buffer. */
  private static final class Fields implements RowSource {
    private final Path source;
    private final List<String> available;
    private final List<String> wanted = new ArrayList<>();
    private byte[] buffer = new byte[64];
    private int[] ends = {0};

    Fields(String source, List<String> available) {
      this.source = Path.of(source);
      this.available = available;
    }

    void set(String[] values) {
      int n = 0;
      ends = Arrays.copyOf(ends, values.length + 1);
      for (int i = 0; i < values.length; i++) {
        byte[] bytes = values[i] == null ? new byte[0] : values[i].getBytes(StandardCharsets.UTF_8);
        if (n + bytes.length > buffer.length) {
          buffer = Arrays.copyOf(buffer, 2 * (n + bytes.length));
        }
        System.arraycopy(bytes, 0, buffer, n, bytes.length);
        n += bytes.length;
        ends[i + 1] = n;
      }
    }

    @Override
    public boolean has(String name) {
      return available.contains(name);
    }

    @Override
    public int want(String name) {
      if (!has(name)) {
        throw new IllegalArgumentException(
            source + ": has no column " + name + ", it has " + ColumnNames.shown(available));
      }
      if (!wanted.contains(name)) {
        wanted.add(name);
      }
      return wanted.indexOf(name);
    }

    @Override
    public boolean next() {
      return false;
    }

    @Override
    public Map<String, String> absences() {
      return Map.of();
    }

    @Override
    public byte[] buffer() {
      return buffer;
    }

    @Override
    public int start(int wanted) {
      return ends[wanted];
    }

    @Override
    public int end(int wanted) {
      return ends[wanted + 1];
    }

    @Override
    public long line() {
      return 0;
    }

    @Override
    public SessionFileException fault(int column, String expected) {
      String value =
          new String(buffer, ends[column], end(column) - ends[column], StandardCharsets.UTF_8);
      return SessionFileException.ofValue(
          source, 0, wanted.get(column), value.isEmpty() ? null : value, expected);
    }

    @Override
    public void close() {}
  }
}
