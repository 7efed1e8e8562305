package io.gru4j.data;

/**
 * The names of the columns a session file is read from. Of a table without a header they are
 * numbers from 1, of JSON Lines they are paths such as {@code events[].aid}. {@code a+b} joins two
 * columns to one id; as a time it adds a date and milliseconds.
 *
 * @param session the column with the session's id
 * @param item the column with the item's id
 * @param time the column with the time of the click, or {@link #NO_TIME}
 */
public record SessionColumns(String session, String item, String time) {

  /** {@code SessionId}, {@code ItemId}, {@code Time}. */
  public static final SessionColumns DEFAULT = new SessionColumns("SessionId", "ItemId", "Time");

  /** In the place of a time: clicks are in the order of the file, numbered from 0. */
  public static final String NO_TIME = "none";

  /**
   * Checks the names.
   *
   * @throws IllegalArgumentException if a name is empty or two are equal
   */
  public SessionColumns {
    if (session.isEmpty() || item.isEmpty() || time.isEmpty()) {
      throw new IllegalArgumentException("a column needs a name");
    }
    if (session.equals(item) || session.equals(time) || item.equals(time)) {
      throw new IllegalArgumentException(
          "the columns for session, item and time must be three, got "
              + session
              + ", "
              + item
              + ", "
              + time);
    }
  }

  /**
   * Returns whether there is a column with the time.
   *
   * @return false if the time is the order in the file
   */
  public boolean hasTime() {
    return !time.equals(NO_TIME);
  }
}
