package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gru4j.algorithms.BatchProgress;
import io.gru4j.algorithms.GRU4RecCrossEntropy;
import io.gru4j.algorithms.TestSessions;
import io.gru4j.algorithms.TrainingException;
import io.gru4j.algorithms.TrainingListener;
import io.gru4j.model.FittedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
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
  private String faultOf(Throwable failure, int epoch, Path out) {
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
              WorkException.class, () -> TrainCommand.fit(estimator, data, out, noFlags()))
          .getMessage();
    }
  }

  private static CheckpointFlags noFlags() throws UsageException {
    return new CheckpointFlags(CommandLine.parse(CheckpointFlags.OPTIONS, null, 0, List.of()));
  }

  private static String reason(Throwable failure) {
    if (failure instanceof OutOfMemoryError) {
      return failure.getMessage().contains("thread") ? Main.OUT_OF_THREADS : Main.OUT_OF_MEMORY;
    }
    return failure.getMessage();
  }

  @ParameterizedTest
  @MethodSource("failures")
  void theBestModelSoFarSurvivesAFailure(Throwable failure) throws IOException {
    Path out = folder.resolve("m.safetensors");
    assertEquals(
        reason(failure) + "; the best model so far is written to " + out, faultOf(failure, 2, out));
    assertEquals(1, FittedModel.load(out).history().size());
  }

  /** A model that serves today does not give way to one of a training that failed. */
  @ParameterizedTest
  @MethodSource("failures")
  void aModelThatIsThereSurvivesAFailure(Throwable failure) throws IOException {
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

  @ParameterizedTest
  @MethodSource("failures")
  void aFailureInTheFirstEpochWritesNothing(Throwable failure) {
    Path out = folder.resolve("m.safetensors");
    assertEquals(reason(failure) + "; no model is written", faultOf(failure, 1, out));
    assertFalse(Files.exists(out));
  }
}
