package io.gru4j.prepare;

import io.gru4j.data.Clicks;
import java.time.Duration;

/**
 * Begins a new session where more than a gap passes between two clicks of one session: what a
 * person clicks becomes sessions. All ids get {@code #1}, {@code #2}, ...
 *
 * @param gap above 0; exactly as much passes within a session
 */
public record SessionGap(Duration gap) implements Step {
  /**
   * Checks the gap.
   *
   * @throws IllegalArgumentException if it is not above 0
   */
  public SessionGap {
    if (gap.isZero() || gap.isNegative()) {
      throw new IllegalArgumentException("a session's gap must be above 0, got " + gap);
    }
  }

  @Override
  public Clicks apply(Clicks clicks) {
    long ticks = clicks.scale().ticks(gap);
    return clicks.split(click -> clicks.time(click) - clicks.time(click - 1) > ticks);
  }

  @Override
  public String rule() {
    return "a gap over " + Durations.words(gap) + " begins a session";
  }
}
