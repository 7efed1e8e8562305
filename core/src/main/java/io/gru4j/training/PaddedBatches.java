package io.gru4j.training;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SequenceBatch;
import io.gru4j.data.SequenceBatches;

/**
 * RecPack's batches: some sessions side by side, cut into chunks of at most {@code bptt} columns.
 *
 * <p>A row's last item has no target; running the GRU over it would change neither the loss nor a
 * later chunk, so it is left out.
 */
final class PaddedBatches implements EpochBatches {
  private final InteractionMatrix sessions;
  private final SessionOrdering ordering;
  private final int batchSize;
  private final int bptt;
  private SequenceBatches batches;
  private int[][] chunkWidths;

  PaddedBatches(InteractionMatrix sessions, SessionOrdering ordering, int batchSize, int bptt) {
    this.sessions = sessions;
    this.ordering = ordering;
    this.batchSize = batchSize;
    this.bptt = bptt;
    cut(0);
  }

  private void cut(int epoch) {
    batches = SequenceBatches.of(sessions, ordering.users(epoch), batchSize);
    chunkWidths = new int[batches.size()][];
    for (int i = 0; i < chunkWidths.length; i++) {
      chunkWidths[i] = SequenceBatches.chunkWidths(batches.get(i).width(), bptt);
    }
  }

  @Override
  public void begin(int epoch) {
    if (ordering.changes()) {
      cut(epoch);
    }
  }

  @Override
  public int size() {
    return batches.size();
  }

  @Override
  public int rows(int batch) {
    return batches.get(batch).rows();
  }

  @Override
  public int chunks(int batch) {
    return chunkWidths[batch].length;
  }

  @Override
  public long numTargets() {
    return batches.numTargets();
  }

  @Override
  public int fill(Chunk chunk, int batch, int number) {
    SequenceBatch b = batches.get(batch);
    int[] widths = chunkWidths[batch];
    int from = 0;
    for (int i = 0; i < number; i++) {
      from += widths[i];
    }
    int width = widths[number];
    int T = 0;
    int total = 0;
    while (T < width && b.activeRows(from + T) > 0) {
      total += b.activeRows(from + T++);
    }
    chunk.reserve(width, total);
    int m = 0;
    for (int t = 0; t < T; t++) {
      chunk.activeRows[t] = b.activeRows(from + t);
      for (int r = 0; r < chunk.activeRows[t]; r++) {
        chunk.items[m] = b.item(r, from + t);
        chunk.targets[m++] = b.target(r, from + t);
      }
    }
    chunk.T = T;
    chunk.numTargets = total;
    chunk.fromTrack = null;
    return width;
  }
}
