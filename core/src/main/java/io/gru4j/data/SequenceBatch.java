package io.gru4j.data;

import java.util.Objects;

/**
 * A padded batch of histories, one row a user, longest first.
 *
 * <p>Row {@code r} holds its items in columns 0..length(r)-1 and the pad token after them. The
 * target of a column is the item in the next one.
 */
public final class SequenceBatch {
  private final InteractionMatrix sessions;
  private final int[] users; // of all batches; this one is [first, first + rows)
  private final int first;
  private final int rows;
  private final int width;
  private final int[] activeRows; // by column
  private final long numTargets;

  SequenceBatch(InteractionMatrix sessions, int[] users, int from, int to) {
    this.sessions = sessions;
    this.users = users;
    this.first = from;
    this.rows = to - from;
    this.width = sessions.historyLength(users[from]);
    this.activeRows = new int[width];
    long targets = 0;
    int row = rows;
    for (int t = 0; t < width; t++) {
      while (row > 0 && sessions.historyLength(users[from + row - 1]) <= t + 1) {
        row--;
      }
      activeRows[t] = row;
      targets += row;
    }
    this.numTargets = targets;
  }

  /**
   * Returns the number of users (B).
   *
   * @return the number of rows, at least 1
   */
  public int rows() {
    return rows;
  }

  /**
   * Returns the length of the longest history (T).
   *
   * @return the number of columns, at least 1
   */
  public int width() {
    return width;
  }

  /**
   * Returns the user of a row.
   *
   * @param row in [0, rows)
   * @return the user's number in the matrix
   */
  public int user(int row) {
    return users[first + Objects.checkIndex(row, rows)];
  }

  /**
   * Returns the length of a row's history.
   *
   * @param row in [0, rows)
   * @return the number of items, at least 1; never greater than that of the row before
   */
  public int length(int row) {
    return sessions.historyLength(user(row));
  }

  /**
   * Returns the item in a column.
   *
   * @param row in [0, rows)
   * @param t column in [0, width)
   * @return the item, or the pad token where {@code t >= length(row)}
   */
  public int item(int row, int t) {
    Objects.checkIndex(t, width);
    int user = user(row);
    return t < sessions.historyLength(user) ? sessions.item(user, t) : sessions.numItems();
  }

  /**
   * Returns the item to predict in a column.
   *
   * @param row in [0, rows)
   * @param t column in [0, width)
   * @return the item of column {@code t + 1}, or the pad token where there is none
   */
  public int target(int row, int t) {
    return Objects.checkIndex(t, width) + 1 < width ? item(row, t + 1) : padToken(row);
  }

  private int padToken(int row) {
    Objects.checkIndex(row, rows);
    return sessions.numItems();
  }

  /**
   * Returns how many rows have a target in a column. As the longest come first, these are the rows
   * 0..activeRows(t)-1.
   *
   * @param t column in [0, width)
   * @return the number of rows longer than {@code t + 1}
   */
  public int activeRows(int t) {
    return activeRows[Objects.checkIndex(t, width)];
  }

  /**
   * Returns the number of targets that are not the pad token.
   *
   * @return the sum of {@link #activeRows} over all columns
   */
  public long numTargets() {
    return numTargets;
  }
}
