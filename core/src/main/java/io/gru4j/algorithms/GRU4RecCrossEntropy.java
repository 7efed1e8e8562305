package io.gru4j.algorithms;

import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecParameters;

/**
 * The session-based recommender GRU4Rec trained with softmax cross-entropy: over the whole
 * catalogue, with the arithmetic of RecPack's class of the same name, or with {@code negatives}
 * {@code shared} over the other targets of a step and a sample of the items, as the official
 * GRU4Rec does it.
 *
 * {@snippet class="io.gru4j.JavadocExamplesTest" region="fit"}
 */
public final class GRU4RecCrossEntropy extends GRU4Rec<GRU4RecCrossEntropy> {
  /**
   * Creates an estimator.
   *
   * @param parameters its parameters
   * @throws IllegalArgumentException if they are another estimator's
   */
  public GRU4RecCrossEntropy(GRU4RecParameters parameters) {
    super(Algorithm.CROSS_ENTROPY, parameters);
  }

  /** Creates an estimator with the default parameters. */
  public GRU4RecCrossEntropy() {
    this(GRU4RecParameters.defaults());
  }

  @Override
  GRU4RecCrossEntropy self() {
    return this;
  }

  @Override
  GRU4RecCrossEntropy with(GRU4RecParameters parameters) {
    return new GRU4RecCrossEntropy(parameters);
  }
}
