package io.gru4j.bench;

import io.gru4j.data.SequenceBatch;
import io.gru4j.data.SequenceBatches;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Complete histories to predict from, packed by time, made before the clock runs.
 *
 * @param rows sessions
 * @param items shape (clicks), the clicks
 * @param rowsByTime rows of each column, as torch's packed sequences have them
 */
record TorchHistories(int rows, Tensor items, Tensor rowsByTime) {

  static List<TorchHistories> of(SequenceBatches batches) {
    List<TorchHistories> all = new ArrayList<>();
    for (int b = 0; b < batches.size(); b++) {
      SequenceBatch batch = batches.get(b);
      long[] items = new long[(int) batch.numTargets() + batch.rows()];
      long[] rows = new long[batch.width()];
      int n = 0;
      for (int t = 0; t < batch.width(); t++) {
        for (int r = 0; r < batch.rows() && batch.length(r) > t; r++) {
          items[n++] = batch.item(r, t);
          rows[t]++;
        }
      }
      all.add(new TorchHistories(batch.rows(), Tensor.create(items), Tensor.create(rows)));
    }
    return all;
  }
}
