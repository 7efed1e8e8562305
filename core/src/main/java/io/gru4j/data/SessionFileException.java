package io.gru4j.data;

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

  /** Whether only one line is faulty, so that reading can continue with the next. */
  private final boolean ofOneLine;

  private SessionFileException(
      Path file,
      long line,
      String column,
      String value,
      String expected,
      boolean ofOneLine,
      Throwable cause) {
    super(message(file, line, column, value, expected), cause);
    this.file = file.toString();
    this.line = line;
    this.column = column;
    this.value = value;
    this.expected = expected;
    this.ofOneLine = ofOneLine;
  }

  /** A fault after which the file cannot be read on; line 0 if it is a fault of the file itself. */
  static SessionFileException ofFile(Path file, long line, String expected, Throwable cause) {
    return new SessionFileException(file, line, null, null, expected, false, cause);
  }

  /** A fault of one line, not of one value. */
  static SessionFileException ofLine(Path file, long line, String expected) {
    return new SessionFileException(file, line, null, null, expected, true, null);
  }

  /** A fault of one value, or of a column of a line if the value is null. */
  static SessionFileException ofValue(
      Path file, long line, String column, String value, String expected) {
    return new SessionFileException(file, line, column, value, expected, true, null);
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
    return ofOneLine;
  }

  private static String message(
      Path file, long line, String column, String value, String expected) {
    StringBuilder message = new StringBuilder().append(file);
    if (line > 0) {
      message.append(':').append(line);
    }
    message.append(": ");
    if (column != null) {
      message.append(column).append(' ');
    }
    if (value != null) {
      message.append(quoted(value)).append(' ');
    }
    return message.append(expected).toString();
  }

  /** Prepares a value for one line of a message: short, without control characters. */
  static String quoted(String value) {
    StringBuilder text = new StringBuilder("\"");
    int shown =
        value.codePointCount(0, value.length()) > MAX_VALUE_LENGTH
            ? value.offsetByCodePoints(0, MAX_VALUE_LENGTH)
            : value.length();
    for (int i = 0; i < shown; i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\t' -> text.append("\\t");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        default -> {
          if (Character.isISOControl(c)) {
            text.append(String.format("\\u%04x", (int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    return text.append(shown < value.length() ? "..." : "").append('"').toString();
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
