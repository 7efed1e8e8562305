/**
 * How good predictions are.
 *
 * <p>Start with {@link io.gru4j.metrics.RankMetrics}, which turns the ranks of the items that were
 * really clicked into recall, mean reciprocal rank and NDCG. {@link io.gru4j.metrics.ListMetrics}
 * looks at what was recommended, right or wrong: its coverage and popularity. {@link
 * io.gru4j.metrics.Criterion} has the measures that judge the epochs of a fit, by RecPack's
 * definitions, over sparse matrices of scores.
 *
 * <p>Units: ranks count from 1; recall, MRR, NDCG and precision are in [0, 1], losses in nats.
 *
 * <p>Threading: {@code Criterion} is stateless; a {@code RankMetrics} belongs to one thread, and
 * those of several threads are merged without rounding.
 */
package io.gru4j.metrics;
