package io.gru4j.spark;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.DoubleAccumulator;
import org.apache.spark.util.LongAccumulator;

/**
 * Targets, loss and seconds of all rounds, to look at in Spark's UI. What is made twice is counted
 * twice there; a model's history counts everything once.
 */
final class RoundCounters implements Serializable {
  private static final long serialVersionUID = 1;
  private final LongAccumulator targets;
  private final DoubleAccumulator lossSum;
  private final DoubleAccumulator seconds;
  private final CollectionAccumulator<String> scalar; // executors, of each some times

  RoundCounters(SparkContext context) {
    targets = context.longAccumulator("gru4j targets");
    lossSum = context.doubleAccumulator("gru4j sum of losses (nats)");
    seconds = context.doubleAccumulator("gru4j seconds of training");
    scalar = context.collectionAccumulator("gru4j executors without the Vector API");
  }

  void addScalar(String executor) {
    scalar.add(executor);
  }

  /** The executors without the Vector API, ascending. */
  List<String> scalarExecutors() {
    return scalar.value().stream().distinct().sorted().toList();
  }

  void add(RoundResult result, double taken) {
    targets.add(result.targets());
    lossSum.add(result.lossSum());
    seconds.add(taken);
  }
}
