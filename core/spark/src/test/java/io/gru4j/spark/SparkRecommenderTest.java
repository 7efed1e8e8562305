package io.gru4j.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.Condition;
import io.gru4j.data.SessionFormat;
import io.gru4j.model.FittedModel;
import io.gru4j.model.UnknownItems;
import io.gru4j.serve.ItemFilter;
import io.gru4j.serve.Recommender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** In one JVM on four threads: the scores of one machine, filters, and what is refused. */
class SparkRecommenderTest {
  private static final ScoringCase CASE = new ScoringCase(200, 1);

  private static SparkCluster cluster;

  @BeforeAll
  static void start() {
    cluster = SparkCluster.start("local[4]");
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void scoresAreThoseOfOneMachine() {
    ScoringCounters counters = SparkRecommender.newCounters(cluster.session());
    SparkRecommender recommender = new SparkRecommender(CASE.model()).counters(counters);
    assertEquals(
        CASE.expected(), ScoringCase.lines(recommender.recommend(CASE.frame(cluster, 5), 7)));
    assertEquals(CASE.numSessions(), counters.sessions());
    assertEquals(1, counters.sessionsWithoutKnownItem());
    assertTrue(counters.modelsRead() <= 1, "tasks of a JVM share a model");
    assertEquals(List.of(), counters.scalarExecutors());
    assertTrue(counters.seconds() > 0);
  }

  @Test
  void aModelIsFreedForAnotherAndWhenNoTaskHasUsedItForAWhile() throws InterruptedException {
    SharedModels.idle = Duration.ofMillis(300);
    try {
      for (long seed = 10; seed < 13; seed++) {
        ScoringCase other = new ScoringCase(5, seed);
        SparkRecommender.recommend(other.model(), other.frame(cluster, 2), 1).collect();
        assertTrue(SharedModels.size() <= 1, "those before it were freed");
      }
      for (int i = 0; i < 200 && SharedModels.size() > 0; i++) {
        Thread.sleep(50);
      }
      assertEquals(0, SharedModels.size());
    } finally {
      SharedModels.idle = Duration.ofMinutes(1);
    }
  }

  @Test
  void rowsOfASessionAreTogetherAndRanked() {
    Dataset<Row> all = SparkRecommender.recommend(CASE.model(), CASE.frame(cluster, 3), 3);
    assertArrayEquals(new String[] {"session", "rank", "item", "score"}, all.columns());
    List<Row> rows = all.collectAsList();
    assertEquals(3 * (CASE.numSessions() - 1), rows.size());
    for (int i = 0; i < rows.size(); i++) {
      assertEquals(i % 3 + 1, rows.get(i).getInt(1));
      assertEquals(rows.get(i - i % 3).getString(0), rows.get(i).getString(0));
    }
  }

  @Test
  void partitionsMayBeEmptyAndMoreThanSessions() {
    ScoringCase few = new ScoringCase(3, 2);
    String before = cluster.session().conf().get("spark.sql.shuffle.partitions");
    cluster.session().conf().set("spark.sql.shuffle.partitions", 16);
    cluster.session().conf().set("spark.sql.adaptive.enabled", false); // would merge them
    try {
      Dataset<Row> scored = SparkRecommender.recommend(few.model(), few.frame(cluster, 20), 7);
      assertEquals(16, scored.javaRDD().getNumPartitions());
      assertEquals(few.expected(), ScoringCase.lines(scored));
      Dataset<Row> none = few.frame(cluster, 2).filter("ItemId = 'x'");
      assertEquals(List.of(), ScoringCase.lines(SparkRecommender.recommend(few.model(), none, 7)));
    } finally {
      cluster.session().conf().set("spark.sql.shuffle.partitions", before);
      cluster.session().conf().set("spark.sql.adaptive.enabled", true);
    }
  }

  @Test
  void filtersAreThoseOfRecommend() {
    Recommender one = new Recommender(CASE.model());
    List<String> half = IntStream.range(0, 150).mapToObj(i -> "i" + 2 * i).toList();
    List<String> some = List.of("i0", "i4", "i7", "nothing");
    SparkRecommender many = new SparkRecommender(CASE.model());
    Dataset<Row> frame = CASE.frame(cluster, 2);
    assertEquals(
        CASE.expected(ItemFilter.ALL.unseen(), one),
        ScoringCase.lines(many.unseen().recommend(frame, 7)));
    assertEquals(
        CASE.expected(ItemFilter.ALL.only(one.itemSet(half)).without(one.itemSet(some)), one),
        ScoringCase.lines(many.only(half).without(some).recommend(frame, 7)));
    assertThrows(IllegalArgumentException.class, () -> many.only(List.of("nothing")));
    List<Row> fallen =
        many.popularFallback().recommend(frame, 2).filter("source = 'popular'").collectAsList();
    List<String> popular = one.popular(2, ItemFilter.ALL).stream().map(r -> r.item()).toList();
    assertEquals(popular, fallen.stream().map(row -> row.getString(2)).toList());
    assertEquals("unknown", fallen.getFirst().getString(0));
    SessionFormat first = SessionFormat.DEFAULT.withWhere(List.of(Condition.parse("SessionId=s1")));
    assertEquals(
        CASE.expected().stream().filter(line -> line.startsWith("s1\t")).toList(),
        ScoringCase.lines(many.format(FrameFormat.DEFAULT.withFormat(first)).recommend(frame, 7)));
  }

  @Test
  void whatCannotBeScoredIsRefused() {
    Dataset<Row> frame = CASE.frame(cluster, 2);
    SparkRecommender recommender = new SparkRecommender(CASE.model());
    assertEquals(
        "k must be >= 1, got 0",
        assertThrows(IllegalArgumentException.class, () -> recommender.recommend(frame, 0))
            .getMessage());
    String unknown =
        assertThrows(
                Exception.class,
                () -> recommender.unknown(UnknownItems.FAIL).recommend(frame, 1).collect())
            .toString();
    assertTrue(unknown.contains("the model does not know item \"i30"), unknown);
    FittedModel model = CASE.model();
    FittedModel old =
        new FittedModel(
            model.network(), model.items(), model.parameters(), model.history(), model.seed());
    assertThrows(
        IllegalStateException.class,
        () -> new SparkRecommender(old).popularFallback().recommend(frame, 1));
  }

  @Test
  void aModelThatExecutorsCannotReadFailsTheJobAndIsNotRemembered() throws Exception {
    ScoringCase sessions = new ScoringCase(5, 3);
    JavaSparkContext context = cluster.context();
    JavaRDD<ClickBlock> blocks =
        ClickBlocks.of(ClickFrame.of(sessions.frame(cluster, 2), FrameFormat.DEFAULT, false));
    SentModel sound = SentModel.of(context, sessions.model());
    SentModel damaged =
        new SentModel(
            sound.fingerprint(), new ArrayList<>(List.of(context.broadcast(new byte[100]))));
    SentModel other =
        new SentModel(
            sound.fingerprint(), SentModel.of(context, new ScoringCase(5, 4).model()).parts());
    ScoringCounters counters = SparkRecommender.newCounters(cluster.session());
    String message =
        assertThrows(Exception.class, () -> blocks.mapPartitions(task(damaged, counters)).collect())
            .toString();
    assertTrue(message.contains("ModelFileException"), message);
    message =
        assertThrows(Exception.class, () -> blocks.mapPartitions(task(other, counters)).collect())
            .toString();
    assertTrue(message.contains("is not the one that the driver has sent"), message);
    assertEquals(0, counters.modelsRead());
    assertEquals(
        sessions.expected(),
        ScoringCase.lines(blocks.mapPartitions(task(sound, counters)).collect()));
    assertEquals(1, counters.modelsRead());
  }

  private static ScoringTask task(SentModel model, ScoringCounters counters) {
    return new ScoringTask(model, ScoringCase.K, null, null, false, false, null, counters);
  }

  @Test
  void javaWithTheFaultOfG1IsRefusedByName() {
    for (String version : List.of("25", "25.0.1", "25.0.2+10-LTS")) {
      String message =
          assertThrows(
                  IllegalStateException.class,
                  () -> JavaVersion.check(Runtime.Version.parse(version)))
              .getMessage();
      assertTrue(message.startsWith("Java " + version + " has a fault of G1"), message);
      assertTrue(message.endsWith("use Java 25.0.3 or later"), message);
    }
    for (String version : List.of("25.0.3+9-LTS", "25.0.4", "26-ea", "26.0.1")) {
      JavaVersion.check(Runtime.Version.parse(version));
    }
    assertFalse(Runtime.version().feature() < 25);
  }
}
