package io.gru4j.training;

/**
 * Where an epoch stands between two optimizer steps: the next chunk, and the sums of the epoch so
 * far.
 */
final class Position {
  int batch; // of the epoch, from 0
  int chunk; // of the batch, from 0
  long targets;
  long steps;
  double lossSum; // over the targets, in nats
  double seconds;

  /** Notes a step. */
  void stepped(int numTargets, double lossSum) {
    targets += numTargets;
    steps++;
    this.lossSum += lossSum;
  }

  /** Goes to the next chunk. */
  void nextChunk() {
    chunk++;
  }

  /** Goes to the next batch. */
  void nextBatch() {
    batch++;
    chunk = 0;
  }

  /** Goes to the start of an epoch. */
  void nextEpoch() {
    batch = -1;
    nextBatch();
    targets = 0;
    steps = 0;
    lossSum = 0;
    seconds = 0;
  }

  /**
   * Returns whether the next chunk continues from hidden states; it does not if all of them are
   * zero.
   *
   * @param tracks whether hidden states are carried from one batch to the next
   */
  boolean goesOn(boolean tracks) {
    return chunk > 0 || batch > 0 && tracks;
  }

  /** Returns the mean loss over the targets so far, in nats; 0 if there are none. */
  double meanLoss() {
    return lossSum / Math.max(1, targets);
  }
}
