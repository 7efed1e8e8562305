package io.gru4j.data;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Sessions cut in two by time: older ones to train on, newer ones to validate with. Sessions are
 * never cut; both sides keep the shape of the matrix and the numbers of the users.
 *
 * {@snippet class="io.gru4j.JavadocExamplesTest" region="split"}
 *
 * @param train the older sessions
 * @param validation the newer sessions
 */
public record SessionSplit(InteractionMatrix train, InteractionMatrix validation) {

  /**
   * Checks the shapes.
   *
   * @throws IllegalArgumentException if the shapes differ
   */
  public SessionSplit {
    if (!train.sameShape(validation)) {
      throw new IllegalArgumentException(
          "train and validation must have the same shape, got " + train + " and " + validation);
    }
  }

  /**
   * Sets the newest sessions aside.
   *
   * @param data the sessions
   * @param fraction in (0, 1)
   * @return the two sides
   * @throws IllegalArgumentException as {@link #byFraction(InteractionMatrix, double)}
   */
  public static SessionSplit byFraction(SessionData data, double fraction) {
    return byFraction(data.interactions(), fraction);
  }

  /**
   * Sets the newest sessions aside: the share {@code fraction} of the sessions that have an
   * interaction, rounded to the nearest number, at least one and not all. A session is as old as
   * its first click; of sessions of the same age those with the greater number are newer.
   *
   * @param sessions the sessions, with timestamps
   * @param fraction in (0, 1)
   * @return the two sides
   * @throws IllegalArgumentException if the fraction is not in (0, 1), there are no timestamps or
   *     fewer than two sessions
   */
  public static SessionSplit byFraction(InteractionMatrix sessions, double fraction) {
    if (!(fraction > 0 && fraction < 1)) {
      throw new IllegalArgumentException(
          "the validation fraction must be above 0 and below 1, got " + fraction);
    }
    requireSplittable(sessions);
    int[] users = sessions.activeUsers();
    int n = users.length;
    int newest = Math.clamp(Math.round(fraction * n), 1, n - 1);
    double[] starts = new double[n];
    for (int i = 0; i < n; i++) {
      starts[i] = sessions.timestamp(users[i], 0);
    }
    new StableSort().sort(starts, users, 0, n);
    BitSet validation = new BitSet(sessions.numUsers());
    for (int user : Arrays.copyOfRange(users, n - newest, n)) {
      validation.set(user);
    }
    return split(sessions, validation);
  }

  /**
   * Sets the sessions aside that start at or after a time.
   *
   * @param data the sessions
   * @param time the time
   * @return the two sides
   * @throws IllegalArgumentException as {@link #byTime(InteractionMatrix, double)}
   */
  public static SessionSplit byTime(SessionData data, double time) {
    return byTime(data.interactions(), time);
  }

  /**
   * Sets the sessions aside that start at or after a time.
   *
   * @param sessions the sessions, with timestamps
   * @param time the time
   * @return the two sides
   * @throws IllegalArgumentException if there are no timestamps, fewer than two sessions, or all
   *     sessions are on one side
   */
  public static SessionSplit byTime(InteractionMatrix sessions, double time) {
    requireSplittable(sessions);
    double first = Double.POSITIVE_INFINITY;
    double last = Double.NEGATIVE_INFINITY;
    BitSet validation = new BitSet(sessions.numUsers());
    for (int user : sessions.activeUsers()) {
      double start = sessions.timestamp(user, 0);
      validation.set(user, start >= time);
      first = Math.min(first, start);
      last = Math.max(last, start);
    }
    if (!(time > first && time <= last)) {
      throw new IllegalArgumentException(
          "time " + time + " leaves one side empty: sessions start from " + first + " to " + last);
    }
    return split(sessions, validation);
  }

  private static void requireSplittable(InteractionMatrix sessions) {
    if (!sessions.hasTimestamps()) {
      throw new IllegalArgumentException(
          "a split by time needs timestamps, " + sessions + " has none");
    }
    if (sessions.numActiveUsers() < 2) {
      throw new IllegalArgumentException(
          "a split needs two sessions or more, " + sessions + " has " + sessions.numActiveUsers());
    }
  }

  private static SessionSplit split(InteractionMatrix sessions, BitSet validation) {
    return new SessionSplit(
        sessions.filter((user, at) -> !validation.get(user)),
        sessions.filter((user, at) -> validation.get(user)));
  }
}
