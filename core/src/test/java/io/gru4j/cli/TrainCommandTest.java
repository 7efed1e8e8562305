package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.algorithms.GRU4RecCrossEntropy;
import io.gru4j.algorithms.TestSessions;
import io.gru4j.file.Json;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.ParameterSpec;
import io.gru4j.progress.BatchProgress;
import io.gru4j.progress.TrainingException;
import io.gru4j.progress.TrainingListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainCommandTest extends CommandLineCase {
  @Test
  void inputsAreNotOverwritten() throws IOException {
    String before = Files.readString(Path.of(sessions));
    Path link = folder.resolve("link");
    Files.createLink(link, Path.of(sessions));
    assertContains(
        run("train", sessions, "--model", sessions).expect(2).err(), "would overwrite " + sessions);
    assertContains(
        run("train", sessions, "--model", link.toString()).expect(2).err(), "would overwrite");
    assertContains(train("--log-json", sessions).expect(2).err(), "would overwrite");
    assertContains(train("--log-json", model).expect(2).err(), "would overwrite");
    assertEquals(before, Files.readString(Path.of(sessions)));
  }

  @Test
  void aSummaryForScriptsIsJson() throws IOException {
    Result result = train("--json", "--validation-fraction=0.2").expect(0);
    assertEquals(1, result.out().lines().count());
    Map<?, ?> json = (Map<?, ?>) Json.parse(result.out());
    assertEquals(model, json.get("model"));
    assertEquals(Files.size(Path.of(model)), json.get("bytes"));
    assertEquals(12L, json.get("items"));
    assertEquals(7L, json.get("seed"));
    assertEquals(2L, json.get("epochs"));
    assertEquals("recall@50", json.get("criterion"));
    List<?> history = (List<?>) json.get("history");
    assertEquals(2, history.size());
    Map<?, ?> kept = (Map<?, ?>) history.get(((Long) json.get("kept")).intValue() - 1);
    assertEquals(kept.get("loss"), json.get("loss"));
    assertEquals(kept.get("criterion"), json.get("value"));
  }

  /** Twice, at different times, on different threads. */
  @Test
  void theSameSeedWritesTheSameFile() throws IOException {
    train("--threads=1", "--validation-fraction=0.2").expect(0);
    byte[] first = Files.readAllBytes(Path.of(model));
    train("--threads=3", "--validation-fraction=0.2").expect(0);
    assertArrayEquals(first, Files.readAllBytes(Path.of(model)));
  }

  @Test
  void aModelThatIsWorseThanGuessingIsCalledThat() throws IOException {
    String fault = "the loss stays above ln(items + 1) = 2.5649, what guessing gives";
    assertFalse(train().expect(0).err().contains(fault));
    Result warned = train("--learning-rate=4").expect(0);
    assertContains(warned.err(), "in this training there was 1 warning:\n  " + fault);
    assertContains(warned.err(), "nothing useful was learned with learning_rate 4.0");
    byte[] before = Files.readAllBytes(Path.of(model));
    Result strict = train("--learning-rate=4", "--strict").expect(1);
    assertContains(strict.err(), fault);
    assertContains(strict.err(), "; the model is written to " + model + ".best-so-far");
    for (Result result : List.of(warned, strict)) {
      assertEquals(
          2, result.err().split(Pattern.quote(fault)).length, "said once: " + result.err());
    }
    assertArrayEquals(before, Files.readAllBytes(Path.of(model)));
    train("--strict").expect(0);
  }

  @Test
  void whatIsTrainedIsSavedInspectedAndEvaluated() throws IOException {
    Path log = folder.resolve("log.jsonl");
    Result train = train("--log-json", log.toString(), "--validation-fraction=0.2").expect(0);
    assertContains(train.err(), sessions + ": 40 sessions, 159 clicks, 12 items");
    assertContains(train.err(), "epoch 1/2: ");
    assertContains(train.err(), "epoch 2/2: ");
    assertTrue(train.out().matches("(?s).*\nitems +12\nseed +7\n.*"), train.out());
    assertContains(train.out(), ", the best by recall@50\n");

    List<String> lines = Files.readAllLines(log);
    assertEquals(2, lines.size());
    for (int i = 0; i < 2; i++) {
      Map<?, ?> line = (Map<?, ?>) Json.parse(lines.get(i));
      assertEquals(
          List.of("epoch", "seconds", "targets", "steps", "loss", "criterion"),
          List.copyOf(line.keySet()));
      assertEquals(i + 1L, line.get("epoch"));
      assertTrue((Long) line.get("targets") > 0 && (Long) line.get("steps") > 0);
      assertTrue((Double) line.get("seconds") >= 0 && (Double) line.get("loss") > 0);
      assertTrue((Double) line.get("criterion") >= 0);
    }

    Result inspect = run("inspect", model).expect(0);
    for (ParameterSpec<?> spec : GRU4RecParameters.specs()) {
      assertContains(inspect.out(), "\n  " + spec.name() + " ");
    }
    assertTrue(inspect.out().matches("(?s).*hidden_size +8\n.*"), inspect.out());
    assertTrue(inspect.out().matches("(?s).*\nitems +12\nseed +7\n.*"), inspect.out());
    assertTrue(inspect.out().matches("(?s).*\ntensors\n.*\nhistory\n  epoch .*"), inspect.out());

    Result text = run("evaluate", sessions, "--model", model, "--at=1,5").expect(0);
    assertContains(
        text.out(), "k  Recall@k   MRR@k  NDCG@k  Precision@k  Coverage@k  Popularity@k\n1 ");
    assertContains(text.out(), "119 clicks predicted, 0 dropped");
  }

  /** Of a training whose epochs get worse by the criterion: warp likes small scores. */
  @Test
  void theSummaryIsOfTheModelThatIsKept() throws IOException {
    for (String keep : List.of("false", "true")) {
      Result result =
          train("--validation-fraction=0.2", "--stopping-criterion=warp", "--keep-last=" + keep)
              .expect(0);
      List<EpochSummary> history = FittedModel.load(Path.of(model)).history();
      EpochSummary best =
          history.stream()
              .min(Comparator.comparingDouble(epoch -> epoch.criterion().orElseThrow()))
              .orElseThrow();
      EpochSummary kept = keep.equals("true") ? history.getLast() : best;
      assertTrue(best.epoch() < history.size(), result.err());
      assertContains(
          result.out().replaceAll(" +", " "),
          "\nkept epoch %d, the %s\nloss %s\nwarp of the last click %s\n"
              .formatted(
                  kept.epoch(),
                  keep.equals("true") ? "last" : "best by warp",
                  Numbers.score(kept.loss()),
                  Numbers.score(kept.criterion().getAsDouble())));
    }
  }

  @Test
  void aCriterionThatSeesEveryItemIsWarnedOf() {
    String warning =
        "recall@50 is 1 for every model of 12 items, so epochs cannot be compared: use"
            + " --stopping-criterion bpr or --keep-last\n";
    Result recall = train("--validation-fraction=0.2").expect(0);
    assertContains(recall.err(), warning);
    assertContains(
        recall.out().replaceAll(" +", " "), "\nrecall@50 of the last click 1.0000\n"); // it is true
    assertEquals(1, recall.err().split("cannot be compared", -1).length - 1);
    for (String quiet :
        List.of(
            "--keep-last",
            "--stopping-criterion=bpr",
            "--stopping-criterion=ndcg",
            "--stopping-criterion=precision")) {
      Result result = train("--validation-fraction=0.2", quiet).expect(0);
      assertFalse(result.err().contains("cannot be compared"), result.err());
    }
    assertFalse(train().expect(0).err().contains("cannot be compared"));
    assertContains(
        run(
                TINY,
                "search",
                sessions,
                "--model",
                model,
                "--validation-fraction=0.2",
                "--param=bptt=1")
            .expect(0)
            .err(),
        "so candidates cannot be compared: use --stopping-criterion bpr\n");
    assertContains(run("train", "--help").out().replaceAll("\\s+", " "), "the 50 best items");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskUnderTheLogIsReportedAndTheModelWritten() throws IOException {
    Result result = train("--log-json", "/dev/full").expect(1);
    assertContains(result.err(), "gru4j train: /dev/full: No space left on device\n");
    assertEquals(2, FittedModel.load(Path.of(model)).history().size());
  }

  @Test
  void aSwitchThatIsOffNeedsNoValidation() {
    train("--stop-early=false", "--save-best-to-file=False").expect(0);
    run(TINY, "demo", "--sessions=300", "--items=60", "--save-best-to-file=false").expect(0);
  }

  @Test
  void theFileOfTheBestModelIsNamed() throws IOException {
    Result result =
        train("--validation-fraction=0.2", "--save-best-to-file", "--stopping-criterion=bpr");
    Path copy =
        Path.of(
            result
                .expect(0)
                .out()
                .lines()
                .filter(line -> line.startsWith("copy "))
                .map(line -> line.replaceFirst("copy +", ""))
                .findFirst()
                .orElseThrow());
    try {
      assertContains(copy.toString(), "GRU4RecCrossEntropy_loss_");
      assertArrayEquals(Files.readAllBytes(Path.of(model)), Files.readAllBytes(copy));
    } finally {
      Files.deleteIfExists(copy);
    }
    assertContains(run("train", "--help").out().replaceAll("\\s+", " "), "NAME_loss_X.safetensors");
  }

  @Test
  void trainingWithoutValidationHasNoCriterion() throws IOException {
    Path log = folder.resolve("log");
    Result result = train("--log-json", log.toString(), "--threads=1").expect(0);
    assertFalse(result.out().contains("best"), result.out());
    assertContains(result.out(), "epoch 2, the last\n");
    for (String line : Files.readAllLines(log)) {
      Map<?, ?> json = (Map<?, ?>) Json.parse(line);
      assertTrue(json.containsKey("criterion"));
      assertEquals(null, json.get("criterion"));
    }
  }

  @Test
  void validationMayComeFromItsOwnFileAndSeveralFilesAreOne() throws IOException {
    Path held = folder.resolve("held.csv");
    Files.writeString(held, "SessionId,ItemId,Time\n0,ä1,1\n0,ä3,2\n0,new,3\n0,ä5,4\n");
    Result result = train("--validation", held.toString()).expect(0);
    assertContains(result.err(), held + ": 1 session, 4 clicks, 3 items");
    assertContains(result.err(), held + ": 1 click dropped, unknown items");
    assertContains(result.out(), "recall@50 of the last click  ");

    Result two = run(TINY, "train", sessions, held.toString(), "--model", model).expect(0);
    assertContains(two.out(), "items   13\n");

    Files.writeString(held, "SessionId,ItemId,Time\n0,ä1,1\n");
    assertContains(
        train("--validation", held.toString()).expect(1).err(),
        "no session has two clicks on known items");
  }

  @Test
  void aTrainingThatDivergesIsAFailureWithAReason() {
    Result result =
        train("--optimization-algorithm=sgd", "--learning-rate=1e38", "--clipnorm=None").expect(1);
    assertContains(result.err(), "gru4j train: ");
    assertContains(result.err(), "1.0E38");
    assertContains(result.err(), "; no model is written");
    assertEquals("", result.out());
    assertFalse(Files.exists(Path.of(model)));
  }

  @Test
  void theSameSeedWritesTheSameModel() throws IOException {
    train("--threads=1").expect(0);
    byte[] one = Files.readAllBytes(Path.of(model));
    train("--threads=3").expect(0);
    assertArrayEquals(tensorsOf(one), tensorsOf(Files.readAllBytes(Path.of(model))));
  }

  /** The data behind the header, whose history holds times. */
  private static byte[] tensorsOf(byte[] file) {
    int header = 0;
    for (int i = 3; i >= 0; i--) {
      header = header << 8 | file[i] & 0xff;
    }
    return Arrays.copyOfRange(file, 8 + header, file.length);
  }

  private static Stream<Throwable> failures() {
    return Stream.of(
        new TrainingException("the loss is NaN"),
        new IllegalArgumentException("it does not fit"),
        new OutOfMemoryError("unable to create native thread: possibly out of memory"),
        new OutOfMemoryError("thrown by a test"));
  }

  /** Fails in the given epoch, as a JVM does whose heap is full. */
  private String faultOf(Throwable failure, int epoch, Path out) throws UsageException {
    return faultOf(failure, epoch, out, flags());
  }

  private String faultOf(Throwable failure, int epoch, Path out, CheckpointFlags checkpoints) {
    TestSessions sessions = TestSessions.make(1, 40, 9);
    TrainingRun.Fitting fitting =
        (estimator, resumes) -> {
          if (resumes) {
            estimator.resume(sessions.x(), sessions.items(), sessions.validation());
          } else {
            estimator.fit(sessions.x(), sessions.items(), sessions.validation());
          }
        };
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onBatch(BatchProgress batch) {
            if (batch.epoch() == epoch && failure instanceof Error error) {
              throw error;
            } else if (batch.epoch() == epoch) {
              throw (RuntimeException) failure;
            }
          }
        };
    try (GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy(TestSessions.tiny())) {
      estimator.threads(1).listener(listener);
      return assertThrows(
              WorkException.class, () -> TrainingRun.fit(estimator, fitting, out, checkpoints))
          .getMessage();
    }
  }

  private static CheckpointFlags flags(String... words) throws UsageException {
    return new CheckpointFlags(
        CommandLine.parse(CheckpointFlags.OPTIONS, null, 0, List.of(words)), "train");
  }

  /** It may be the file that is at fault, or the machine, and not the training. */
  @Test
  void aResumeThatFailsDeletesNothing() throws Exception {
    Path out = folder.resolve("m.safetensors");
    Path newest = folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_FILE);
    Path before = folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_BEFORE_FILE);
    TrainingException failure = new TrainingException("the loss is NaN");
    String[] often = {"--checkpoint", folder.toString(), "--checkpoint-minutes=1e-9"};
    String kept = failure.getMessage() + "; the best model so far is written to " + out;
    assertEquals(kept, faultOf(failure, 2, out, flags(often)));
    assertFalse(Files.exists(newest) || Files.exists(before), "they would fail in the same way");
    Files.delete(out);

    // Stopped by something else, so both are there.
    assertThrows(
        AssertionError.class,
        () -> faultOf(new IllegalStateException("stopped"), 2, out, flags(often)));
    assertTrue(Files.exists(newest) && Files.exists(before));
    String[] resume = {"--checkpoint", folder.toString(), "--resume"};
    assertEquals(kept + "; the checkpoint is left", faultOf(failure, 2, out, flags(resume)));
    assertTrue(Files.exists(newest) && Files.exists(before));
  }

  private static String reason(Throwable failure) {
    if (failure instanceof OutOfMemoryError) {
      return failure.getMessage().contains("thread") ? Main.OUT_OF_THREADS : Main.OUT_OF_MEMORY;
    }
    return failure.getMessage();
  }

  @ParameterizedTest
  @MethodSource("failures")
  void theBestModelSoFarSurvivesAFailure(Throwable failure) throws Exception {
    Path out = folder.resolve("m.safetensors");
    assertEquals(
        reason(failure) + "; the best model so far is written to " + out, faultOf(failure, 2, out));
    assertEquals(1, FittedModel.load(out).history().size());
  }

  /** A model that serves today does not give way to one of a training that failed. */
  @ParameterizedTest
  @MethodSource("failures")
  void aModelThatIsThereSurvivesAFailure(Throwable failure) throws Exception {
    Path out = folder.resolve("m.safetensors");
    Files.writeString(out, "old");
    Path beside = folder.resolve("m.safetensors.best-so-far");
    assertEquals(
        "%s; the best model so far is written to %s, %s is as it was"
            .formatted(reason(failure), beside, out),
        faultOf(failure, 2, out));
    assertEquals("old", Files.readString(out));
    assertEquals(1, FittedModel.load(beside).history().size());
  }

  /** Up to the longest that the file system takes, in bytes: that of the other is shorter. */
  @Test
  void aModelMayHaveTheLongestName() throws Exception {
    TrainingFiles files = TrainingFiles.in(folder);
    for (String name :
        List.of("m".repeat(243), "m".repeat(244), "m".repeat(255), "é".repeat(127))) {
      Path out = folder.resolve(name);
      List<String> words = files.train("--max-epochs=1");
      words.set(words.indexOf(files.model().toString()), out.toString());
      assertEquals(0, TrainingFiles.run(words), name);
      int items = FittedModel.load(out).numItems();
      String fault = faultOf(new TrainingException("the loss is NaN"), 2, out);
      Path beside = OutputFile.beside(out, ".best-so-far");
      assertTrue(fault.contains("is written to " + beside + ", "), fault);
      assertTrue(beside.getFileName().toString().startsWith(name.substring(0, 50)), fault);
      assertEquals(1, FittedModel.load(beside).history().size());
      assertEquals(items, FittedModel.load(out).numItems());
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      words.addAll(List.of("--report", beside.toString()));
      assertEquals(2, TrainingFiles.run(words, new PrintStream(err, true)), err::toString);
    }
  }

  /** No two models have one such file beside them, although both names begin in the same way. */
  @Test
  void longNamesHaveDifferentFilesBesideThem() {
    Path one = OutputFile.beside(folder.resolve("m".repeat(254) + "1"), ".best-so-far");
    Path two = OutputFile.beside(folder.resolve("m".repeat(254) + "2"), ".best-so-far");
    assertNotEquals(one, two);
    assertEquals(folder, one.getParent());
    assertEquals(143, one.getFileName().toString().length());
    Path longest = OutputFile.beside(folder.resolve("m".repeat(131)), ".best-so-far");
    assertEquals("m".repeat(131) + ".best-so-far", longest.getFileName().toString());
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aFailureInTheFirstEpochWritesNothing(Throwable failure) throws Exception {
    Path out = folder.resolve("m.safetensors");
    assertEquals(reason(failure) + "; no model is written", faultOf(failure, 1, out));
    assertFalse(Files.exists(out));
  }

  /** What is in the newest checkpoint's place by mistake; the sound one before it is named. */
  @Test
  void aFolderInACheckpointsPlaceIsNamedWithWhatToDo() throws Exception {
    Path newest = folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_FILE);
    Path before = folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_BEFORE_FILE);
    String[] words = {"--checkpoint", folder.toString(), "--resume"};
    String fault = ": is not a regular file: move it away";
    PrintStream err = new PrintStream(PrintStream.nullOutputStream());
    Files.createDirectory(newest);
    assertEquals(
        newest + fault,
        assertThrows(WorkException.class, () -> flags(words).prepare(err)).getMessage());
    Files.writeString(before, "a checkpoint");
    assertEquals(
        newest + fault + ", and --resume goes on from " + before,
        assertThrows(WorkException.class, () -> flags(words).prepare(err)).getMessage());
    assertEquals("a checkpoint", Files.readString(before));
    Files.delete(newest);
    try (CheckpointFlags flags = flags(words)) {
      flags.prepare(err);
      assertTrue(flags.resumes());
    }
  }
}
