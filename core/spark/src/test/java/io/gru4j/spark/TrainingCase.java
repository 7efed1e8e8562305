package io.gru4j.spark;

import io.gru4j.model.FittedModel;
import io.gru4j.parameters.GRU4RecParameters;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Row;

/**
 * A training on made-up sessions.
 *
 * @param parameters of the estimator
 * @param train clicks to train on
 * @param judge clicks to judge by; null: none
 */
record TrainingCase(
    GRU4RecParameters parameters, List<Row> train, List<Row> judge, int partitions, int rounds) {

  /** Two epochs of two rounds of three partitions, of sessions that they have between them. */
  static TrainingCase usual(GRU4RecParameters parameters) {
    return new TrainingCase(
        parameters, TrainingRows.make(1, 120, 40), TrainingRows.make(2, 30, 40), 3, 2);
  }

  TrainingCase withoutJudge() {
    return new TrainingCase(parameters, train, null, partitions, rounds);
  }

  FittedModel fit(SparkCluster cluster) throws IOException {
    return fit(cluster, trainer -> trainer);
  }

  FittedModel fit(SparkCluster cluster, UnaryOperator<SparkTrainer> with) throws IOException {
    return with.apply(new SparkTrainer(cluster.session()))
        .fit(
            parameters,
            TrainingRows.frame(cluster.session(), train),
            judge == null ? null : TrainingRows.frame(cluster.session(), judge),
            partitions,
            rounds);
  }

  FittedModel resume(SparkCluster cluster, UnaryOperator<SparkTrainer> with) throws IOException {
    return with.apply(new SparkTrainer(cluster.session()))
        .resume(
            parameters,
            TrainingRows.frame(cluster.session(), train),
            judge == null ? null : TrainingRows.frame(cluster.session(), judge),
            partitions,
            rounds);
  }
}
