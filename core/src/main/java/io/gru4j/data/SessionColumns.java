package io.gru4j.data;

/**
 * The names of the columns a session file is read from.
 *
 * @param session the column with the session's id
 * @param item the column with the item's id
 * @param time the column with the time of the click
 */
public record SessionColumns(String session, String item, String time) {

  /** {@code SessionId}, {@code ItemId}, {@code Time}. */
  public static final SessionColumns DEFAULT = new SessionColumns("SessionId", "ItemId", "Time");

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
}
