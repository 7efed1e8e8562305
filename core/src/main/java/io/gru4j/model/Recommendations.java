package io.gru4j.model;

import java.util.List;

/**
 * The items recommended for a session, and the ids of the session that could not be used.
 * Immutable.
 *
 * @param items the recommended items, best first; empty if no item of the session is known
 * @param unknown ids of the session that the model does not know, in the session's order, as often
 *     as they are there
 */
public record Recommendations(List<Recommendation> items, List<String> unknown) {
  /** Copies the lists. */
  public Recommendations {
    items = List.copyOf(items);
    unknown = List.copyOf(unknown);
  }
}
