package io.gru4j.algorithms;

import io.gru4j.parameters.Algorithm;

/** The members of {@link GRU4RecCrossEntropy}. */
class EstimatorTest extends EstimatorCase {
  EstimatorTest() {
    super(Algorithm.CROSS_ENTROPY);
  }
}
