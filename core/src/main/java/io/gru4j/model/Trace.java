package io.gru4j.model;

import java.util.List;

/**
 * What the gates of the network did in a session, click by click. Immutable, but for the arrays,
 * which belong to the caller.
 *
 * @param items the clicked items' ids, those that the model knows, the oldest first
 * @param layers one for each GRU layer, from the embedding up
 */
public record Trace(List<String> items, List<Layer> layers) {
  /** Copies the lists. */
  public Trace {
    items = List.copyOf(items);
    layers = List.copyOf(layers);
  }

  /**
   * One layer. All arrays have a row for each click and a column for each hidden unit. With h the
   * state before the click, {@code state = (1 - update) * candidate + update * h} (Cho et al. 2014,
   * arXiv:1406.1078, equation 7, with the update gate as torch has it).
   *
   * @param reset r, in (0, 1): how much of the state before goes into the candidate
   * @param update z, in (0, 1): how much of the state before is kept
   * @param candidate n, in (-1, 1): the new gate, the state that the click proposes
   * @param state h after the click, in (-1, 1)
   */
  public record Layer(float[][] reset, float[][] update, float[][] candidate, float[][] state) {}
}
