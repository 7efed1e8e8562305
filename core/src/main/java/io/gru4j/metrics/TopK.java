package io.gru4j.metrics;

import io.gru4j.data.CsrMatrix;
import java.util.Arrays;

/**
 * Finds the K best entries of rows of a sparse matrix: descending score, ascending column among
 * equal scores, NaN last. Not thread-safe.
 */
final class TopK {
  private final long[] heap; // the best so far; the worst of them at the top
  private int size;

  TopK(int k) {
    this.heap = new long[k];
  }

  /** Writes the columns of the best entries, best first, and returns how many there are. */
  int select(CsrMatrix scores, int row, int[] columns) {
    size = 0;
    int n = scores.nnz(row);
    for (int i = 0; i < n; i++) {
      offer(key(scores.value(row, i), scores.index(row, i)));
    }
    Arrays.sort(heap, 0, size);
    for (int rank = 0; rank < size; rank++) {
      columns[rank] = (int) heap[rank];
    }
    return size;
  }

  /** A number that is the smaller, the better the entry. */
  private static long key(float score, int column) {
    if (Float.isNaN(score)) {
      return (long) Integer.MAX_VALUE << 32 | column;
    }
    int bits = Float.floatToIntBits(score + 0f); // -0 becomes 0
    int ascending = bits ^ (bits >> 31 & Integer.MAX_VALUE);
    return (long) ~ascending << 32 | column;
  }

  private void offer(long key) {
    if (size < heap.length) {
      int at = size++;
      while (at > 0 && heap[(at - 1) / 2] < key) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
      }
      heap[at] = key;
    } else if (key < heap[0]) {
      sift(key);
    }
  }

  private void sift(long key) {
    int at = 0;
    for (int child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && heap[child + 1] > heap[child]) {
        child++;
      }
      if (heap[child] <= key) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = key;
  }
}
