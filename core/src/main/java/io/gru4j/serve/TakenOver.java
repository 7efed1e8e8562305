package io.gru4j.serve;

import java.util.List;

/**
 * A session that began under an earlier model.
 *
 * @param session the session, under the model of now
 * @param unknown ids of items that the earlier model knew and this one does not, one for each click
 *     that the session has therefore left out
 */
public record TakenOver(Session session, List<String> unknown) {
  /** Copies the list. */
  public TakenOver {
    unknown = List.copyOf(unknown);
  }
}
