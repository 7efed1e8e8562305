package io.gru4j.spark;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.file.Sha256;
import java.io.Serializable;

/**
 * The training sessions of one partition, in order of time.
 *
 * @param offsets where each session's clicks start, and behind them the number of all clicks
 * @param items of each click, its number
 * @param times of each click
 */
record SessionShare(int[] offsets, int[] items, double[] times) implements Serializable {

  InteractionMatrix toMatrix(int numItems) {
    int[] users = new int[items.length];
    for (int session = 0; session + 1 < offsets.length; session++) {
      java.util.Arrays.fill(users, offsets[session], offsets[session + 1], session);
    }
    return InteractionMatrix.of(offsets.length - 1, numItems, users, items, times);
  }

  /** SHA-256 of the items in the order of the clicks, which training depends on. */
  String sha256() {
    Sha256 sha = new Sha256();
    sha.add(offsets);
    sha.add(items);
    return sha.hex();
  }
}
