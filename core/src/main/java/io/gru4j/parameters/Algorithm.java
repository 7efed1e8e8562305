package io.gru4j.parameters;

import java.util.Locale;

/** The estimators: what a network is trained with, and which parameters it takes. */
public enum Algorithm {
  /** {@code GRU4RecCrossEntropy}: softmax cross-entropy. */
  CROSS_ENTROPY,
  /** {@code GRU4RecNegSampling}: a ranking loss of the target against sampled negatives. */
  NEG_SAMPLING;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
