package io.gru4j.serve;

import java.util.function.IntPredicate;

/**
 * Tells which items a filter excludes for a session. Items are asked in ascending order, so two
 * sorted arrays are read once, and a pass over the catalogue costs no more than their lengths.
 */
final class Exclusion implements IntPredicate {
  private static final int[] NONE = {};

  private int[] excluded;
  private int nextExcluded;
  private int[] seen;
  private int seenCount;
  private int nextSeen;

  /** Starts again at item 0. */
  void start(Session session, ItemFilter filter) {
    excluded = filter.excluded().isPresent() ? filter.excluded().get().numbers() : NONE;
    seen = session.seen();
    seenCount = filter.unseenOnly() ? session.seenCount() : 0;
    nextExcluded = 0;
    nextSeen = 0;
  }

  /** Lets go of the session and of the filter. */
  void clear() {
    excluded = NONE;
    seen = NONE;
    seenCount = 0;
  }

  /** Whether there is anything to exclude. */
  boolean isEmpty() {
    return excluded.length == 0 && seenCount == 0;
  }

  @Override
  public boolean test(int item) {
    while (nextExcluded < excluded.length && excluded[nextExcluded] < item) {
      nextExcluded++;
    }
    while (nextSeen < seenCount && seen[nextSeen] < item) {
      nextSeen++;
    }
    return nextExcluded < excluded.length && excluded[nextExcluded] == item
        || nextSeen < seenCount && seen[nextSeen] == item;
  }
}
