package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecOptions.BATCHING;
import static io.gru4j.parameters.GRU4RecOptions.EMBEDDING;
import static io.gru4j.parameters.GRU4RecOptions.INIT;
import static io.gru4j.parameters.GRU4RecOptions.SESSION_ORDER;
import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.RandomStream;

/**
 * Makes what a training works with, as the parameters say it: the network with its first values,
 * the step and the batches. What is random in each is a stream of its own of one seed.
 *
 * @param parameters of the estimator
 * @param parallel runs the work
 */
record TrainingSetup(GRU4RecParameters parameters, Parallel parallel) {
  // Independent streams of one seed; ValidationCriterion has two more.
  private static final int INITIAL_PARAMETERS = 0;
  private static final int DROPOUT = 1;
  private static final int ORDER = 4;
  private static final int NEGATIVES = 5;
  private static final int FRESH_STARTS = 6; // each has these streams of its own

  /** Returns the seed of the first values of the parameters. */
  static long initialSeed(long seed) {
    return RandomStream.at(seed, INITIAL_PARAMETERS);
  }

  /** Returns the seed of all but the first values in a training that has begun anew so often. */
  static long afterFreshStarts(long seed, long number) {
    return number == 0 ? seed : RandomStream.at(RandomStream.at(seed, FRESH_STARTS), number);
  }

  /** Returns a network of zeros, in the form that the objective needs. */
  GruNetwork zeros(int numItems) {
    return zeros(numItems, Objectives.form(parameters));
  }

  /** Returns a network of zeros. */
  GruNetwork zeros(int numItems, GruNetwork.Form form) {
    int[] sizes = parameters.layerSizes();
    return switch (parameters.get(EMBEDDING)) {
      case SEPARATE -> GruNetwork.zeros(numItems, parameters.get(NUM_COMPONENTS), sizes, form);
      case SHARED -> GruNetwork.sharedZeros(numItems, sizes, form);
    };
  }

  /** Returns a network with the first values that the seed draws. */
  GruNetwork initial(int numItems, long seed) {
    return switch (parameters.get(INIT)) {
      case UNIFORM -> zeros(numItems).initialise(initialSeed(seed));
      case GLOROT -> zeros(numItems).initialiseGlorot(initialSeed(seed));
    };
  }

  /**
   * Makes the step of a network, with a fresh optimizer.
   *
   * @param network in the form that the objective needs
   * @param clicks of each item, in the training data and before
   * @param negatives where they come from; null: they are drawn
   */
  TrainingStep step(GruNetwork network, int[] clicks, NegativeSource negatives, long seed) {
    long negativesSeed = RandomStream.at(seed, NEGATIVES);
    Objective objective =
        Objectives.of(network, parameters, clicks, negatives, negativesSeed, parallel);
    long dropoutSeed = RandomStream.at(seed, DROPOUT);
    return new TrainingStep(network, parameters, objective, dropoutSeed, parallel);
  }

  /** Returns the order in which epochs take the sessions. */
  SessionOrdering ordering(InteractionMatrix x, long seed) {
    return new SessionOrdering(x, parameters.get(SESSION_ORDER), RandomStream.at(seed, ORDER));
  }

  /** Cuts the sessions into batches. */
  EpochBatches batches(InteractionMatrix x, long seed) {
    SessionOrdering order = ordering(x, seed);
    int batchSize = parameters.get(BATCH_SIZE);
    int bptt = parameters.get(BPTT);
    return switch (parameters.get(BATCHING)) {
      case PADDED -> new PaddedBatches(x, order, batchSize, bptt);
      case SESSION_PARALLEL ->
          new TrackBatches(x, order, batchSize, bptt, TrackBatches.fewestTracks(parameters));
    };
  }
}
