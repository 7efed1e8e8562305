package io.gru4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.Clicks;
import io.gru4j.data.Condition;
import io.gru4j.data.SessionColumns;
import io.gru4j.data.SessionFiles;
import io.gru4j.data.SessionFormat;
import io.gru4j.prepare.CollapseRepeats;
import io.gru4j.prepare.Cut;
import io.gru4j.prepare.MaximumLength;
import io.gru4j.prepare.MinimumCounts;
import io.gru4j.prepare.Preparation;
import io.gru4j.prepare.Prepared;
import io.gru4j.prepare.SessionGap;
import io.gru4j.prepare.Step;
import io.gru4j.prepare.Where;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Sessions that Spark prepares are those that one machine prepares of the same rows. */
class SparkSessionsTest {
  private static final SessionFormat VIEWS =
      SessionFormat.DEFAULT.withWhere(List.of(Condition.parse("Event=view")));

  private static SparkCluster cluster;

  @BeforeContainer
  static void start() {
    cluster = SparkCluster.start("local[2]");
  }

  @AfterContainer
  static void stop() {
    cluster.close();
  }

  /** A row of a log. */
  private record Line(int number, String session, String item, String time, String event) {}

  /** Few persons and items, times that jump and repeat, in no order. */
  private static List<Line> lines(int n, Random random) {
    List<Line> lines = new ArrayList<>();
    long time = 1_700_000_000L;
    boolean decimals = random.nextBoolean();
    for (int i = 0; i < n; i++) {
      time += random.nextInt(5) == 0 ? random.nextInt(5000) : random.nextInt(3) - 1;
      String written = time + (decimals && random.nextInt(3) == 0 ? "." + random.nextInt(100) : "");
      String event = random.nextInt(5) > 0 ? "view" : "buy";
      String session = "p" + random.nextInt(1 + n / 8);
      lines.add(new Line(i, session, "i" + random.nextInt(6), written, event));
    }
    return lines;
  }

  private static Preparation preparation(Random random) {
    List<Step> steps = new ArrayList<>();
    boolean gap = random.nextBoolean();
    if (gap) {
      steps.add(new SessionGap(Duration.ofMinutes(20)));
    }
    if (gap || random.nextBoolean()) {
      steps.add(new Where(VIEWS.where()));
    }
    if (random.nextBoolean()) {
      steps.add(new CollapseRepeats());
    }
    if (random.nextInt(3) == 0) {
      MaximumLength.Longer longer =
          random.nextBoolean() ? MaximumLength.Longer.CUT : MaximumLength.Longer.DROP;
      steps.add(new MaximumLength(3 + random.nextInt(4), longer));
    }
    if (random.nextBoolean()) {
      steps.add(new MinimumCounts(1 + random.nextInt(8), 1 + random.nextInt(3)));
    }
    Cut[] cuts = {null, new Cut.Last(Duration.ofHours(1)), new Cut.Fraction(0.2)};
    return new Preparation(
        steps, cuts[random.nextInt(3)], cuts[random.nextInt(3)], 1 + random.nextInt(2));
  }

  private static Prepared<Clicks> onOneMachine(List<Line> lines, Preparation preparation)
      throws IOException {
    StringBuilder text = new StringBuilder("SessionId,ItemId,Time,Event\n");
    for (Line line : lines) {
      text.append(String.join(",", line.session, line.item, line.time, line.event)).append('\n');
    }
    Path file = Files.writeString(Files.createTempFile("clicks", ".csv"), text);
    try {
      boolean later = preparation.steps().stream().anyMatch(Where.class::isInstance);
      return preparation.apply(
          new SessionFiles().format(VIEWS).readClicks(List.of(file), later).clicks());
    } finally {
      Files.delete(file);
    }
  }

  private static Dataset<Row> frame(List<Line> lines, int partitions) {
    StructType schema =
        new StructType()
            .add("Line", DataTypes.IntegerType)
            .add("SessionId", DataTypes.StringType)
            .add("ItemId", DataTypes.StringType)
            .add("Time", DataTypes.StringType)
            .add("Event", DataTypes.StringType);
    List<Row> rows = new ArrayList<>();
    for (Line line : lines) {
      rows.add(RowFactory.create(line.number, line.session, line.item, line.time, line.event));
    }
    return cluster
        .session()
        .createDataFrame(cluster.context().parallelize(rows, partitions), schema);
  }

  /** Of each session its clicks, in their order. */
  private static Map<String, List<String>> sessions(Clicks clicks) {
    Map<String, List<String>> sessions = new TreeMap<>();
    for (int session = 0; session < clicks.numSessions(); session++) {
      List<String> items = new ArrayList<>();
      for (int click = clicks.start(session); click < clicks.start(session + 1); click++) {
        String item = clicks.itemIds().idOf(clicks.item(click));
        items.add(item + " " + clicks.scale().number(clicks.time(click)));
      }
      sessions.put(clicks.sessionId(session), items);
    }
    return sessions;
  }

