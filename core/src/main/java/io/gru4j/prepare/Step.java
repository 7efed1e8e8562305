package io.gru4j.prepare;

import io.gru4j.data.Clicks;

/** A rule that makes clicks of clicks. */
public sealed interface Step
    permits SessionGap, Where, CollapseRepeats, MaximumLength, MinimumCounts {

  /**
   * Applies the rule.
   *
   * @param clicks any clicks
   * @return the clicks that are left, perhaps in other sessions
   * @throws IllegalArgumentException if the rule needs to know what a tick of time is, and the
   *     clicks do not tell
   */
  Clicks apply(Clicks clicks);

  /**
   * Names the rule.
   *
   * @return a few words for a table
   */
  String rule();
}
