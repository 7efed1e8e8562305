package io.gru4j.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import io.gru4j.parameters.GRU4RecOptions;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.OptimizationAlgorithm;
import io.gru4j.progress.BatchProgress;
import io.gru4j.progress.TrainingException;
import io.gru4j.progress.TrainingListener;
import io.gru4j.tensor.autograd.Parameter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Tuple2;

class SparkTrainerTest {
  private static final TrainingCase CASE = TrainingCase.usual(TrainingRows.tiny().build());

  private static SparkCluster cluster;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    cluster = SparkCluster.start("local[4]");
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /** Puts an end to the driver's work after a round, as its death would. */
  private static final class Death extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private static TrainingListener dyingAfter(int round) {
    return new TrainingListener() {
      private int rounds;

      @Override
      public void onBatch(BatchProgress progress) {
        if (rounds++ == round) {
          throw new Death();
        }
      }
    };
  }

  private static void assertSameValues(FittedModel a, FittedModel b) {
    List<Parameter> expected = a.network().parameters();
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i).value(), b.network().parameters().get(i).value());
    }
  }

  @Test
  void aRoundIsTheMeanOfRoundsOnOneMachine() throws IOException {
    for (GRU4RecParameters.Builder each :
        List.of(
            TrainingRows.tiny(),
            TrainingRows.tiny().set(GRU4RecOptions.NEGATIVES, GRU4RecOptions.Negatives.OWN),
            TrainingRows.softmax(),
            TrainingRows.softmax()
                .set(GRU4RecParameters.OPTIMIZATION_ALGORITHM, OptimizationAlgorithm.SGD)
                .set(GRU4RecParameters.MOMENTUM, 0.5))) {
      TrainingCase c =
          new TrainingCase(each.build(), CASE.train(), null, CASE.partitions(), CASE.rounds());
      FittedModel model = c.fit(cluster);
      RoundsInOneJvm plain = new RoundsInOneJvm(c);
      plain.run();
      assertEquals(plain.itemIds(), model.items().ids());
      assertEquals(plain.losses(), model.history().stream().map(EpochSummary::loss).toList());
      for (int i = 0; i < model.network().parameters().size(); i++) {
        Parameter p = model.network().parameters().get(i);
        float[] values = new float[p.rows() * p.cols()];
        p.read(0, values, values.length);
        assertArrayEquals(plain.values(i), values, p.name());
      }
    }
  }

  @Test
  void theOrderOfRowsAndPartitionsDoesNotMatter() throws IOException {
    String expected = CASE.fit(cluster).sha256();
    List<Row> shuffled = new ArrayList<>(CASE.train());
    Collections.shuffle(shuffled, new Random(3));
    FittedModel model =
        new SparkTrainer(cluster.session())
            .fit(
                CASE.parameters(),
                TrainingRows.frame(cluster.session(), shuffled).repartition(7),
                TrainingRows.frame(cluster.session(), CASE.judge()).repartition(2),
                CASE.partitions(),
                CASE.rounds());
    assertEquals(expected, model.sha256());
    assertTrue(cluster.context().getPersistentRDDs().isEmpty(), "all is freed");
  }

  @Test
  void changesAreAddedInTheOrderOfPartitionsHoweverTheyLie() {
    ModelLayout layout = new ModelLayout(List.of(Parameter.ofRows("p", 1, 1)), 1);
    float[] byPartition = {0x1p60f, -0x1p60f, 1}; // in any other order than this, 1 may get lost
    List<Tuple2<Long, byte[]>> reversed = new ArrayList<>();
    for (int partition = 2; partition >= 0; partition--) {
      SliceChange change = new SliceChange(1, null, new float[] {byPartition[partition]});
      reversed.add(new Tuple2<>(RoundTask.key(RoundTask.RESULT + 1, partition), change.toBytes()));
    }
    for (int lie = 1; lie <= 3; lie++) {
      List<Tuple2<Long, byte[]>> means =
          SparkRound.means(cluster.context().parallelize(reversed, lie), 1, layout).collect();
      assertEquals(1, means.size());
      assertArrayEquals(
          new float[] {(float) (SliceMean.step(3) * (1.0 / 3))},
          SliceChange.of(means.getFirst()._2()).differences());
    }
  }

  @Test
  void morePartitionsThanSessionsAndItemsOfOnePartitionAreNoHarm() throws IOException {
    List<Row> few = new ArrayList<>();
    for (int session = 0; session < 3; session++) {
      for (int click = 0; click < 3; click++) {
        few.add(TrainingRows.row("s" + session, session + "-" + click, 10 * session + click));
      }
    }
    GRU4RecParameters p = TrainingRows.softmax().build();
    TrainingCase c = new TrainingCase(p, few, null, 5, 1); // two partitions without sessions
    FittedModel model = c.fit(cluster);
    assertEquals(9, model.numItems());
    assertEquals(6, model.history().getFirst().targets());
    RoundsInOneJvm plain = new RoundsInOneJvm(c);
    plain.run();
    for (int i = 0; i < model.network().parameters().size(); i++) {
      Parameter parameter = model.network().parameters().get(i);
      float[] values = new float[parameter.rows() * parameter.cols()];
      parameter.read(0, values, values.length);
      assertArrayEquals(plain.values(i), values, parameter.name());
    }
  }

  @Test
  void anotherSeedAndOtherPartitionsAreOtherModels() throws IOException {
    String expected = CASE.fit(cluster).sha256();
    assertFalse(
        expected.equals(
            TrainingCase.usual(TrainingRows.tiny().set(GRU4RecParameters.SEED, 8L).build())
                .fit(cluster)
                .sha256()));
    FittedModel two =
        new TrainingCase(CASE.parameters(), CASE.train(), CASE.judge(), 2, 2).fit(cluster);
    assertEquals("2", two.lineage().last().orElseThrow().settings().get("partitions"));
    assertFalse(expected.equals(two.sha256()));
  }

  @Test
  void theBestEpochIsKeptAndTrainingStopsEarly() throws IOException {
    GRU4RecParameters.Builder stopping =
        TrainingRows.tiny()
            .set(GRU4RecParameters.MAX_EPOCHS, 6)
            .set(GRU4RecParameters.MIN_IMPROVEMENT, 0.0)
            .set(GRU4RecParameters.LEARNING_RATE, 0.5)
            .set(GRU4RecParameters.STOP_EARLY, true)
            .set(GRU4RecParameters.MAX_ITER_NO_CHANGE, 1);
    FittedModel model = TrainingCase.usual(stopping.build()).fit(cluster);
    List<EpochSummary> history = model.history();
    assertTrue(history.getLast().stopped() && history.size() < 6, history.toString());
    int best = history.size() - 1;
    assertTrue(history.get(best - 1).better());
    FittedModel lastOfSo =
        TrainingCase.usual(
                stopping.build().toBuilder()
                    .set(GRU4RecParameters.MAX_EPOCHS, best)
                    .set(GRU4RecParameters.KEEP_LAST, true)
                    .build())
            .fit(cluster);
    assertSameValues(lastOfSo, model);
    TrainingCase all = TrainingCase.usual(stopping.build());
    String checkpoints = folder.toUri().toString();
    assertThrows(
        Death.class,
        () ->
            all.fit(
                cluster,
                t -> t.checkpoints(checkpoints).listener(dyingAfter(all.rounds() * best + 1))));
    assertEquals(
        model.sha256(), all.resume(cluster, t -> t.checkpoints(checkpoints)).sha256(), "stops too");
  }

  @Test
  void aTrainingWhoseDriverDiesIsGoneOnWithToTheSameBytes() throws IOException {
    String expected = CASE.fit(cluster).sha256();
    for (int round = 1; round < 4; round++) {
      Path at = Files.createDirectory(folder.resolve("after" + round));
      int death = round;
      assertThrows(
          Death.class,
          () ->
              CASE.fit(
                  cluster,
                  trainer ->
                      trainer.checkpoints(at.toUri().toString()).listener(dyingAfter(death))));
      Files.writeString(at.resolve("round-0000009.safetensors.writing"), "half");
      assertEquals(
          expected,
          CASE.resume(cluster, trainer -> trainer.checkpoints(at.toUri().toString())).sha256());
      assertEquals(
          expected,
          CASE.resume(cluster, trainer -> trainer.checkpoints(at.toUri().toString())).sha256(),
          "a training that has ended");
    }
  }

  @Test
  void aDamagedCheckpointIsAWarningAndTheOneBeforeIsTaken() throws IOException {
    String expected = CASE.fit(cluster, t -> t.checkpoints(folder.toUri().toString())).sha256();
    assertEquals(List.of("round-0000003.safetensors", "round-0000004.safetensors"), names());
    Path newest = folder.resolve("round-0000004.safetensors");
    byte[] bytes = Files.readAllBytes(newest);
    try (OutputStream out = // with sums of the file system too
        FileSystem.getLocal(cluster.context().hadoopConfiguration())
            .create(new org.apache.hadoop.fs.Path(newest.toUri()))) {
      out.write(bytes);
    }
    bytes[bytes.length - 5] ^= 1;
    Files.write(newest, bytes);
    Path sums = folder.resolve(".round-0000004.safetensors.crc");
    assertTrue(Files.exists(sums));
    goesOnFromTheOneBefore(expected);
    Files.write(newest, bytes);
    Files.deleteIfExists(sums);
    goesOnFromTheOneBefore(expected);
  }

  private void goesOnFromTheOneBefore(String expected) throws IOException {
    List<String> warnings = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onWarning(String warning) {
            warnings.add(warning);
          }
        };
    assertEquals(
        expected,
        CASE.resume(cluster, t -> t.checkpoints(folder.toUri().toString()).listener(listener))
            .sha256());
    assertTrue(
        warnings.stream().anyMatch(w -> w.contains("round-0000004") && w.contains("before")),
        warnings.toString());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    }
  }

  @Test
  void onlyTheSameTrainingIsGoneOnWith() throws IOException {
    CASE.fit(cluster, t -> t.checkpoints(folder.toUri().toString()));
    TrainingCase other = new TrainingCase(CASE.parameters(), CASE.train(), CASE.judge(), 3, 4);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> other.resume(cluster, t -> t.checkpoints(folder.toUri().toString())))
            .getMessage();
    assertTrue(message.contains("rounds_per_epoch is 4, but 2 in the checkpoint"), message);
    assertThrows(IllegalStateException.class, () -> CASE.resume(cluster, t -> t));
  }

  @Test
  void aTrainingThatGoesWrongSaysSoOnce() {
    TrainingCase wrong =
        TrainingCase.usual(
            TrainingRows.softmax().set(GRU4RecParameters.LEARNING_RATE, 1e20).build());
    String message = assertThrows(TrainingException.class, () -> wrong.fit(cluster)).getMessage();
    assertTrue(message.contains("learning_rate 1.0E20"), message);
  }

  @Test
  void whatCannotBeTrainedIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new TrainingCase(CASE.parameters(), CASE.train(), null, 0, 1).fit(cluster));
    assertThrows(
        IllegalArgumentException.class,
        () -> new TrainingCase(CASE.parameters(), CASE.train(), null, 1, 0).fit(cluster));
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    new TrainingCase(
                            CASE.parameters(),
                            List.of(TrainingRows.row("a", "x", 1), TrainingRows.row("b", "y", 2)),
                            null,
                            2,
                            1)
                        .fit(cluster))
            .getMessage();
    assertTrue(message.contains("no session of 2 clicks"), message);
    List<Row> strangers = List.of(TrainingRows.row("a", "x", 1), TrainingRows.row("a", "y", 2));
    message =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    new TrainingCase(CASE.parameters(), CASE.train(), strangers, 2, 1).fit(cluster))
            .getMessage();
    assertTrue(message.startsWith("the validation sessions have no session of 2"), message);
  }
}
