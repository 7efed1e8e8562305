/**
 * The estimators, which are trained on sessions and then predict: what a user types. Beside
 * GRU4RecCrossEntropy and GRU4RecNegSampling there are three baselines, fitted and asked in the
 * same way ({@link io.gru4j.algorithms.NextItemPredictor}), and the evaluation that compares all of
 * them.
 *
 * <p>Start with {@link io.gru4j.algorithms.GRU4RecCrossEntropy}; {@link
 * io.gru4j.parameters.GRU4RecParameters} are its parameters. An estimator belongs to one thread at
 * a time.
 */
package io.gru4j.algorithms;
