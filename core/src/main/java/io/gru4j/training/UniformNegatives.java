package io.gru4j.training;

import io.gru4j.tensor.RandomStream;

/**
 * Negatives of each target, of which every item but the target is as likely as the others: what is
 * left of uniform draws when those that equal the target are drawn again.
 *
 * <p>Draw number k of a step is a function of the seed, the step and k.
 */
record UniformNegatives(long seed, int numItems) implements NegativeSource {

  UniformNegatives {
    if (numItems < 2) {
      throw new IllegalArgumentException(
          "negatives of a target need at least 2 items, got " + numItems);
    }
  }

  @Override
  public void draw(long step, int[] targets, int count, int[] into, int negatives) {
    long ofStep = RandomStream.at(seed, step);
    int each = negatives / count;
    int k = 0;
    for (int m = 0; m < count; m++) {
      for (int end = k + each; k < end; k++) {
        // One of the others: below the target as it is, else the next one.
        int other = (int) Math.unsignedMultiplyHigh(RandomStream.at(ofStep, k), numItems - 1L);
        into[k] = other < targets[m] ? other : other + 1;
      }
    }
  }
}
