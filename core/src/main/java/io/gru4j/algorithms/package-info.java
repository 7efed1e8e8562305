/**
 * The estimator GRU4RecCrossEntropy: its parameters, training and prediction.
 *
 * <p>Start with {@link io.gru4j.algorithms.Gru4RecParameters}, the estimator's twenty parameters.
 * Parameters are immutable and safe for any number of threads.
 */
package io.gru4j.algorithms;
