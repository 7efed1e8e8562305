package io.gru4j.prepare;

import io.gru4j.data.Clicks;

/**
 * How much there is.
 *
 * @param clicks rows
 * @param sessions with a click
 * @param items with a click
 */
public record Counts(long clicks, long sessions, long items) {

  /**
   * Counts.
   *
   * @param clicks what is counted
   * @return its counts
   */
  public static Counts of(Clicks clicks) {
    return new Counts(clicks.numClicks(), clicks.numSessions(), clicks.numItems());
  }
}
