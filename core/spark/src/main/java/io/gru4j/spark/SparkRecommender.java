package io.gru4j.spark;

import io.gru4j.model.FittedModel;
import io.gru4j.model.UnknownItems;
import io.gru4j.serve.ItemFilter;
import io.gru4j.serve.Recommender;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Recommends next items for the sessions of a data frame, as {@code gru4j recommend --sessions}
 * does for those of files. Scores have the bits of those on one machine, on any number of
 * executors, with the Vector API and without it.
 *
 * <p>The model is broadcast; the tasks of one executor share one copy, which the first of them
 * reads. An executor frees it a minute after the last task that used it, or when a task needs
 * another model; Spark drops what was broadcast when the driver has no more use for the data frame.
 *
 * <p>Immutable settings; the data frames are Spark's, so nothing is scored before they are written.
 */
public final class SparkRecommender {
  private final FittedModel model;
  private final FrameFormat format;
  private final boolean unseen;
  private final Set<String> only; // null: all
  private final Set<String> without; // null: none
  private final boolean popularFallback;
  private final UnknownItems unknown;
  private final ScoringCounters counters; // null: each call has its own

  /**
   * Recommends all items, for sessions of {@link FrameFormat#DEFAULT}.
   *
   * @param model the model
   */
  public SparkRecommender(FittedModel model) {
    this(model, FrameFormat.DEFAULT, false, null, null, false, UnknownItems.SKIP, null);
  }

  private SparkRecommender(
      FittedModel model,
      FrameFormat format,
      boolean unseen,
      Set<String> only,
      Set<String> without,
      boolean popularFallback,
      UnknownItems unknown,
      ScoringCounters counters) {
    this.model = Objects.requireNonNull(model);
    this.format = Objects.requireNonNull(format);
    this.unseen = unseen;
    this.only = only;
    this.without = without;
    this.popularFallback = popularFallback;
    this.unknown = Objects.requireNonNull(unknown);
    this.counters = counters;
  }

  /**
   * Recommends for sessions, with default settings.
   *
   * @param model the model
   * @param sessions clicks, one a row, with columns SessionId, ItemId, Time
   * @param k how many items for each session, at least 1
   * @return what {@link #recommend(Dataset, int)} returns
   */
  public static Dataset<Row> recommend(FittedModel model, Dataset<Row> sessions, int k) {
    return new SparkRecommender(model).recommend(sessions, k);
  }

  /**
   * Sets how sessions stand in the frame.
   *
   * @param format columns, conditions, times
   * @return new settings
   */
  public SparkRecommender format(FrameFormat format) {
    return new SparkRecommender(
        model, format, unseen, only, without, popularFallback, unknown, counters);
  }

  /**
   * Recommends to no session what it has clicked.
   *
   * @return new settings
   */
  public SparkRecommender unseen() {
    return new SparkRecommender(
        model, format, true, only, without, popularFallback, unknown, counters);
  }

  /**
   * Recommends these items alone.
   *
   * @param items ids, of which the model must know one
   * @return new settings
   * @throws IllegalArgumentException if the model knows none of them
   */
  public SparkRecommender only(Collection<String> items) {
    if (items.stream().allMatch(item -> model.items().indexOf(item) < 0)) {
      throw new IllegalArgumentException("candidates: the model knows none of these items");
    }
    return new SparkRecommender(
        model, format, unseen, Set.copyOf(items), without, popularFallback, unknown, counters);
  }

  /**
   * Does not recommend these items.
   *
   * @param items ids; those that the model does not know are ignored
   * @return new settings
   */
  public SparkRecommender without(Collection<String> items) {
    return new SparkRecommender(
        model, format, unseen, only, Set.copyOf(items), popularFallback, unknown, counters);
  }

  /**
   * Recommends the most popular items to sessions of which the model knows no item; rows then have
   * a column {@code source}, which is {@code model} or {@code popular}.
   *
   * @return new settings
   */
  public SparkRecommender popularFallback() {
    return new SparkRecommender(model, format, unseen, only, without, true, unknown, counters);
  }

  /**
   * Sets what is done with items that the model does not know.
   *
   * @param unknown they are skipped and counted, or fail the job
   * @return new settings
   */
  public SparkRecommender unknown(UnknownItems unknown) {
    return new SparkRecommender(
        model, format, unseen, only, without, popularFallback, unknown, counters);
  }

  /**
   * Sets what counts.
   *
   * @param counters of the same Spark application
   * @return new settings
   */
  public SparkRecommender counters(ScoringCounters counters) {
    return new SparkRecommender(
        model, format, unseen, only, without, popularFallback, unknown, counters);
  }

  /**
   * Makes counters.
   *
   * @param spark the application
   * @return all 0
   */
  public static ScoringCounters newCounters(SparkSession spark) {
    return new ScoringCounters(spark.sparkContext());
  }

  /**
   * Recommends for sessions. Looks at the times of all rows now, scores them when the result is
   * written.
   *
   * @param sessions clicks, one a row
   * @param k how many items for each session, at least 1
   * @return columns session, rank (from 1), item, score: at most {@code k} rows a session, together
   *     and in the order of ranks; none for a session of which the model knows no item, if there is
   *     no {@link #popularFallback}
   * @throws IllegalArgumentException if {@code k} is below 1, or a column is not there
   * @throws IllegalStateException if there is a fallback and the model does not know how often its
   *     items were clicked, or this is a Java that Spark refuses
   */
  public Dataset<Row> recommend(Dataset<Row> sessions, int k) {
    JavaVersion.check();
    if (k < 1) {
      throw new IllegalArgumentException("k must be >= 1, got " + k);
    }
    SparkSession spark = sessions.sparkSession();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    context.setJobDescription("gru4j recommend: times");
    JavaRDD<ClickBlock> blocks = ClickBlocks.of(ClickFrame.of(sessions, format, false));
    context.setJobDescription(null);
    ScoringTask task =
        new ScoringTask(
            send(context),
            k,
            broadcast(context, only),
            broadcast(context, without),
            unseen,
            unknown == UnknownItems.FAIL,
            popularFallback ? popular(k) : null,
            counters == null ? new ScoringCounters(spark.sparkContext()) : counters);
    StructType schema =
        new StructType()
            .add("session", DataTypes.StringType, false)
            .add("rank", DataTypes.IntegerType, false)
            .add("item", DataTypes.StringType, false)
            .add("score", DataTypes.FloatType, false);
    if (popularFallback) {
      schema = schema.add("source", DataTypes.StringType, false);
    }
    return spark.createDataFrame(blocks.mapPartitions(task), schema);
  }

  private static Broadcast<String[]> broadcast(JavaSparkContext context, Set<String> ids) {
    return ids == null ? null : context.broadcast(ids.toArray(String[]::new));
  }

  private List<ScoringTask.Popular> popular(int k) {
    Recommender recommender = new Recommender(model);
    ItemFilter filter = ItemFilter.ALL;
    if (only != null) {
      filter = filter.only(recommender.itemSet(only));
    }
    if (without != null) {
      filter = filter.without(recommender.itemSet(without));
    }
    return List.copyOf(
        recommender.popular(k, filter).stream()
            .map(each -> new ScoringTask.Popular(each.item(), each.score()))
            .toList());
  }

  private SentModel send(JavaSparkContext context) {
    try {
      return SentModel.of(context, model);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
