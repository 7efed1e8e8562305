package io.gru4j.training;

import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;

/** What stands behind the last hidden layer: the output layer with its loss. */
sealed interface Objective permits CatalogueObjective, OwnObjective, SharedObjective {

  /**
   * Scores what the loss looks at, and computes it.
   *
   * @param tape records the operation
   * @param hidden shape (M, H), of the chunk's targets
   * @param chunk M targets
   * @param step optimizer steps made before
   * @return (1, 1) the loss
   */
  Variable forward(Tape tape, Variable hidden, Chunk chunk, long step);

  /** Returns the loss of the last forward pass. */
  double loss();

  /** Returns what the sum of the losses of so many targets is divided by, to be the loss. */
  int divisor(int numTargets);
}
