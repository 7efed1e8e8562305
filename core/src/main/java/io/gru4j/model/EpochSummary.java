package io.gru4j.model;

import java.util.OptionalDouble;

/**
 * The result of one epoch of training.
 *
 * @param epoch number of the epoch, from 1
 * @param seconds time of training alone, without validation; NaN if it is not known: a model file
 *     does not keep it, so that the same training writes the same file
 * @param targets predicted clicks
 * @param steps optimizer steps
 * @param loss mean over the targets, in nats
 * @param criterion value of the stopping criterion, empty without validation data; a value that is
 *     NaN or infinite is not kept by a file, it is empty there
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
    boolean stopped) {

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if {@code epoch} is below 1, or {@code seconds}, {@code
   *     targets} or {@code steps} is negative; the message names it
   */
  public EpochSummary {
    if (epoch < 1) {
      throw new IllegalArgumentException("epoch must be >= 1, got " + epoch);
    }
    if (seconds < 0) {
      throw new IllegalArgumentException("seconds must be >= 0, got " + seconds);
    }
    if (targets < 0) {
      throw new IllegalArgumentException("targets must be >= 0, got " + targets);
    }
    if (steps < 0) {
      throw new IllegalArgumentException("steps must be >= 0, got " + steps);
    }
  }

  /**
   * Returns how fast the epoch went.
   *
   * @return targets per second of training alone; not finite if no time has passed, NaN if the time
   *     is not known
   */
  public double targetsPerSecond() {
    return targets / seconds;
  }
}
