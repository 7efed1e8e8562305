package io.gru4j.training;

import io.gru4j.tensor.ItemSampler;
import io.gru4j.tensor.RandomStream;

/**
 * Samples that all targets of a step share, with replacement, whatever the targets are.
 *
 * <p>Draw number k of a step is a function of the seed, the step and k.
 *
 * @param sampler has the items' chances
 */
record PopularSamples(long seed, ItemSampler sampler) implements NegativeSource {

  @Override
  public void draw(long step, int[] targets, int count, int[] into, int negatives) {
    long ofStep = RandomStream.at(seed, step);
    for (int k = 0; k < negatives; k++) {
      into[k] = sampler.at(RandomStream.toDouble(RandomStream.at(ofStep, k)));
    }
  }
}
