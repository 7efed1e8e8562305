/**
 * Meta-estimators: a pipeline of filters with an estimator at its end, and the search for good
 * parameters.
 *
 * <p>Start with {@link io.gru4j.selection.GridSearch}; {@link io.gru4j.selection.Pipeline} puts
 * filters of rare items and short sessions before an estimator. Both hand validation data on as the
 * estimator's {@link io.gru4j.algorithms.MetadataRequest} says. Times are in seconds, scores are
 * those of the estimator's stopping criterion. Meta-estimators belong to one thread at a time;
 * results are immutable.
 */
package io.gru4j.selection;
