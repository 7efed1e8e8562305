package io.gru4j.training;

import io.gru4j.model.EpochSummary;
import io.gru4j.model.GruNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

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
  int epochsBefore; // that the kept optimizer had behind it, which count on
  GruNetwork best; // the parameters after the best epoch, in panels; null before the first
  private GruNetwork panels; // what is judged and served, if that is not the network; or null

  TrainingState(long seed, GruNetwork network, TrainingStep step, StoppingRule rule) {
    this.seed = seed;
    this.network = network;
    this.step = step;
    this.rule = rule;
  }

  /**
   * Judges the parameters as they are, in panels.
   *
   * <p>Where the network is in rows there is one more, in panels: what is judged, and the best. The
   * two exchange their values for as long as it is judged, so that the best stays.
   */
  double judged(ToDoubleFunction<GruNetwork> judge) {
    if (network.form() == GruNetwork.Form.PANELS) {
      return judge.applyAsDouble(network);
    }
    network.swap(panels());
    try {
      return judge.applyAsDouble(panels);
    } finally {
      network.swap(panels);
    }
  }

  /** Keeps the parameters as the best so far. */
  void keepAsBest() {
    best().copyFrom(network);
  }

  /** Returns where the best parameters go: what was there, or zeros. */
  GruNetwork best() {
    if (best == null) {
      best = panels();
    }
    return best;
  }

  /** Returns the parameters as they are, in panels; the best are lost where the two are one. */
  GruNetwork served() {
    if (network.form() == GruNetwork.Form.PANELS) {
      return network;
    }
    panels().copyFrom(network);
    return panels;
  }

  private GruNetwork panels() {
    if (panels == null) {
      panels = network.zerosLike(GruNetwork.Form.PANELS);
    }
    return panels;
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
