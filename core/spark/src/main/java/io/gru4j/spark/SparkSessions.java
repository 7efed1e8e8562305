package io.gru4j.spark;

import io.gru4j.data.SessionColumns;
import io.gru4j.data.TimeScale;
import io.gru4j.prepare.Applied;
import io.gru4j.prepare.Preparation;
import io.gru4j.prepare.Prepared;
import io.gru4j.prepare.Where;
import java.math.BigDecimal;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Turns a log of clicks into training, validation and test sessions, as {@code gru4j prepare} does,
 * wherever Spark reads the log from. The rules are those of {@link Preparation}.
 *
 * <p>The same rows make the same sessions, whatever their order and however they lie in partitions.
 * They are those of {@code gru4j prepare} on the same rows, if no session has two clicks at one
 * time, or the clicks at one time come in the order of {@link FrameFormat#tieBreak}.
 *
 * <p>Close it when its sessions are written: until then executors keep them, in memory or on disk.
 * Not for several threads at once.
 */
public final class SparkSessions implements AutoCloseable {
  private static final int TIME_DIGITS = 19; // of 64 bits

  private final SparkSession spark;
  private final Prepared<SparkLog> parts;

  private SparkSessions(SparkSession spark, Prepared<SparkLog> parts) {
    this.spark = spark;
    this.parts = parts;
  }

  /**
   * Prepares clicks; when it returns, all is counted.
   *
   * @param rows one click a row
   * @param format where session, item and time stand; its conditions are applied after a gap if the
   *     preparation has a {@link io.gru4j.prepare.Where}, else before everything
   * @param preparation the rules
   * @return the sessions
   * @throws IllegalArgumentException if a column is not there, nothing is left, a cut leaves one
   *     side empty, or a rule needs to know what a tick of time is and the rows do not tell
   */
  public static SparkSessions prepare(
      Dataset<Row> rows, FrameFormat format, Preparation preparation) {
    JavaVersion.check();
    boolean later = preparation.steps().stream().anyMatch(Where.class::isInstance);
    rows.sparkSession().sparkContext().setJobDescription("gru4j prepare: times");
    SparkLog log = SparkLog.of(ClickFrame.of(rows, format, later));
    try {
      return new SparkSessions(rows.sparkSession(), preparation.apply(log));
    } catch (RuntimeException e) {
      log.release();
      throw e;
    } finally {
      rows.sparkSession().sparkContext().setJobDescription(null);
    }
  }

  /**
   * Returns what is learned from.
   *
   * @return columns SessionId, ItemId, Time: a whole number of ticks, or a decimal number where the
   *     rows had some; one click a row, in no order
   */
  public Dataset<Row> train() {
    return frame(parts.train());
  }

  /**
   * Returns what training is judged by while it goes on.
   *
   * @return as {@link #train}; null if none was asked for
   */
  public Dataset<Row> validation() {
    return parts.validation() == null ? null : frame(parts.validation());
  }

  /**
   * Returns what the model is judged by.
   *
   * @return as {@link #train}; null if none was asked for
   */
  public Dataset<Row> test() {
    return parts.test() == null ? null : frame(parts.test());
  }

  /**
   * Returns what each rule has done.
   *
   * @return in their order, the names and counts that {@code gru4j prepare} shows
   */
  public List<Applied> rules() {
    return parts.rules();
  }

  /**
   * Returns what the times are.
   *
   * @return their scale
   */
  public TimeScale scale() {
    return parts.train().scale();
  }

  SparkLog log(String part) {
    return switch (part) {
      case "train" -> parts.train();
      case "validation" -> parts.validation();
      case "test" -> parts.test();
      default -> throw new IllegalArgumentException("no part " + part);
    };
  }

  /** Frees what executors keep; the data frames can be used no more. */
  @Override
  public void close() {
    parts.train().release();
  }

  private Dataset<Row> frame(SparkLog log) {
    SessionColumns names = SessionColumns.DEFAULT;
    int decimals = log.scale().decimals();
    StructType schema =
        new StructType()
            .add(names.session(), DataTypes.StringType, false)
            .add(names.item(), DataTypes.StringType, false)
            .add(
                names.time(),
                decimals == 0
                    ? DataTypes.LongType
                    : DataTypes.createDecimalType(TIME_DIGITS, decimals),
                false);
    return spark.createDataFrame(log.blocks().flatMap(SparkSessions::rows), schema);
  }

  private static Iterator<Row> rows(ClickBlock block) {
    return IntStream.range(0, block.sessions().length)
        .boxed()
        .flatMap(
            session ->
                IntStream.range(block.offsets()[session], block.offsets()[session + 1])
                    .mapToObj(
                        click ->
                            RowFactory.create(
                                block.sessions()[session],
                                block.items()[block.clicks()[click]],
                                time(block, click))))
        .iterator();
  }

  private static Object time(ClickBlock block, int click) {
    long time = block.times()[click];
    if (block.decimals() == 0) {
      return time;
    }
    return BigDecimal.valueOf(time, block.decimals());
  }
}
