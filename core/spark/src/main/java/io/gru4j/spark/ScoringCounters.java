package io.gru4j.spark;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.DoubleAccumulator;
import org.apache.spark.util.LongAccumulator;

/**
 * What scoring has done by now; Spark's UI shows the same figures for each stage. They are complete
 * when the recommendations were written. Figures of a task that ran twice, because an executor was
 * lost or its output was read again, are in them twice; the recommendations are not.
 */
public final class ScoringCounters implements Serializable {
  private static final long serialVersionUID = 1;

  /** Sessions scored. */
  private final LongAccumulator sessions;

  /** Clicks on items that the model does not know. */
  private final LongAccumulator unknownClicks;

  /** Sessions of which the model knows no item. */
  private final LongAccumulator withoutItem;

  /** Model files read. */
  private final LongAccumulator models;

  /** Seconds of tasks, summed. */
  private final DoubleAccumulator seconds;

  /** Ids of executors without the Vector API, of each some times. */
  private final CollectionAccumulator<String> scalar;

  ScoringCounters(SparkContext context) {
    sessions = context.longAccumulator("gru4j sessions");
    unknownClicks = context.longAccumulator("gru4j clicks on unknown items");
    withoutItem = context.longAccumulator("gru4j sessions without a known item");
    models = context.longAccumulator("gru4j models read");
    seconds = context.doubleAccumulator("gru4j seconds of scoring");
    scalar = context.collectionAccumulator("gru4j executors without the Vector API");
  }

  void addBlock(long blockSessions, long blockUnknownClicks, long blockWithoutItem, double spent) {
    sessions.add(blockSessions);
    unknownClicks.add(blockUnknownClicks);
    withoutItem.add(blockWithoutItem);
    seconds.add(spent);
  }

  void addModel() {
    models.add(1L);
  }

  void addScalar(String executor) {
    scalar.add(executor);
  }

  /**
   * Returns the sessions scored.
   *
   * @return those without a known item included
   */
  public long sessions() {
    return sessions.value();
  }

  /**
   * Returns the clicks that were skipped.
   *
   * @return clicks on items that the model does not know
   */
  public long unknownClicks() {
    return unknownClicks.value();
  }

  /**
   * Returns the sessions of which the model knows no item.
   *
   * @return they got the most popular items, or nothing
   */
  public long sessionsWithoutKnownItem() {
    return withoutItem.value();
  }

  /**
   * Returns how often the model was read.
   *
   * @return once in each executor JVM that scored, more often where it was freed in between
   */
  public long modelsRead() {
    return models.value();
  }

  /**
   * Returns the time that scoring took.
   *
   * @return seconds, of all tasks together
   */
  public double seconds() {
    return seconds.value();
  }

  /**
   * Returns the executors that had no Vector API.
   *
   * @return their ids; the scores have the same bits, only later
   */
  public List<String> scalarExecutors() {
    return scalar.value().stream().distinct().sorted().toList();
  }
}
