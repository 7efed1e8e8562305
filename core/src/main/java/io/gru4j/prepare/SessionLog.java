package io.gru4j.prepare;

import io.gru4j.data.TimeScale;

/**
 * Sessions that rules are applied to, wherever their clicks are kept: {@link ClicksLog} has them in
 * arrays, others may have them on many machines. {@link Preparation} says which rules come in which
 * order, a log does what has to look at all clicks.
 *
 * <p>Immutable: each rule makes a new log. Times are ticks of {@link #scale}.
 *
 * @param <L> the log itself
 */
public interface SessionLog<L extends SessionLog<L>> {
  /**
   * Returns what the times are.
   *
   * @return their scale
   */
  TimeScale scale();

  /**
   * Returns the number of clicks.
   *
   * @return the clicks of all sessions
   */
  long numClicks();

  /**
   * Returns the number of sessions.
   *
   * @return the sessions, each with at least one click
   */
  long numSessions();

  /**
   * Counts clicks, sessions and items.
   *
   * @return the counts
   */
  Counts counts();

  /**
   * Applies a rule that looks at one session at a time, so at no {@link MinimumCounts}.
   *
   * @param step the rule
   * @return the sessions that are left
   * @throws IllegalArgumentException if the rule needs to know what a tick of time is, and the
   *     clicks do not tell
   */
  L withinSessions(Step step);

  /**
   * Keeps long sessions.
   *
   * @param clicks the fewest clicks of a session
   * @return the sessions that are left
   */
  L longEnough(int clicks);

  /**
   * Keeps clicks on frequent items, and those that are left out.
   *
   * @param clicks the fewest clicks of an item
   * @return the clicks that are left
   */
  L onFrequentItems(int clicks);

  /**
   * Keeps the sessions that start at a time or later.
   *
   * @param time ticks
   * @return the sessions that are left
   */
  L startingFrom(long time);

  /**
   * Keeps the sessions that start before a time.
   *
   * @param time ticks
   * @return the sessions that are left
   */
  L startingBefore(long time);

  /**
   * Keeps the clicks before a time.
   *
   * @param time ticks
   * @return the clicks that are left
   */
  L clicksBefore(long time);

  /**
   * Keeps clicks on the items of another log.
   *
   * @param other a log of the same origin
   * @return the clicks that are left
   */
  L onItemsOf(L other);

  /**
   * Returns the time of the last click.
   *
   * @return ticks; there is at least one click
   */
  long lastTime();

  /**
   * Returns the start of a session.
   *
   * @param rank its place by start, in [0, numSessions)
   * @return ticks
   */
  long start(long rank);
}
