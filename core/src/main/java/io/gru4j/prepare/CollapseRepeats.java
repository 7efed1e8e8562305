package io.gru4j.prepare;

import io.gru4j.data.Clicks;

/** Of clicks on one item that follow each other in a session, keeps the first. */
public record CollapseRepeats() implements Step {

  @Override
  public Clicks apply(Clicks clicks) {
    int[] next = {0}; // the session whose first click was not seen
    return clicks.keepClicks(
        click -> {
          boolean first = click == clicks.start(next[0]);
          next[0] += first ? 1 : 0;
          return first || clicks.item(click) != clicks.item(click - 1);
        });
  }

  @Override
  public String rule() {
    return "repeats of an item collapsed";
  }
}