  /** The rows of a session stand together, in the order of its clicks. */
  private static Map<String, List<String>> sessions(Dataset<Row> clicks) {
    Map<String, List<String>> sessions = new TreeMap<>();
    for (Row row : clicks.collectAsList()) {
      sessions
          .computeIfAbsent(row.getString(0), id -> new ArrayList<>())
          .add(row.getString(1) + " " + row.get(2));
    }
    return sessions;
  }

  @Property(tries = 8)
  void theSameSessionsAndCountsAsOnOneMachine(
      @ForAll @IntRange(min = 1, max = 150) int n,
      @ForAll @IntRange(min = 1, max = 6) int partitions,
      @ForAll long seed)
      throws IOException {
    Random random = new Random(seed);
    List<Line> lines = lines(n, random);
    Preparation preparation = preparation(random);
    FrameFormat format = FrameFormat.DEFAULT.withFormat(VIEWS).withTieBreak("Line");
    if (random.nextBoolean()) { // without a column for ties, they are ordered by their items
      lines.sort(Comparator.comparing(Line::item));
      format = format.withTieBreak(null);
    }
    List<Line> shuffled = new ArrayList<>(lines);
    Collections.shuffle(shuffled, random);
    cluster.session().conf().set("spark.sql.shuffle.partitions", 1 + random.nextInt(5));
    Prepared<Clicks> expected;
    try {
      expected = onOneMachine(lines, preparation);
    } catch (IllegalArgumentException e) {
      FrameFormat same = format;
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> SparkSessions.prepare(frame(shuffled, partitions), same, preparation))
              .getMessage();
      assertEquals(e.getMessage(), message);
      return;
    }
    try (SparkSessions made =
        SparkSessions.prepare(frame(shuffled, partitions), format, preparation)) {
      assertEquals(expected.rules(), made.rules());
      assertEquals(expected.train().scale(), made.scale());
      assertEquals(sessions(expected.train()), sessions(made.train()));
      if (expected.validation() != null) {
        assertEquals(sessions(expected.validation()), sessions(made.validation()));
      }
      if (expected.test() != null) {
        assertEquals(sessions(expected.test()), sessions(made.test()));
      }
    }
    assertTrue(cluster.context().getPersistentRDDs().isEmpty(), "all is freed");
  }

  private static Dataset<Row> oneSession(DataType time, Object... times) {
    StructType schema =
        new StructType()
            .add("user id", DataTypes.LongType)
            .add("item", DataTypes.IntegerType)
            .add("at", time);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < times.length; i++) {
      rows.add(RowFactory.create(7L, i, times[i]));
    }
    return cluster.session().createDataFrame(cluster.context().parallelize(rows, 2), schema);
  }

  private static final FrameFormat NAMED =
      FrameFormat.DEFAULT.withColumns(new SessionColumns("user id", "item", "at"));

  private static final Preparation NOTHING = new Preparation(List.of(), null, null, 1);

  private static Map<String, List<String>> prepared(Dataset<Row> rows) {
    try (SparkSessions made = SparkSessions.prepare(rows, NAMED, NOTHING)) {
      return sessions(made.train());
    }
  }

  @Property(tries = 1)
  void timesMayBeTimestampsDatesAndNumbers() {
    Instant noon = Instant.parse("2026-11-30T12:00:00Z");
    assertEquals(
        Map.of("7", List.of("1 1796040000000", "0 1796040000250")),
        prepared(
            oneSession(
                DataTypes.TimestampType,
                Timestamp.from(noon.plusMillis(250)),
                Timestamp.from(noon))));
    assertEquals(
        Map.of("7", List.of("0 1796040000", "1 1796040001")),
        prepared(
            oneSession(DataTypes.StringType, "2026-11-30T12:00:00Z", "2026-11-30T13:00:01+01:00")));
    assertEquals(
        Map.of("7", List.of("1 1.5", "0 20.0")),
        prepared(oneSession(DataTypes.DoubleType, 2e1, 1.5)));
    assertEquals(
        Map.of("7", List.of("1 1", "0 2")), prepared(oneSession(DataTypes.LongType, 2L, 1L)));
  }

  @Property(tries = 1)
  void whatIsWrongIsNamed() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    SparkSessions.prepare(
                        oneSession(DataTypes.LongType, 1L), FrameFormat.DEFAULT, NOTHING))
            .getMessage();
    assertEquals(
        "data frame: has no column SessionId, it has \"user id\", \"item\", \"at\"", message);
    String text =
        assertThrows(
                Exception.class,
                () -> prepared(oneSession(DataTypes.StringType, "1700000000", "noon")))
            .toString();
    assertTrue(text.contains("data frame: at \"noon\" is not a "), text);
    String mixed =
        assertThrows(
                Exception.class,
                () ->
                    prepared(
                        oneSession(DataTypes.StringType, "1700000000", "2026-11-30T12:00:00Z")))
            .toString();
    assertTrue(mixed.contains("some times are dates and some are numbers"), mixed);
    assertEquals(
        "no click is left: there was none",
        assertThrows(IllegalArgumentException.class, () -> prepared(oneSession(DataTypes.LongType)))
            .getMessage());
  }
}
