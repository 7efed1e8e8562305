package io.gru4j.prepare;

import io.gru4j.data.Clicks;

/**
 * Deals with sessions that are too long to be a person's: robots, a shop's own machines.
 *
 * @param clicks the most clicks of a session, at least 1
 * @param longer what is done with longer ones
 */
public record MaximumLength(int clicks, Longer longer) implements Step {
  /** What is done with a session that is too long. */
  public enum Longer {
    /** Its first clicks are kept. */
    CUT,
    /** It is dropped. */
    DROP
  }

  /**
   * Checks the length.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public MaximumLength {
    if (clicks < 1) {
      throw new IllegalArgumentException("a session has at least 1 click, got " + clicks);
    }
  }

  @Override
  public Clicks apply(Clicks all) {
    if (longer == Longer.DROP) {
      return all.keepSessions(session -> all.length(session) <= clicks);
    }
    int[] session = {0};
    return all.keepClicks(
        click -> {
          session[0] += click == all.start(session[0] + 1) ? 1 : 0;
          return click - all.start(session[0]) < clicks;
        });
  }

  @Override
  public String rule() {
    return (longer == Longer.CUT ? "sessions cut to " : "sessions dropped over ")
        + clicks
        + " clicks";
  }
}
