package io.gru4j.progress;

/**
 * How far an epoch has moved a part of the network: Euclidean norms over all of its values.
 *
 * @param part such as {@code item embedding}
 * @param update norm of the difference between its values after the epoch and before it
 * @param weight norm of its values after the epoch
 */
public record UpdateNorm(String part, double update, double weight) {
  /**
   * Returns the update as a share of the weights.
   *
   * @return 0 or more; NaN where all weights are zero
   */
  public double ratio() {
    return update / weight;
  }
}
