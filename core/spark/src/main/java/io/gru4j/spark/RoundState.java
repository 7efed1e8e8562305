package io.gru4j.spark;

import io.gru4j.model.EpochSummary;
import io.gru4j.training.StoppingRule;
import java.util.ArrayList;
import java.util.List;

/** Everything that changes from round to round, on the driver. What is large lies in files. */
final class RoundState {
  final long seed;
  final ModelLayout layout;
  final ModelNumbers numbers;
  final ModelNumbers best; // values after the best epoch, of each parameter row by row
  final StoppingRule rule;
  final List<EpochSummary> history = new ArrayList<>(); // of the complete epochs
  boolean hasBest;
  int round; // that comes next, from 0
  long steps; // in all
  RoundResult epoch = RoundResult.NOTHING; // of the rounds of the epoch after those
  double seconds; // of the same

  RoundState(
      long seed, ModelLayout layout, ModelNumbers numbers, ModelNumbers best, StoppingRule rule) {
    this.seed = seed;
    this.layout = layout;
    this.numbers = numbers;
    this.best = best;
    this.rule = rule;
  }
}
