package io.gru4j.algorithms;

import io.gru4j.parameters.Algorithm;

/** The members of {@link GRU4RecNegSampling} are those of {@link GRU4RecCrossEntropy}. */
class NegSamplingEstimatorTest extends EstimatorCase {
  NegSamplingEstimatorTest() {
    super(Algorithm.NEG_SAMPLING);
  }
}
