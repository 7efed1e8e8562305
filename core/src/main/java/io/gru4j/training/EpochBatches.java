package io.gru4j.training;

/** How an epoch is cut into batches, and those into chunks, one for each optimizer step. */
sealed interface EpochBatches permits PaddedBatches, TrackBatches {

  /**
   * Prepares an epoch.
   *
   * @param epoch from 0
   */
  void begin(int epoch);

  /** Returns the number of batches of the epoch. */
  int size();

  /** Returns how many sessions run side by side in a batch. */
  int rows(int batch);

  /** Returns the number of chunks of a batch, at least 1. */
  int chunks(int batch);

  /**
   * Packs a chunk.
   *
   * @param chunk filled; without a target if the chunk has none
   * @return the columns of the chunk
   */
  int fill(Chunk chunk, int batch, int number);

  /** Returns the number of targets of the epoch: in general each click but a session's first. */
  long numTargets();
}
