package io.gru4j.model;

import java.util.OptionalDouble;

/**
 * What one epoch of training came to.
 *
 * @param epoch number of the epoch, from 1
 * @param seconds time of training alone, without validation
 * @param targets predicted clicks
 * @param steps optimizer steps
 * @param loss mean over the targets, in nats
 * @param criterion value of the stopping criterion, empty without validation data
 * @param better whether the criterion improved, so that this epoch's parameters are the best so far
 * @param stopped whether training ended early after this epoch
 */
public record EpochSummary(
    int epoch,
    double seconds,
    long targets,
    long steps,
    double loss,
    OptionalDouble criterion,
    boolean better,
    boolean stopped) {}
