package io.gru4j.spark;

import io.gru4j.data.SessionColumns;
import io.gru4j.data.SessionFormat;
import java.util.Objects;

/**
 * How clicks stand in a data frame, one a row: as in session files, but for the form of the text. A
 * time may also be a timestamp or a date. Begin with {@link #DEFAULT} and change what differs.
 *
 * @param columns the columns with session, item and time; {@code a+b} joins two
 * @param format conditions, and how times are written; what it says of files is not looked at
 * @param tieBreak a column that orders the clicks of one session at one time, such as the number of
 *     a line; null: they are ordered by their items' bytes
 */
public record FrameFormat(SessionColumns columns, SessionFormat format, String tieBreak) {
  /** {@code SessionId}, {@code ItemId}, {@code Time}; every row is a click. */
  public static final FrameFormat DEFAULT =
      new FrameFormat(SessionColumns.DEFAULT, SessionFormat.DEFAULT, null);

  /** Checks that there are columns and a format. */
  public FrameFormat {
    Objects.requireNonNull(columns, "columns");
    Objects.requireNonNull(format, "format");
  }

  /**
   * Changes the columns.
   *
   * @param columns the columns with session, item and time
   * @return a changed copy
   */
  public FrameFormat withColumns(SessionColumns columns) {
    return new FrameFormat(columns, format, tieBreak);
  }

  /**
   * Changes conditions and the form of times.
   *
   * @param format the format
   * @return a changed copy
   */
  public FrameFormat withFormat(SessionFormat format) {
    return new FrameFormat(columns, format, tieBreak);
  }

  /**
   * Changes the order of clicks at one time.
   *
   * @param tieBreak a column, or null
   * @return a changed copy
   */
  public FrameFormat withTieBreak(String tieBreak) {
    return new FrameFormat(columns, format, tieBreak);
  }
}
