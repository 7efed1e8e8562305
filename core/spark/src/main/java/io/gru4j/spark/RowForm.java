package io.gru4j.spark;

import io.gru4j.data.Condition;
import io.gru4j.data.RowReader;
import io.gru4j.data.SessionColumns;
import io.gru4j.data.SessionFormat;
import io.gru4j.data.TimeUnits;
import java.io.Serializable;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How the rows of a data frame are written, in a form that travels to executors: what core's own
 * types say, as texts.
 *
 * @param available the columns that the frame has
 * @param session the column with the session
 * @param item the column with the item
 * @param time the column with the time
 * @param where conditions, as they are written
 * @param timePattern how times are written, or null
 * @param zone of times without one
 * @param timeUnit of times that are numbers, or null
 * @param withLeftOut whether rows that do not meet the conditions are clicks on no item
 */
record RowForm(
    ArrayList<String> available,
    String session,
    String item,
    String time,
    ArrayList<String> where,
    String timePattern,
    String zone,
    TimeUnits timeUnit,
    boolean withLeftOut)
    implements Serializable {
  /** What messages call the rows. */
  private static final String SOURCE = "data frame";

  static RowForm of(Dataset<Row> rows, FrameFormat frame, boolean withLeftOut) {
    SessionColumns columns = frame.columns();
    SessionFormat format = frame.format();
    return new RowForm(
        new ArrayList<>(List.of(rows.columns())),
        columns.session(),
        columns.item(),
        columns.time(),
        new ArrayList<>(format.where().stream().map(Condition::toString).toList()),
        format.timePattern(),
        format.zone().getId(),
        format.timeUnit(),
        withLeftOut);
  }

  /** A reader for one partition. */
  RowReader reader() {
    SessionFormat format =
        SessionFormat.DEFAULT
            .withWhere(where.stream().map(Condition::parse).toList())
            .withTimePattern(timePattern)
            .withZone(ZoneId.of(zone))
            .withTimeUnit(timeUnit);
    SessionColumns columns = new SessionColumns(session, item, time);
    return new RowReader(SOURCE, available, columns, format, withLeftOut);
  }

  /** A value as a file would have it. */
  static String text(Object value) {
    return switch (value) {
      case null -> null;
      case java.sql.Timestamp time -> time.toInstant().toString();
      case java.sql.Date date -> date.toLocalDate().toString();
      case LocalDateTime time -> DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(time);
      case BigDecimal number -> number.toPlainString();
      case byte[] bytes -> new String(bytes, StandardCharsets.UTF_8);
      case String text -> text;
      case Number number -> number.toString();
      case Boolean truth -> truth.toString();
      case Instant time -> time.toString();
      case LocalDate date -> date.toString();
      default ->
          throw new IllegalArgumentException(
              SOURCE + ": a value of " + value.getClass().getName() + " is no id and no time");
    };
  }
}
