package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.algorithms.GRU4RecCrossEntropy;
import io.gru4j.algorithms.TestSessions;
import io.gru4j.model.FittedModel;
import io.gru4j.progress.BatchProgress;
import io.gru4j.progress.TrainingException;
import io.gru4j.progress.TrainingListener;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainCommandTest {
  @TempDir Path folder;

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
    TrainingInput.Data data =
        new TrainingInput.Data(sessions.x(), sessions.items(), sessions.validation());
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
              WorkException.class, () -> TrainCommand.fit(estimator, data, out, checkpoints))
          .getMessage();
    }
  }

  private static CheckpointFlags flags(String... words) throws UsageException {
    return new CheckpointFlags(CommandLine.parse(CheckpointFlags.OPTIONS, null, 0, List.of(words)));
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
