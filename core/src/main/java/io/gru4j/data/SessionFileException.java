package io.gru4j.data;

import io.gru4j.file.OneLine;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A fault in a file of sessions or interactions.
 *
 * <p>The message reads {@code sessions.tsv:1041: Time "12:30" is not a number}: file, line, column
 * and value where they are known, and what is wrong.
 */
public final class SessionFileException extends IOException {
  private static final long serialVersionUID = 1;
  private static final int MAX_VALUE_LENGTH = 80;

  /** The file; a string because a Path is not serializable. */
  private final String file;

  /** The line from 1, or 0. */
  private final long line;

  /** The column's name, or null. */
  private final String column;

  /** The value, or null. */
  private final String value;

  /** What is wrong or expected. */
  private final String expected;

  /** What the fault is of. */
  private final Kind kind;

  /** What a fault is of, for callers who can say what helps. */
  public enum Kind {
    /** The file as a whole. */
    FILE,
    /** A column that the header does not have. */
    MISSING_COLUMN,
    /** One line only: reading can go on with the next. */
    LINE,
    /** More bad lines than may be skipped. */
    TOO_MANY_BAD_LINES
  }

  private SessionFileException(
      Path file,
      long line,
      String column,
      String value,
      String expected,
      Kind kind,
      Throwable cause) {
    super(message(file, line, column, value, expected), cause);
    this.file = file.toString();
    this.line = line;
    this.column = column;
    this.value = value;
    this.expected = expected;
    this.kind = kind;
  }

  /** A fault after which the file cannot be read on; line 0 if it is a fault of the file itself. */
  static SessionFileException ofFile(Path file, long line, String expected, Throwable cause) {
    return ofFile(Kind.FILE, file, line, expected, cause);
  }

  /** As {@link #ofFile(Path, long, String, Throwable)}, of another kind. */
  static SessionFileException ofFile(
      Kind kind, Path file, long line, String expected, Throwable cause) {
    return new SessionFileException(file, line, null, null, expected, kind, cause);
  }

  /** A fault of one line, not of one value. */
  static SessionFileException ofLine(Path file, long line, String expected) {
    return new SessionFileException(file, line, null, null, expected, Kind.LINE, null);
  }

  /** A fault of one value, or of a column of a line if the value is null. */
  static SessionFileException ofValue(
      Path file, long line, String column, String value, String expected) {
    return new SessionFileException(file, line, column, value, expected, Kind.LINE, null);
  }

  /** The heap cannot hold the data of the file; {@code read} says how much was read. */
  static SessionFileException heapFull(Path file, String read, OutOfMemoryError cause) {
    long heap = Runtime.getRuntime().maxMemory() >> 20;
    return ofFile(
        file,
        0,
        "the heap of %d MiB is full after %s; give the JVM more (-Xmx)".formatted(heap, read),
        cause);
  }

  boolean isOfOneLine() {
    return kind == Kind.LINE;
  }

  /**
   * Returns what the fault is of.
   *
   * @return the kind
   */
  public Kind kind() {
    return kind;
  }

  private static String message(
      Path file, long line, String column, String value, String expected) {
    StringBuilder message = new StringBuilder().append(OneLine.of(file.toString()));
    if (line > 0) {
      message.append(':').append(line);
    }
    message.append(": ");
    if (column != null) {
      message.append(OneLine.of(column, MAX_VALUE_LENGTH)).append(' ');
    }
    if (value != null) {
      message.append(quoted(value)).append(' ');
    }
    return message.append(expected).toString();
  }

  /** Makes a value fit for one line of a message. */
  static String quoted(String value) {
    return OneLine.quoted(value, MAX_VALUE_LENGTH);
  }

  /**
   * Returns the file the fault is in.
   *
   * @return the path as it was given
   */
  public String file() {
    return file;
  }

  /**
   * Returns the line the fault is in.
   *
   * @return the line from 1, or 0 if the fault is not of one line
   */
  public long line() {
    return line;
  }

  /**
   * Returns the column the fault is in.
   *
   * @return its name, or null if the fault is not of one column
   */
  public String column() {
    return column;
  }

  /**
   * Returns the value that is wrong.
   *
   * @return the text in the file, or null if there is none to show
   */
  public String value() {
    return value;
  }

  /**
   * Returns what is wrong with it and what would be right.
   *
   * @return the end of the message
   */
  public String expected() {
    return expected;
  }
}
