package io.gru4j.progress;

/**
 * Where an epoch stands, after a batch or within one.
 *
 * @param epoch number of the epoch, from 1
 * @param maxEpochs number of the last epoch
 * @param batch number of the batch, from 1
 * @param batches batches of an epoch
 * @param targetsDone clicks predicted so far in this epoch
 * @param targetsPerEpoch clicks of the complete epoch
 * @param meanLoss mean over the targets so far in this epoch, in nats
 * @param seconds time of this epoch so far
 */
public record BatchProgress(
    int epoch,
    int maxEpochs,
    int batch,
    int batches,
    long targetsDone,
    long targetsPerEpoch,
    double meanLoss,
    double seconds) {

  /**
   * Returns how fast the epoch goes.
   *
   * @return targets per second so far; not finite if no time has passed
   */
  public double targetsPerSecond() {
    return targetsDone / seconds;
  }
}
