package io.gru4j.prepare;

import io.gru4j.data.Clicks;

/**
 * Drops sessions that are too short and items that are too rare, again and again until nothing
 * changes: each may make the other. What is left does not depend on which goes first.
 *
 * @param itemClicks the fewest clicks of an item, at least 1
 * @param sessionLength the fewest clicks of a session, at least 1
 */
public record MinimumCounts(int itemClicks, int sessionLength) implements Step {
  /**
   * Checks the counts.
   *
   * @throws IllegalArgumentException if one is less than 1
   */
  public MinimumCounts {
    if (itemClicks < 1 || sessionLength < 1) {
      throw new IllegalArgumentException(
          "the least counts are at least 1, got " + itemClicks + " and " + sessionLength);
    }
  }

  @Override
  public Clicks apply(Clicks clicks) {
    return applyTo(new ClicksLog(clicks)).clicks();
  }

  <L extends SessionLog<L>> L applyTo(L log) {
    L left = log;
    long before;
    do {
      before = left.numClicks();
      left = left.longEnough(sessionLength).onFrequentItems(itemClicks);
    } while (left.numClicks() < before);
    return left;
  }

  @Override
  public String rule() {
    String sessions = "sessions of " + sessionLength + " clicks or more";
    String items = "items of " + itemClicks + " clicks or more";
    return itemClicks == 1
        ? sessions
        : sessionLength == 1 ? items : items + ", " + sessions + ", until nothing changes";
  }
}
