package io.gru4j.spark;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.file.Sha256;
import java.io.Serializable;
import java.util.Arrays;

/**
 * The training sessions of one partition, in order of time.
 *
 * @param offsets where each session's clicks start, and behind them the number of all clicks
 * @param items of each click, its number
 * @param times of each click
 */
record SessionShare(int[] offsets, int[] items, double[] times) implements Serializable {

  static SessionShare of(InteractionMatrix matrix) {
    int[] offsets = new int[matrix.numUsers() + 1];
    int[] items = new int[matrix.numInteractions()];
    double[] times = new double[items.length];
    for (int user = 0; user < matrix.numUsers(); user++) {
      int n = matrix.historyLength(user);
      offsets[user + 1] = offsets[user] + n;
      for (int i = 0; i < n; i++) {
        items[offsets[user] + i] = matrix.item(user, i);
        times[offsets[user] + i] = matrix.timestamp(user, i);
      }
    }
    return new SessionShare(offsets, items, times);
  }

  InteractionMatrix toMatrix(int numItems) {
    int[] users = new int[items.length];
    for (int session = 0; session + 1 < offsets.length; session++) {
      Arrays.fill(users, offsets[session], offsets[session + 1], session);
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
