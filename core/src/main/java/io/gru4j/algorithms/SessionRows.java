package io.gru4j.algorithms;

import io.gru4j.data.InteractionMatrix;
import java.util.Arrays;

/** Collects sessions for a new matrix, with other numbers of users and items. */
final class SessionRows {
  private int[] users = new int[1024];
  private int[] items = new int[1024];
  private double[] times = new double[1024];
  private int n;

  /**
   * Adds a session.
   *
   * @param from where it is user {@code user}
   * @param as its number in the new matrix
   * @param to the new number of each item; negative: its clicks are left out
   * @return whether any click was added
   */
  boolean add(InteractionMatrix from, int user, int as, int[] to) {
    int before = n;
    for (int i = 0; i < from.historyLength(user); i++) {
      int item = to[from.item(user, i)];
      if (item >= 0) {
        if (n == users.length) {
          grow();
        }
        users[n] = as;
        items[n] = item;
        times[n++] = from.timestamp(user, i);
      }
    }
    return n > before;
  }

  /** Adds all sessions, as users from {@code first} on. */
  SessionRows addAll(InteractionMatrix from, int first, int[] to) {
    for (int user = 0; user < from.numUsers(); user++) {
      add(from, user, first + user, to);
    }
    return this;
  }

  private void grow() {
    int capacity = Math.addExact(n, (n >> 1) + 1);
    users = Arrays.copyOf(users, capacity);
    items = Arrays.copyOf(items, capacity);
    times = Arrays.copyOf(times, capacity);
  }

  /** Makes the matrix. */
  InteractionMatrix matrix(int numUsers, int numItems) {
    return InteractionMatrix.of(
        numUsers,
        numItems,
        Arrays.copyOf(users, n),
        Arrays.copyOf(items, n),
        Arrays.copyOf(times, n));
  }
}
