package io.gru4j.bench;

import io.gru4j.data.SequenceBatch;
import io.gru4j.data.SequenceBatches;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The data of one optimizer step of libtorch, made before the clock runs: the clicks of a chunk of
 * columns that have a target, packed by time.
 *
 * @param beginsBatch whether the hidden state starts from zero
 * @param rows sessions that still have a target in the first column
 * @param numTargets clicks with a target
 * @param items shape (numTargets), the clicks
 * @param targets shape (numTargets), the clicks that follow
 * @param rowsByTime rows of each column, as torch's packed sequences have them
 */
record TorchChunk(
    boolean beginsBatch,
    int rows,
    int numTargets,
    Tensor items,
    Tensor targets,
    Tensor rowsByTime) {

  /** Cuts an epoch into chunks of at most {@code bptt} columns. */
  static List<TorchChunk> of(SequenceBatches batches, int bptt) {
    List<TorchChunk> chunks = new ArrayList<>();
    for (int b = 0; b < batches.size(); b++) {
      SequenceBatch batch = batches.get(b);
      int from = 0;
      for (int width : SequenceBatches.chunkWidths(batch.width(), bptt)) {
        if (batch.activeRows(from) > 0) {
          chunks.add(chunk(batch, from, width));
        }
        from += width;
      }
    }
    return chunks;
  }

  private static TorchChunk chunk(SequenceBatch batch, int from, int width) {
    long[] items = new long[width * batch.activeRows(from)];
    long[] targets = new long[items.length];
    long[] rows = new long[width];
    int n = 0;
    int steps = 0;
    for (int t = from; t < from + width && batch.activeRows(t) > 0; t++) {
      rows[steps++] = batch.activeRows(t);
      for (int r = 0; r < batch.activeRows(t); r++) {
        items[n] = batch.item(r, t);
        targets[n++] = batch.target(r, t);
      }
    }
    return new TorchChunk(
        from == 0,
        batch.activeRows(from),
        n,
        Tensor.create(Arrays.copyOf(items, n)),
        Tensor.create(Arrays.copyOf(targets, n)),
        Tensor.create(Arrays.copyOf(rows, steps)));
  }
}
