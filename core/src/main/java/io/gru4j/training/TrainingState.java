package io.gru4j.training;

import io.gru4j.model.EpochSummary;
import io.gru4j.model.GruNetwork;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that changes while a network is trained. A checkpoint holds it, so that training can
 * continue as if it had not been interrupted.
 *
 * <p>Random numbers have no state of their own: they are functions of the seed and of the number of
 * steps, which {@link TrainingStep} counts.
 */
final class TrainingState {
  final long seed;
  final GruNetwork network;
  final TrainingStep step;
  final StoppingRule rule;
  final List<EpochSummary> history = new ArrayList<>(); // of the complete epochs
  final Position position = new Position(); // in the epoch after those
  GruNetwork best; // the parameters after the best epoch; null before the first

  TrainingState(long seed, GruNetwork network, TrainingStep step, StoppingRule rule) {
    this.seed = seed;
    this.network = network;
    this.step = step;
    this.rule = rule;
  }

  /** Keeps the parameters as the best so far. */
  void keepAsBest() {
    if (best == null) {
      best = network.copy();
    } else {
      best.copyFrom(network);
    }
  }

  /**
   * Returns whether the next step continues from hidden states; it does not if all of them are
   * zero.
   */
  boolean goesOnWithHidden() {
    return position.goesOn(step.hasTracks());
  }

  /** Returns the number of the epoch that training is in, from 1. */
  int epoch() {
    return history.size() + 1;
  }
}
