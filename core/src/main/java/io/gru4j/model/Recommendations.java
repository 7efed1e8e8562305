package io.gru4j.model;

import java.util.List;

/**
 * What a session is recommended, and what could not be used of it. Immutable.
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
