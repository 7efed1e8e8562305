package io.gru4j.model;

import java.util.List;

/**
 * Why an item has its score after a session. Immutable.
 *
 * @param item the item's id
 * @param score its logit after the session
 * @param probability that of the item among all items after the session, by the softmax over the
 *     whole catalogue: what the model was trained to say, if it was trained with cross-entropy
 *     against the catalogue
 * @param clicks one for each click on an item that the model knows, the oldest first
 */
public record Explanation(String item, float score, double probability, List<Contribution> clicks) {
  /** Copies the list. */
  public Explanation {
    clicks = List.copyOf(clicks);
  }
}
