package io.gru4j.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.when;

import io.gru4j.data.RowReader;
import io.gru4j.data.SessionFileException;
import io.gru4j.data.TimeScale;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The clicks of a data frame, read by the rules of session files, each session's together and in
 * the order of time.
 *
 * <p>Rows of a data frame have no order, so clicks of one session at one time are in the order of a
 * column that the caller names, and where there is none, or its values are equal, in that of their
 * items' bytes. So what comes of a frame does not depend on how it lies in partitions.
 *
 * @param sorted columns session, item (null: the row did not meet the conditions), time in ticks;
 *     all rows of a session in one partition, one after the other
 * @param scale what the times are
 */
record ClickFrame(Dataset<Row> sorted, TimeScale scale) {
  private static final String SESSION = "session";
  private static final String ITEM = "item";
  private static final String TIME = "time";
  private static final String DECIMALS = "decimals";
  private static final String DATES = "dates";
  private static final String TIE = "tie";

  /** Places of the columns of {@link #sorted}. */
  static final int SESSION_AT = 0;

  static final int ITEM_AT = 1;
  static final int TIME_AT = 2;

  /**
   * Reads a frame. Looks at all times once, to know how fine they are and what they count.
   *
   * @param withLeftOut whether rows that do not meet the conditions are clicks on no item
   */
  static ClickFrame of(Dataset<Row> rows, FrameFormat format, boolean withLeftOut) {
    RowForm form = RowForm.of(rows, format, withLeftOut);
    String tieOrNull = format.tieBreak();
    if (form.available().isEmpty()) {
      throw new IllegalArgumentException("a data frame without columns has no clicks");
    }
    if (tieOrNull != null && !form.available().contains(tieOrNull)) {
      throw new IllegalArgumentException(
          "data frame: has no column " + tieOrNull + ", it has " + form.available());
    }
    List<Column> wanted = new ArrayList<>();
    form.reader().columns().forEach(name -> wanted.add(rows.col(quoted(name))));
    int values = wanted.size();
    StructType schema =
        new StructType()
            .add(SESSION, DataTypes.StringType)
            .add(ITEM, DataTypes.StringType)
            .add(TIME, DataTypes.LongType)
            .add(DECIMALS, DataTypes.IntegerType)
            .add(DATES, DataTypes.BooleanType);
    if (tieOrNull != null) {
      wanted.add(rows.col(quoted(tieOrNull)));
      schema = schema.add(TIE, rows.schema().apply(tieOrNull).dataType());
    }
    Dataset<Row> clicks =
        rows.select(wanted.toArray(Column[]::new))
            .mapPartitions(
                (MapPartitionsFunction<Row, Row>) each -> new Reading(each, form, values),
                Encoders.row(schema));
    Times times = Times.of(clicks, form);
    List<Column> order = new ArrayList<>(List.of(col(SESSION), col(TIME)));
    if (tieOrNull != null) {
      order.add(col(TIE));
    }
    order.add(col(ITEM));
    Dataset<Row> sorted =
        clicks
            .withColumn(TIME, times.ticks)
            .drop(DECIMALS, DATES)
            .repartition(col(SESSION))
            .sortWithinPartitions(order.toArray(Column[]::new));
    return new ClickFrame(sorted, times.scale);
  }

  /** A column's name, whatever characters it has. */
  private static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  /** Reads the rows of a partition. */
  private static final class Reading implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final RowReader reader;
    private final String[] values;
    private Row next;

    Reading(Iterator<Row> rows, RowForm form, int values) {
      this.rows = rows;
      this.reader = form.reader();
      this.values = new String[values];
    }

    @Override
    public boolean hasNext() {
      while (next == null && rows.hasNext()) {
        next = read(rows.next());
      }
      return next != null;
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Row read = next;
      next = null;
      return read;
    }

    /** The row as a click, or null if it is none. */
    private Row read(Row row) {
      for (int i = 0; i < values.length; i++) {
        values[i] = RowForm.text(row.get(i));
      }
      try {
        if (!reader.read(values)) {
          return null;
        }
        List<Object> read = new ArrayList<>();
        read.add(reader.session());
        read.add(reader.item());
        read.add(reader.time());
        read.add(reader.decimals());
        read.add(reader.hasDates());
        for (int i = values.length; i < row.size(); i++) {
          read.add(row.get(i));
        }
        return RowFactory.create(read.toArray());
      } catch (SessionFileException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** What all times together say of each. */
  private record Times(TimeScale scale, Column ticks) {
    private static final long[] UNITS = {1_000_000_000, 1_000_000, 1_000, 1}; // nanoseconds

    static Times of(Dataset<Row> clicks, RowForm form) {
      Column finest = null; // the largest unit of which a time is no multiple
      for (int i = UNITS.length - 2; i >= 0; i--) {
        Column broken = col(TIME).mod(lit(UNITS[i])).notEqual(lit(0));
        finest = finest == null ? when(broken, i + 1) : finest.when(broken, i + 1);
      }
      List<Row> groups =
          clicks
              .groupBy(DATES, DECIMALS)
              .agg(min(TIME), max(TIME), max(finest.otherwise(0)))
              .collectAsList();
      if (groups.isEmpty()) {
        return new Times(new TimeScale(0, 0), col(TIME));
      }
      boolean dates = groups.getFirst().getBoolean(0);
      int decimals = 0;
      for (Row group : groups) {
        if (group.getBoolean(0) != dates) {
          throw new IllegalArgumentException(
              "data frame: " + form.time() + ": some times are dates and some are numbers");
        }
        decimals = Math.max(decimals, group.getInt(1));
      }
      if (dates) {
        long unit = UNITS[groups.getFirst().getInt(4)];
        TimeScale scale = new TimeScale(UNITS[0] / unit, 0);
        return new Times(scale, expr(TIME + " div " + unit));
      }
      long largest = Long.MIN_VALUE;
      Column ticks = null;
      for (Row group : groups) {
        try {
          long factor = Math.powExact(10L, decimals - group.getInt(1));
          Math.multiplyExact(group.getLong(2), factor);
          largest = Math.max(largest, Math.multiplyExact(group.getLong(3), factor));
          Column scaled = col(TIME).multiply(lit(factor));
          Column these = col(DECIMALS).equalTo(group.getInt(1));
          ticks = ticks == null ? when(these, scaled) : ticks.when(these, scaled);
        } catch (ArithmeticException e) {
          throw new IllegalArgumentException(
              "data frame: "
                  + form.time()
                  + ": a time has too many digits: with as many decimals as other times have, more"
                  + " than 18",
              e);
        }
      }
      return new Times(TimeScale.ofNumbers(largest, decimals, form.timeUnit()), ticks);
    }
  }
}
