/**
 * The estimator GRU4RecCrossEntropy: its parameters, training and prediction.
 *
 * <p>Start with {@link io.gru4j.algorithms.GRU4RecCrossEntropy}; {@link
 * io.gru4j.algorithms.GRU4RecParameters} are its parameters. Parameters are immutable and safe for
 * any number of threads; an estimator belongs to one thread at a time.
 */
package io.gru4j.algorithms;
