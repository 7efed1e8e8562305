package io.gru4j.metrics;

import io.gru4j.data.CsrMatrix;
import io.gru4j.tensor.RandomStream;
import java.util.Arrays;

/** The two criteria that compare expected items with sampled others. */
final class SampledLosses {
  private static final int BATCH = 1000;
  private static final int WARP_NEGATIVES = 20;
  private static final double WARP_MARGIN = 1.9;

  private final CsrMatrix predictions;
  private final int numItems;
  private final int[] users; // the expected pairs, by user, then item
  private final int[] items;
  private final RandomStream random;

  SampledLosses(CsrMatrix expected, CsrMatrix predictions, long seed) {
    this.predictions = predictions;
    this.numItems = expected.cols();
    if (numItems < 2) {
      throw new IllegalArgumentException(
          "bpr and warp compare with another item, but there is only " + numItems);
    }
    int[] pairUsers = new int[expected.nnz()];
    int[] pairItems = new int[expected.nnz()];
    int n = 0;
    for (int user = 0; user < expected.rows(); user++) {
      for (int k = 0; k < expected.nnz(user); k++) {
        if (expected.value(user, k) > 0) {
          pairUsers[n] = user;
          pairItems[n++] = expected.index(user, k);
        }
      }
    }
    this.users = Arrays.copyOf(pairUsers, n);
    this.items = Arrays.copyOf(pairItems, n);
    this.random = new RandomStream(seed);
  }

  /** See {@link Criterion#BPR}. */
  double bpr() {
    double sumOfBatches = 0;
    for (int from = 0; from < users.length; from += BATCH) {
      int to = Math.min(users.length, from + BATCH);
      double sum = 0;
      for (int sample = from; sample < to; sample++) {
        int pair = random.nextInt(users.length);
        double difference = score(pair, items[pair]) - score(pair, negative(pair));
        // -log(sigmoid(d)) = log(1 + exp(-d)), written so that neither end overflows
        sum += Math.max(0, -difference) + StrictMath.log1p(StrictMath.exp(-Math.abs(difference)));
      }
      sumOfBatches += sum / (to - from);
    }
    return sumOfBatches / batches();
  }

  /** See {@link Criterion#WARP}. */
  double warp() {
    int[] order = shuffledPairs();
    double sumOfBatches = 0;
    for (int from = 0; from < users.length; from += BATCH) {
      int to = Math.min(users.length, from + BATCH);
      double sum = 0;
      for (int sample = from; sample < to; sample++) {
        sum += warpOf(order[sample]);
      }
      sumOfBatches += sum / (to - from);
    }
    return sumOfBatches / batches();
  }

  private double warpOf(int pair) {
    double positive = score(pair, items[pair]);
    double worst = 0;
    int violations = 0;
    for (int k = 0; k < WARP_NEGATIVES; k++) {
      double excess = WARP_MARGIN + positive - score(pair, negative(pair));
      worst = Math.max(worst, excess);
      violations += excess > 0 ? 1 : 0;
    }
    return worst * StrictMath.log1p((double) violations * numItems / WARP_NEGATIVES);
  }

  private int[] shuffledPairs() {
    int[] order = new int[users.length];
    for (int i = 0; i < order.length; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /** Any item but the expected one. */
  private int negative(int pair) {
    int item = random.nextInt(numItems - 1);
    return item < items[pair] ? item : item + 1;
  }

  private double score(int pair, int item) {
    return predictions.get(users[pair], item);
  }

  private int batches() {
    return (users.length + BATCH - 1) / BATCH;
  }
}
