package io.gru4j.training;

/** Where the negatives of optimizer steps come from. */
@FunctionalInterface
interface NegativeSource {

  /**
   * Draws the negatives of a step, always the same for the same arguments.
   *
   * @param step optimizer steps made before, from 0
   * @param targets of the step
   * @param count how many of them
   * @param into receives items: those of the first target, then those of the second, and so on; or
   *     those that all targets share
   * @param negatives how many in all
   */
  void draw(long step, int[] targets, int count, int[] into, int negatives);
}
