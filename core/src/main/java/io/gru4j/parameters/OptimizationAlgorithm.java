package io.gru4j.parameters;

import java.util.Locale;

/** The optimizers that training can use; texts name them in lower case. */
public enum OptimizationAlgorithm {
  /** Adagrad: each weight's step shrinks with the sum of its squared gradients. */
  ADAGRAD,
  /** Stochastic gradient descent, with momentum if asked for. */
  SGD;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
