package io.gru4j.algorithms;

/**
 * Where an epoch stands after a batch.
 *
 * @param epoch number of the epoch, from 1
 * @param maxEpochs number of the last epoch
 * @param targetsDone clicks predicted so far in this epoch
 * @param targetsPerEpoch clicks of the whole epoch
 * @param meanLoss mean over the targets so far in this epoch, in nats
 * @param seconds time of this epoch so far
 */
public record BatchProgress(
    int epoch,
    int maxEpochs,
    long targetsDone,
    long targetsPerEpoch,
    double meanLoss,
    double seconds) {}
