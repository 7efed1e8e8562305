package io.gru4j.bench;

import org.bytedeco.pytorch.Tensor;

/**
 * The data of one step of libtorch against shared samples, made before the clock runs.
 *
 * @param rows n tracks that have a target
 * @param active shape (n), which tracks; null for all of them
 * @param goesOn shape (n, 1), 0 where a session begins, 1 elsewhere; null if none begins
 * @param items shape (n), the clicks
 * @param columns shape (C), the clicks that follow, then the samples
 * @param columnsAndItems shape (C + n)
 * @param correction shape (1, C), what is taken off the score of a column
 */
record TorchSampledStep(
    int rows,
    Tensor active,
    Tensor goesOn,
    Tensor items,
    Tensor columns,
    Tensor columnsAndItems,
    Tensor correction) {

  /** Frees the tensors. */
  void close() {
    for (Tensor t : new Tensor[] {active, goesOn, items, columns, columnsAndItems, correction}) {
      if (t != null) {
        t.close();
      }
    }
  }
}
