package io.gru4j.algorithms;

import static io.gru4j.parameters.GRU4RecOptions.ADAGRAD_MOMENTUM;
import static io.gru4j.parameters.GRU4RecOptions.LEARNING_RATE_SCHEDULE;
import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static io.gru4j.parameters.GRU4RecParameters.DROPOUT;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.KEEP_LAST;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.MAX_ITER_NO_CHANGE;
import static io.gru4j.parameters.GRU4RecParameters.MIN_IMPROVEMENT;
import static io.gru4j.parameters.GRU4RecParameters.MOMENTUM;
import static io.gru4j.parameters.GRU4RecParameters.NUM_LAYERS;
import static io.gru4j.parameters.GRU4RecParameters.OPTIMIZATION_ALGORITHM;
import static io.gru4j.parameters.GRU4RecParameters.SEED;
import static io.gru4j.parameters.GRU4RecParameters.STOPPING_CRITERION;
import static io.gru4j.parameters.GRU4RecParameters.STOP_EARLY;
import static io.gru4j.parameters.GRU4RecParameters.VALIDATION_SAMPLE_SIZE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.OpenFiles;
import io.gru4j.data.IdMap;
import io.gru4j.data.Interaction;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.Validation;
import io.gru4j.file.Unchecked;
import io.gru4j.metrics.Criterion;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import io.gru4j.model.ModelFileException;
import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecOptions;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.OptimizationAlgorithm;
import io.gru4j.parameters.ParameterSpec;
import io.gru4j.progress.BatchProgress;
import io.gru4j.progress.TrainingListener;
import io.gru4j.progress.TrainingStoppedException;
import io.gru4j.training.Trainer;
import io.gru4j.training.TrainingStep;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumeTest {
  private static final Duration NEVER = Duration.ofMinutes(10);
  private static final Duration ALWAYS = Duration.ofNanos(1);
  private static final String ONLY =
      "; only the same training can be gone on with: to start anew, delete ";
  private static final TestSessions SESSIONS = TestSessions.make(3, 40, 12);

  private static final List<String> BOTH =
      List.of(GRU4RecCrossEntropy.CHECKPOINT_BEFORE_FILE, GRU4RecCrossEntropy.CHECKPOINT_FILE);

  @TempDir Path folder;

  /** What else to do where there is the newest alone. */
  private String only() {
    return ONLY + folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_FILE);
  }

  private static GRU4Rec<?> estimator(GRU4RecParameters parameters) {
    return GRU4Rec.of(parameters).threads(1);
  }

  @Provide
  static Arbitrary<GRU4RecParameters> trainings() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 3),
            Arbitraries.of(0.0, 0.4),
            Arbitraries.of(0.0, 0.9),
            Arbitraries.of(Criterion.RECALL, Criterion.BPR, Criterion.NDCG),
            Arbitraries.integers().between(1, 4),
            Arbitraries.integers().between(0, 255),
            Arbitraries.of(Trained.values()))
        .as(
            (layers, dropout, momentum, criterion, bptt, switches, trained) ->
                trained
                    .parameters((switches & 8) != 0)
                    .set(NUM_LAYERS, layers)
                    .set(DROPOUT, dropout)
                    .set(MOMENTUM, momentum)
                    .set(
                        OPTIMIZATION_ALGORITHM,
                        (switches & 1) == 0
                            ? OptimizationAlgorithm.ADAGRAD
                            : OptimizationAlgorithm.SGD)
                    .set(KEEP_LAST, (switches & 2) != 0)
                    .set(STOP_EARLY, (switches & 4) != 0)
                    .set(MAX_ITER_NO_CHANGE, 1)
                    .set(STOPPING_CRITERION, criterion)
                    .set(VALIDATION_SAMPLE_SIZE, 9)
                    .set(BPTT, bptt)
                    .set("session_order", (switches & 16) == 0 ? "user" : "shuffled")
                    .set("embedding", (switches & 32) == 0 ? "separate" : "shared")
                    .set(ADAGRAD_MOMENTUM, (switches & 64) == 0 ? 0 : 0.5)
                    .set("hidden_sizes", (switches & 128) == 0 ? null : "4,3,5")
                    .set(LEARNING_RATE_SCHEDULE, GRU4RecOptions.Schedule.LINEAR)
                    .build());
  }

  /** What a target is trained against. */
  private enum Trained {
    CATALOGUE,
    OWN,
    SHARED,
    SHARED_BPR_MAX,
    OTHER_TARGETS;

    GRU4RecParameters.Builder parameters(boolean tracks) {
      GRU4RecParameters.Builder p =
          TestSessions.tiny(
              this == OWN || this == SHARED_BPR_MAX
                  ? Algorithm.NEG_SAMPLING
                  : Algorithm.CROSS_ENTROPY)
              .toBuilder();
      boolean shared = this != CATALOGUE && this != OWN;
      p.set("batching", tracks || shared ? "session_parallel" : "padded");
      return switch (this) {
        case CATALOGUE -> p;
        case OWN -> p.set("loss_fn", "top1-max").set("num_negatives", 4);
        case SHARED -> p.set("negatives", "shared").set("num_samples", 5).set("logq", 0.5);
        case SHARED_BPR_MAX ->
            p.set("negatives", "shared").set("loss_fn", "bpr-max").set("num_samples", 5);
        case OTHER_TARGETS -> p.set("negatives", "shared").set("num_samples", 0);
      };
    }
  }

  private static void delete(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_BEFORE_FILE));
    Files.delete(folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_FILE));
    Files.delete(folder);
  }

  private static FittedModel uninterrupted(GRU4RecParameters parameters) {
    return estimator(parameters).fit(SESSIONS.x(), SESSIONS.items(), SESSIONS.validation()).model();
  }

  /** Stops before the first step, which leaves a checkpoint there. */
  private static void startIn(Path folder, GRU4RecParameters parameters) {
    GRU4Rec<?> estimator = estimator(parameters).checkpoint(folder, NEVER);
    estimator.stop();
    assertThrows(
        TrainingStoppedException.class,
        () -> estimator.fit(SESSIONS.x(), SESSIONS.items(), SESSIONS.validation()));
  }

  private static GRU4Rec<?> resume(GRU4Rec<?> estimator) throws IOException {
    return estimator.resume(SESSIONS.x(), SESSIONS.items(), SESSIONS.validation());
  }

  @Property(tries = 40)
  void whereverItIsCutTrainingEndsWithTheSameBits(
      @ForAll("trainings") GRU4RecParameters parameters, @ForAll Random random) throws IOException {
    Path folder = Files.createTempDirectory("gru4j-resume");
    startIn(folder, parameters);
    FittedModel model = null;
    int cuts = 0;
    while (model == null) {
      GRU4Rec<?> estimator = estimator(parameters).checkpoint(folder, NEVER);
      int most = cuts == 0 ? 2 : 9; // the first cut comes before the end of any of these trainings
      Trainer.Observer observer = stopAfter(estimator, 1 + random.nextInt(most));
      try {
        model =
            estimator
                .observer(observer)
                .resume(SESSIONS.x(), SESSIONS.items(), SESSIONS.validation())
                .model();
      } catch (TrainingStoppedException e) {
        cuts++;
      }
    }
    assertTrue(cuts > 0);
    SameModel.check(uninterrupted(parameters), model);
    delete(folder);
  }

  @Provide
  static Arbitrary<GRU4RecParameters> earlyStops() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 4),
            Arbitraries.of(0.0, 0.02, 0.1, 1.0, 30.0),
            Arbitraries.of(Criterion.RECALL, Criterion.BPR, Criterion.NDCG),
            Arbitraries.of(true, false),
            Arbitraries.of(null, 1, 9, 1000),
            Arbitraries.longs().between(0, 1000))
        .as(
            (maxIterNoChange, minImprovement, criterion, keepLast, sample, seed) ->
                TestSessions.tiny().toBuilder()
                    .set(STOP_EARLY, true)
                    .set(MAX_ITER_NO_CHANGE, maxIterNoChange)
                    .set(MIN_IMPROVEMENT, minImprovement)
                    .set(STOPPING_CRITERION, criterion)
                    .set(KEEP_LAST, keepLast)
                    .set(VALIDATION_SAMPLE_SIZE, sample)
                    .set(BPTT, 4)
                    .set(MAX_EPOCHS, 8)
                    .set(SEED, seed)
                    .build());
  }

  /** Cut in every epoch, so while 0, 1, ... epochs without improvement have been counted. */
  @Property(tries = 40)
  void earlyStoppingGoesOnCountingWhereItWasCut(
      @ForAll("earlyStops") GRU4RecParameters parameters, @ForAll Random random)
      throws IOException {
    GRU4Rec<?> whole = estimator(parameters);
    FittedModel expected = whole.fit(SESSIONS.x(), SESSIONS.items(), SESSIONS.validation()).model();
    Path folder = Files.createTempDirectory("gru4j-resume");
    for (EpochSummary cutIn : expected.history()) {
      int after = random.nextInt((int) cutIn.steps());
      startIn(folder, parameters);
      GRU4Rec<?> cut = estimator(parameters).checkpoint(folder, NEVER);
      assertThrows(
          TrainingStoppedException.class,
          () ->
              cut.observer(stopIn(cut, cutIn.epoch(), after))
                  .resume(SESSIONS.x(), SESSIONS.items(), SESSIONS.validation()));
      GRU4Rec<?> resumed = resume(estimator(parameters).checkpoint(folder, NEVER));
      SameModel.check(expected, resumed.model());
      assertEquals(whole.filename(), resumed.filename());
    }
    delete(folder);
  }

  /** The property above would hold of trainings that are never stopped early. */
  @Test
  void epochsWithoutImprovementEndTrainingThatWasCutAmongThem() throws IOException {
    GRU4RecParameters parameters =
        TestSessions.tiny().toBuilder()
            .set(STOP_EARLY, true)
            .set(MAX_ITER_NO_CHANGE, 3)
            .set(MIN_IMPROVEMENT, 1.0)
            .set(MAX_EPOCHS, 20)
            .build();
    for (int epoch = 1; epoch <= 4; epoch++) {
      startIn(folder, parameters);
      GRU4Rec<?> cut = estimator(parameters).checkpoint(folder, NEVER);
      Trainer.Observer stop = stopIn(cut, epoch, 0);
      assertThrows(
          TrainingStoppedException.class,
          () -> cut.observer(stop).resume(SESSIONS.x(), SESSIONS.items(), SESSIONS.validation()));
      List<EpochSummary> history =
          resume(estimator(parameters).checkpoint(folder, NEVER)).model().history();
      assertEquals(4, history.size()); // recall cannot improve by 1: the first is the best
      assertTrue(history.getFirst().better());
      assertTrue(history.getLast().stopped());
    }
  }

  private static Trainer.Observer stopIn(GRU4Rec<?> estimator, int epoch, int after) {
    return new Trainer.Observer() {
      private int left = after;

      @Override
      public void stepped(TrainingStep step, int at, int width, double loss) {
        if (at == epoch - 1 && left-- == 0) {
          estimator.stop();
        }
      }
    };
  }

  private static Trainer.Observer stopAfter(GRU4Rec<?> estimator, int steps) {
    return new Trainer.Observer() {
      private int left = steps;

      @Override
      public void stepped(TrainingStep step, int epoch, int width, double loss) {
        if (--left == 0) {
          estimator.stop();
        }
      }
    };
  }

  @Test
  void anotherNumberOfThreadsGoesOnToTheSameBits() throws IOException {
    startIn(folder, TestSessions.tiny());
    for (int epoch = 1; epoch <= 3; epoch++) {
      try (GRU4Rec<?> cut =
          new GRU4RecCrossEntropy(TestSessions.tiny()).threads(epoch).checkpoint(folder, NEVER)) {
        Trainer.Observer stop = stopIn(cut, epoch, 3);
        assertThrows(
            TrainingStoppedException.class,
            () -> cut.observer(stop).resume(SESSIONS.x(), SESSIONS.items(), SESSIONS.validation()));
      }
    }
    FittedModel model = resume(estimator(TestSessions.tiny()).checkpoint(folder, NEVER)).model();
    SameModel.check(uninterrupted(TestSessions.tiny()), model);
  }

  @Test
  void aTrainingThatHadEndedGivesItsModelAgain() throws IOException {
    GRU4Rec<?> estimator = estimator(TestSessions.tiny()).checkpoint(folder, ALWAYS);
    FittedModel model =
        estimator.fit(SESSIONS.x(), SESSIONS.items(), SESSIONS.validation()).model();
    GRU4Rec<?> again = estimator(TestSessions.tiny()).checkpoint(folder, NEVER);
    List<EpochSummary> seen = new ArrayList<>();
    again.listener(
        new TrainingListener() {
          @Override
          public void onResume(List<EpochSummary> history) {
            seen.addAll(history);
          }

          @Override
          public void onBatch(BatchProgress batch) {
            throw new AssertionError("nothing is left to train");
          }
        });
    SameModel.check(model, resume(again).model());
    assertEquals(model.history(), seen);
    assertEquals(estimator.filename(), again.filename());
  }

  @Test
  void aSeedThatWasDrawnIsKept() throws IOException {
    GRU4RecParameters parameters = TestSessions.tiny().toBuilder().set(SEED, null).build();
    startIn(folder, parameters);
    FittedModel model = resume(estimator(parameters).checkpoint(folder, NEVER)).model();
    GRU4RecParameters seeded = parameters.toBuilder().set(SEED, model.seed()).build();
    assertArrayEquals(SameModel.values(uninterrupted(seeded)), SameModel.values(model));
  }

  /** Each step of an epoch is in the next checkpoint, or none. */
  @Test
  void theIntervalSaysHowOftenACheckpointIsWritten() {
    GRU4RecParameters parameters =
        TestSessions.tiny().toBuilder().set(MAX_EPOCHS, 2).set(BPTT, 9).build();
    for (Duration interval : List.of(ALWAYS, NEVER, Duration.ofSeconds(Long.MAX_VALUE))) {
      GRU4Rec<?> estimator = estimator(parameters).checkpoint(folder, interval);
      List<Long> positions = new ArrayList<>();
      estimator.listener(
          new TrainingListener() {
            @Override
            public void onBatch(BatchProgress batch) {
              if (batch.epoch() == 2) {
                positions.add(targetsInCheckpoint());
              }
            }
          });
      estimator.fit(SESSIONS.x(), SESSIONS.items(), SESSIONS.validation());
      assertTrue(positions.size() > 2);
      assertEquals(
          interval == ALWAYS ? positions.size() : 1, positions.stream().distinct().count());
    }
  }

  private long targetsInCheckpoint() {
    try {
      String text =
          Files.readString(
              folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_FILE), StandardCharsets.ISO_8859_1);
      String targets = "\\\"targets\\\":";
      int at = text.lastIndexOf(targets) + targets.length();
      return Long.parseLong(text.substring(at, text.indexOf(',', at)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void anInterruptLeavesACheckpointAndTheThreadInterrupted() throws IOException {
    GRU4Rec<?> estimator = estimator(TestSessions.tiny()).checkpoint(folder, NEVER);
    estimator.listener(
        new TrainingListener() {
          @Override
          public void onBatch(BatchProgress batch) {
            if (batch.epoch() == 2 && batch.batch() == 3) {
              Thread.currentThread().interrupt();
            }
          }
        });
    var e =
        assertThrows(
            TrainingStoppedException.class,
            () -> estimator.fit(SESSIONS.x(), SESSIONS.items(), SESSIONS.validation()));
    assertTrue(Thread.interrupted());
    assertTrue(
        e.getMessage().startsWith("training was stopped in epoch 2, after step "), e::getMessage);
    assertEquals(1, estimator.model().history().size()); // the best so far
    GRU4Rec<?> other = estimator(TestSessions.tiny()).checkpoint(folder, NEVER);
    SameModel.check(uninterrupted(TestSessions.tiny()), resume(other).model());
  }

  /** Interrupted at any moment from outside, so also while a checkpoint is written. */
  @Test
  void anInterruptWhileACheckpointIsWrittenDoesNotSpoilIt() throws Exception {
    FittedModel expected = uninterrupted(TestSessions.tiny());
    startIn(folder, TestSessions.tiny());
    Random random = new Random(5);
    for (int life = 0; life < 30; life++) {
      List<Throwable> ends = new ArrayList<>();
      GRU4Rec<?> estimator = estimator(TestSessions.tiny()).checkpoint(folder, ALWAYS);
      Thread trainer =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      SameModel.check(expected, resume(estimator).model());
                      resume(estimator.checkpoint(folder, ALWAYS)); // so that it can be cut again
                    } catch (ClosedByInterruptException | TrainingStoppedException e) {
                      assertTrue(Thread.interrupted()); // the first: while the file was read
                    } catch (Throwable e) {
                      ends.add(e);
                    }
                  });
      Thread.sleep(random.nextInt(30));
      trainer.interrupt();
      trainer.join();
      assertEquals(List.of(), ends);
    }
    assertEquals(BOTH, names());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void otherParametersAreRefusedByName() throws IOException {
    startIn(folder, TestSessions.tiny());
    Map<String, Object> others =
        Map.of(
            "learning_rate",
            0.2,
            "seed",
            8L,
            "max_epochs",
            4,
            "bptt",
            2,
            "hidden_size",
            5,
            "stopping_criterion",
            "ndcg",
            "keep_last",
            true);
    for (Map.Entry<String, Object> other : others.entrySet()) {
      GRU4RecParameters parameters =
          TestSessions.tiny().withParams(Map.of(other.getKey(), other.getValue()));
      var e =
          assertThrows(
              IllegalArgumentException.class,
              () -> resume(estimator(parameters).checkpoint(folder, NEVER)));
      assertEquals(
          "%s: %s is %s, but %s in the checkpoint%s"
              .formatted(
                  folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_FILE),
                  other.getKey(),
                  ParameterSpec.print(parameters.getParams().get(other.getKey())),
                  ParameterSpec.print(TestSessions.tiny().getParams().get(other.getKey())),
                  only()),
          e.getMessage());
    }
  }

  private String refused(InteractionMatrix x, IdMap items, Validation validation) {
    GRU4Rec<?> estimator = estimator(TestSessions.tiny()).checkpoint(folder, NEVER);
    return assertThrows(
            IllegalArgumentException.class, () -> estimator.resume(x, items, validation))
        .getMessage();
  }

  @Test
  void otherDataAreRefusedByName() {
    startIn(folder, TestSessions.tiny());
    Path file = folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_FILE);
    List<Interaction> rows = new ArrayList<>(SESSIONS.x().rows());
    Interaction last = rows.removeLast();
    rows.add(new Interaction(last.user(), (last.item() + 1) % 12, last.timestamp()));
    InteractionMatrix other = InteractionMatrix.of(40, 12, rows);
    assertEquals(
        file + ": the training data are not those of the checkpoint" + only(),
        refused(other, SESSIONS.items(), SESSIONS.validation()));
    List<String> ids = new ArrayList<>(SESSIONS.items().ids());
    ids.set(3, "item33");
    assertEquals(
        file + ": the item ids are not those of the checkpoint" + only(),
        refused(SESSIONS.x(), IdMap.of(ids), SESSIONS.validation()));
    String validation = file + ": the validation data are not those of the checkpoint" + only();
    assertEquals(validation, refused(SESSIONS.x(), SESSIONS.items(), null));
    assertEquals(
        validation,
        refused(SESSIONS.x(), SESSIONS.items(), TestSessions.make(4, 40, 12).validation()));
  }

  @Test
  void whatIsNoCheckpointIsRefused() throws IOException {
    Path file = folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_FILE);
    GRU4Rec<?> estimator = estimator(TestSessions.tiny()).checkpoint(folder, NEVER);
    assertThrows(NoSuchFileException.class, () -> resume(estimator));
    uninterrupted(TestSessions.tiny()).save(file);
    var e = assertThrows(ModelFileException.class, () -> resume(estimator));
    String advice = "; nothing was deleted: to start anew, delete " + file;
    assertEquals(file + ": is no checkpoint" + advice, e.getMessage());
    Files.delete(file);
    startIn(folder, TestSessions.tiny());
    byte[] bytes = Unchecked.of(Files.readAllBytes(file));
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    for (String[] fault :
        new String[][] {
          {"batch\\\":0", "batch\\\":9", "has a position that the data do not have"},
          {"batch\\\":0", "batch\\\":x", "gru4j.position is no JSON"},
          {"batch\\\":0", "betch\\\":0", "gru4j.position: batch is not a whole number"},
          {
            "batch\\\":0,\\\"chunk", "batch\\\":-1,\\\"chnk", "gru4j.position: batch is not a whole"
          },
          {"loss_sum", "lass_sum", "gru4j.position: loss_sum is not a number"},
          {"best_criterion", "bust_criterion", "gru4j.position: best_criterion is missing"},
          {"gru4j.history\":\"[]", "gru4j.history\":\"{}", "gru4j.history is not a JSON array"},
          {"started_with", "startad_with", "gru4j.started_with is not a JSON object"},
          {"-Infinity", "-infinity", "gru4j.position: best_criterion is not a number"},
          {"network/lin.bias", "network/len.bias", "tensor \"network/lin.bias\": is missing"},
          {"gru4j.checkpoint\":\"1", "gru4j.checkpoint\":\"2", "is of form 2"},
        }) {
      String changed = text.replace(fault[0], fault[1]);
      assertFalse(changed.equals(text), fault[0]);
      Files.write(file, changed.getBytes(StandardCharsets.ISO_8859_1));
      var thrown = assertThrows(ModelFileException.class, () -> resume(estimator), fault[1]);
      assertTrue(thrown.getMessage().startsWith(file + ": " + fault[2]), thrown::getMessage);
    }
  }

  /** The same number of values, so that what the file says of its sizes is sound. */
  @Test
  void aTensorOfAnotherShapeIsRefusedByName() throws IOException {
    Path file = folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_FILE);
    GRU4Rec<?> estimator = estimator(TestSessions.tiny()).checkpoint(folder, NEVER);
    startIn(folder, TestSessions.tiny());
    String beforeABatch = Files.readString(file, StandardCharsets.ISO_8859_1);
    assertFalse(beforeABatch.contains("hidden/0\":{"), "all of them are zero");
    assertThrows(
        TrainingStoppedException.class,
        () ->
            estimator
                .observer(stopIn(estimator, 2, 0))
                .resume(SESSIONS.x(), SESSIONS.items(), SESSIONS.validation()));
    Files.delete(folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_BEFORE_FILE));
    byte[] bytes = Unchecked.of(Files.readAllBytes(file));
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    for (String[] fault :
        new String[][] {
          {"network/emb.weight", "[13,3]", "[3,13]"},
          {"optimizer/emb.weight", "[13,3]", "[3,13]"},
          {"best/emb.weight", "[13,3]", "[3,13]"},
          {"hidden/0", "[5,4]", "[4,5]"},
        }) {
      String entry = "\"" + fault[0] + "\":{\"dtype\":\"F32\",\"shape\":";
      String changed = text.replace(entry + fault[1], entry + fault[2]);
      assertFalse(changed.equals(text), fault[0]);
      Files.write(file, changed.getBytes(StandardCharsets.ISO_8859_1));
      var thrown = assertThrows(ModelFileException.class, () -> resume(estimator), fault[0]);
      String shape = fault[0].equals("hidden/0") ? "expected shape [4, 4]" : "expected shape";
      assertTrue(
          thrown.getMessage().startsWith(file + ": tensor \"" + fault[0] + "\": " + shape),
          thrown::getMessage);
    }
  }

  /** Of which some tensors are longer than what is read at once. */
  @Test
  void aNetworkOfManyValuesGoesOnToTheSameBits() throws IOException {
    GRU4RecParameters parameters = TestSessions.tiny().toBuilder().set(HIDDEN_SIZE, 96).build();
    startIn(folder, parameters);
    GRU4Rec<?> cut = estimator(parameters).checkpoint(folder, NEVER);
    Trainer.Observer stop = stopIn(cut, 2, 3);
    assertThrows(
        TrainingStoppedException.class,
        () -> cut.observer(stop).resume(SESSIONS.x(), SESSIONS.items(), SESSIONS.validation()));
    FittedModel model = resume(estimator(parameters).checkpoint(folder, NEVER)).model();
    SameModel.check(uninterrupted(parameters), model);
  }

  @Test
  void noCheckpointIsLeftOpen() throws IOException {
    startIn(folder, TestSessions.tiny());
    Path file = folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_FILE);
    resume(estimator(TestSessions.tiny()).checkpoint(folder, NEVER));
    assertEquals(0, OpenFiles.of(file));
    Files.delete(folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_BEFORE_FILE));
    uninterrupted(TestSessions.tiny()).save(file);
    GRU4Rec<?> estimator = estimator(TestSessions.tiny()).checkpoint(folder, NEVER);
    assertThrows(ModelFileException.class, () -> resume(estimator));
    assertEquals(0, OpenFiles.of(file));
  }

  /** Of a later version, which has parameters that this one would leave out. */
  @Test
  void aParameterThatIsNotKnownIsRefused() throws IOException {
    startIn(folder, TestSessions.tiny());
    Path file = folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_FILE);
    lengthen(file, "\\\"bptt\\\":", "\\\"teacher\\\":\\\"x\\\",\\\"bptt\\\":");
    assertEquals(
        file
            + ": the checkpoint says that teacher was x, which this version does not know"
            + only(),
        refused(SESSIONS.x(), SESSIONS.items(), SESSIONS.validation()));
  }

  /** Replaces a text in the header by a longer one. */
  private static void lengthen(Path file, String from, String to) throws IOException {
    byte[] unchecked = Unchecked.of(Files.readAllBytes(file));
    String text = new String(unchecked, StandardCharsets.ISO_8859_1);
    String changed = text.replace(from, to);
    int longer = changed.length() - text.length();
    assertTrue(longer > 0, from);
    byte[] bytes = changed.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    length.putLong(0, length.getLong(0) + longer);
    Files.write(file, bytes);
  }

  /** From a larger machine, say. */
  @Test
  void whatTheHeapCannotHoldIsRefusedBeforeItIsMade() throws IOException {
    startIn(folder, TestSessions.tiny());
    Path file = folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_FILE);
    lengthen(file, "\\\"hidden_size\\\":\\\"4\\\"", "\\\"hidden_size\\\":\\\"65536\\\"");
    GRU4RecParameters large = TestSessions.tiny().withParams(Map.of("hidden_size", 65536));
    GRU4Rec<?> estimator = estimator(large).checkpoint(folder, NEVER);
    String message =
        assertThrows(IllegalArgumentException.class, () -> resume(estimator)).getMessage();
    assertTrue(message.startsWith("training needs "), message);
  }

  /** Keeps what it is warned of. */
  private static class Warned implements TrainingListener {
    final List<String> warnings = new ArrayList<>();

    @Override
    public void onWarning(String warning) {
      warnings.add(warning);
    }
  }

  /** The folder is away for an epoch: what could not be written then is written later. */
  @Test
  void aCheckpointThatCannotBeWrittenIsAWarning() throws IOException {
    startIn(folder, TestSessions.tiny());
    Path file = folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_FILE);
    byte[][] old = new byte[1][];
    Path moved = folder.resolveSibling(folder.getFileName() + "-moved");
    GRU4Rec<?> estimator = estimator(TestSessions.tiny()).checkpoint(folder, ALWAYS);
    Warned listener =
        new Warned() {
          @Override
          public void onBatch(BatchProgress batch) {
            try {
              if (batch.epoch() == 1 && batch.batch() == 1) {
                old[0] = Files.readAllBytes(file);
                Files.move(folder, moved);
              } else if (batch.epoch() == 2 && batch.batch() == 1) {
                assertArrayEquals(
                    old[0], Files.readAllBytes(moved.resolve(GRU4RecCrossEntropy.CHECKPOINT_FILE)));
                Files.move(moved, folder);
              }
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    SameModel.check(
        uninterrupted(TestSessions.tiny()), resume(estimator.listener(listener)).model());
    assertEquals(
        List.of("the checkpoint cannot be written: " + file + ": its folder does not exist"),
        listener.warnings);
    assertEquals(BOTH, names());
    GRU4Rec<?> again = estimator(TestSessions.tiny()).checkpoint(folder, NEVER);
    assertEquals(3, resume(again).model().history().size());
  }

  @Test
  void aStopSaysThatItsCheckpointCannotBeWritten() throws IOException {
    Path none = folder.resolve("none");
    GRU4Rec<?> estimator = estimator(TestSessions.tiny()).checkpoint(none, NEVER);
    estimator.stop();
    var e =
        assertThrows(
            TrainingStoppedException.class,
            () -> estimator.fit(SESSIONS.x(), SESSIONS.items(), SESSIONS.validation()));
    assertTrue(
        e.getMessage()
            .endsWith(
                "; the checkpoint cannot be written: "
                    + none.resolve(GRU4RecCrossEntropy.CHECKPOINT_FILE)
                    + ": its folder does not exist"),
        e::getMessage);
  }

  /** Stops in the second epoch, which leaves two checkpoints of that epoch. */
  private void leaveTwo() throws IOException {
    startIn(folder, TestSessions.tiny());
    GRU4Rec<?> cut = estimator(TestSessions.tiny()).checkpoint(folder, ALWAYS);
    Trainer.Observer stop = stopIn(cut, 2, 2);
    assertThrows(
        TrainingStoppedException.class,
        () -> cut.observer(stop).resume(SESSIONS.x(), SESSIONS.items(), SESSIONS.validation()));
    assertEquals(BOTH, names());
  }

  /** Of two damaged bits the first is in the header, the second in a tensor. */
  @Test
  void aDamagedCheckpointGivesWayToTheOneBefore() throws IOException {
    Path file = folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_FILE);
    Path before = folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_BEFORE_FILE);
    for (boolean inHeader : new boolean[] {true, false}) {
      leaveTwo();
      byte[] sound = Files.readAllBytes(before);
      byte[] bytes = Files.readAllBytes(file);
      bytes[inHeader ? 200 : bytes.length - 3] ^= 64;
      Files.write(file, bytes);
      Warned listener = new Warned();
      GRU4Rec<?> cut = estimator(TestSessions.tiny()).checkpoint(folder, NEVER);
      cut.listener(listener).stop();
      assertThrows(TrainingStoppedException.class, () -> resume(cut));
      String warning = String.join("|", listener.warnings);
      assertTrue(warning.startsWith(file + (inHeader ? ": the header " : ": tensor \"")), warning);
      String end = "; training goes on from the one before, " + before;
      assertTrue(warning.endsWith(end), warning);
      assertArrayEquals(sound, Files.readAllBytes(before), "the damaged one gave way, not this");
      Warned quiet = new Warned();
      GRU4Rec<?> rest = estimator(TestSessions.tiny()).checkpoint(folder, NEVER);
      SameModel.check(uninterrupted(TestSessions.tiny()), resume(rest.listener(quiet)).model());
      assertEquals(List.of(), quiet.warnings);
    }
  }

  /** As a crash may leave it, between the two renames of a checkpoint. */
  @Test
  void aMissingCheckpointGivesWayToTheOneBefore() throws IOException {
    leaveTwo();
    Path file = folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_FILE);
    Files.delete(file);
    Warned listener = new Warned();
    GRU4Rec<?> rest = estimator(TestSessions.tiny()).checkpoint(folder, NEVER);
    SameModel.check(uninterrupted(TestSessions.tiny()), resume(rest.listener(listener)).model());
    assertEquals(
        List.of(
            file
                + ": is missing; training goes on from the one before, "
                + folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_BEFORE_FILE)),
        listener.warnings);
  }

  /** Without the first alone, the next training would go on from the second. */
  private String toStartAnew() {
    Path newest = folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_FILE);
    Path before = folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_BEFORE_FILE);
    return "to start anew, delete " + newest + " and " + before;
  }

  @Test
  void bothFilesAreNamedToWhoStartsAnew() throws IOException {
    leaveTwo();
    GRU4RecParameters other = TestSessions.tiny().withParams(Map.of("seed", 8L));
    GRU4Rec<?> refused = estimator(other).checkpoint(folder, NEVER);
    var e = assertThrows(IllegalArgumentException.class, () -> resume(refused));
    assertTrue(e.getMessage().endsWith(": " + toStartAnew()), e::getMessage);
    assertEquals(BOTH, names());
  }

  /** A folder, as a pipe would, makes way for the one before. */
  @Test
  void aFolderInTheNewestsPlaceGivesWayToTheOneBefore() throws IOException {
    leaveTwo();
    Path file = folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_FILE);
    Files.delete(file);
    Files.createDirectory(file);
    Warned listener = new Warned();
    GRU4Rec<?> rest = estimator(TestSessions.tiny()).checkpoint(folder, NEVER);
    SameModel.check(uninterrupted(TestSessions.tiny()), resume(rest.listener(listener)).model());
    String first = listener.warnings.getFirst();
    String start = file + ": is not a regular file; training goes on from the one before, ";
    assertTrue(first.startsWith(start), first);
  }

  @Test
  void twoDamagedCheckpointsAreRefusedAndLeft() throws IOException {
    leaveTwo();
    List<byte[]> damaged = new ArrayList<>();
    for (String name : BOTH) {
      byte[] bytes = Files.readAllBytes(folder.resolve(name));
      bytes[bytes.length - 3] ^= 64;
      Files.write(folder.resolve(name), bytes);
      damaged.add(bytes);
    }
    GRU4Rec<?> rest = estimator(TestSessions.tiny()).checkpoint(folder, NEVER);
    var e = assertThrows(ModelFileException.class, () -> resume(rest));
    String message = e.getMessage();
    assertTrue(message.startsWith(folder.resolve(BOTH.getFirst()) + ": tensor \""), message);
    assertTrue(message.endsWith("; nothing was deleted: " + toStartAnew()), message);
    assertArrayEquals(damaged.getFirst(), Files.readAllBytes(folder.resolve(BOTH.getFirst())));
    assertArrayEquals(damaged.getLast(), Files.readAllBytes(folder.resolve(BOTH.getLast())));
  }

  /** Anywhere in the file; each is refused, none taken for another training or another position. */
  @Test
  void aFlippedBitOfACheckpointIsRefused() throws IOException {
    leaveTwo();
    Files.delete(folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_BEFORE_FILE));
    Path file = folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_FILE);
    byte[] bytes = Files.readAllBytes(file);
    Random random = new Random(5);
    GRU4Rec<?> estimator = estimator(TestSessions.tiny()).checkpoint(folder, NEVER);
    for (int flip = 0; flip < 2000; flip++) {
      int at = flip < 64 ? flip / 8 : random.nextInt(bytes.length); // all of the header's length
      int bit = flip < 64 ? flip % 8 : random.nextInt(8);
      bytes[at] ^= (byte) (1 << bit);
      Files.write(file, bytes);
      String where = "byte " + at + " bit " + bit;
      var e = assertThrows(ModelFileException.class, () -> resume(estimator), where);
      String fault = e.getMessage();
      assertTrue(fault.startsWith(file + ": "), fault);
      assertTrue(fault.matches(".*(\\bheader\\b|\\btensor \"|__metadata__).*"), fault);
      assertTrue(fault.endsWith("; nothing was deleted: to start anew, delete " + file), fault);
      bytes[at] ^= (byte) (1 << bit);
    }
    Files.write(file, bytes);
    SameModel.check(uninterrupted(TestSessions.tiny()), resume(estimator).model());
  }

  /** As versions before checksums wrote it. */
  @Test
  void aCheckpointWithoutChecksumsIsGoneOnFrom() throws IOException {
    leaveTwo();
    Path file = folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_FILE);
    Files.write(file, Unchecked.of(Files.readAllBytes(file)));
    GRU4Rec<?> rest = estimator(TestSessions.tiny()).checkpoint(folder, NEVER);
    SameModel.check(uninterrupted(TestSessions.tiny()), resume(rest).model());
  }

  @Test
  void withoutAFolderThereIsNothingToResume() {
    assertThrows(IllegalStateException.class, () -> resume(estimator(TestSessions.tiny())));
    GRU4Rec<?> estimator = estimator(TestSessions.tiny());
    assertThrows(IllegalArgumentException.class, () -> estimator.checkpoint(folder, Duration.ZERO));
  }
}
