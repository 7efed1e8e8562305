package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.ChildJvm;
import io.gru4j.algorithms.SameModel;
import io.gru4j.model.FittedModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@EnabledOnOs({OS.LINUX, OS.MAC})
class StopSignalTest {
  @TempDir Path folder;

  private static ChildJvm.End stopInTraining(List<String> words, String signal)
      throws IOException, InterruptedException {
    ChildJvm child = ChildJvm.gru4j(words.toArray(String[]::new));
    assertTrue(child.await("epoch 2/"));
    child.signal(signal);
    return child.end();
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void aSignalWritesACheckpointAndSaysHowToGoOn(String signal, int status) throws Exception {
    ChildJvm.assumeHeard(signal);
    TrainingFiles files = TrainingFiles.in(folder);
    // Many epochs: the signal may come late.
    assertEquals(0, TrainingFiles.run(files.train("--max-epochs=60", "--stop-early=false")));
    FittedModel expected = FittedModel.load(files.model());
    Files.delete(files.model());

    List<String> words =
        files.trainWithCheckpoints(
            "--max-epochs=60", "--stop-early=false", "--log-json", folder + "/log.json");
    ChildJvm.End end = stopInTraining(words, signal);
    assertEquals(status, end.status(), end.err());
    String[] parts = end.err().split("; to go on: gru4j ");
    assertEquals(2, parts.length, end.err());
    assertTrue(parts[0].contains("gru4j: stops after this step\n"), end.err());
    assertTrue(parts[0].contains("gru4j train: training was stopped in epoch "), end.err());
    assertEquals("train --resume " + String.join(" ", words.subList(1, words.size())), parts[1]);
    assertEquals(
        List.of(
            "checkpoints/checkpoint-before.safetensors",
            "checkpoints/checkpoint.safetensors",
            "log.json",
            "sessions.tsv"),
        files.names());

    assertEquals(0, TrainingFiles.run(List.of(parts[1].split(" "))));
    SameModel.check(expected, FittedModel.load(files.model()));
    assertEquals(List.of("log.json", "m.safetensors", "sessions.tsv"), files.names());
    List<String> log = Files.readAllLines(folder.resolve("log.json"));
    assertEquals(expected.history().size(), log.size());
  }

  /** Stopped again and again, each time where it stands. */
  @Test
  void aResumedTrainingThatIsStoppedGoesOnToTheSameBits() throws Exception {
    TrainingFiles files = TrainingFiles.in(folder);
    String[] long60 = {"--max-epochs=60", "--stop-early=false"};
    assertEquals(0, TrainingFiles.run(files.train(long60)));
    FittedModel expected = FittedModel.load(files.model());
    Files.delete(files.model());
    List<String> words = new ArrayList<>(files.trainWithCheckpoints(long60));
    words.add("--resume");
    for (int stop = 0; stop < 3; stop++) {
      ChildJvm child = ChildJvm.gru4j(words.toArray(String[]::new));
      assertTrue(child.await(stop == 0 ? "epoch " : "goes on from the checkpoint"));
      child.signal("TERM");
      ChildJvm.End end = child.end();
      assertEquals(143, end.status(), end.err());
      assertTrue(end.err().contains("; to go on: gru4j train "), end.err());
      assertFalse(Files.exists(files.model()));
      assertTrue(Files.exists(files.checkpoint()));
    }
    assertEquals(0, TrainingFiles.run(words));
    SameModel.check(expected, FittedModel.load(files.model()));
    assertEquals(List.of("m.safetensors", "sessions.tsv"), files.names());
  }

  @Test
  void withoutACheckpointNothingIsKept() throws Exception {
    TrainingFiles files = TrainingFiles.in(folder);
    Files.writeString(files.model(), "old");
    ChildJvm.End end =
        stopInTraining(files.train("--max-epochs=100000", "--stop-early=false"), "TERM");
    assertEquals(143, end.status(), end.err());
    assertTrue(
        end.err().endsWith("; nothing is kept, for there is no --checkpoint DIR"), end.err());
    assertEquals("old", Files.readString(files.model()));
    assertEquals(List.of("m.safetensors", "sessions.tsv"), files.names());
  }

  private String refused(int status, List<String> words) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    assertEquals(status, TrainingFiles.run(words, new PrintStream(err, true)), err::toString);
    return err.toString()
        .lines()
        .filter(line -> line.startsWith("gru4j train: "))
        .toList()
        .getLast();
  }

  @Test
  void twoTrainingsDoNotShareAFolder() throws Exception {
    TrainingFiles files = TrainingFiles.in(folder);
    List<String> words = files.trainWithCheckpoints("--max-epochs=100000", "--stop-early=false");
    ChildJvm child = ChildJvm.gru4j(words.toArray(String[]::new));
    assertTrue(child.await("epoch 2/"));
    List<String> second = files.trainWithCheckpoints("--resume");
    try {
      assertEquals(
          "gru4j train: "
              + files.checkpoints()
              + ": another training writes its checkpoints there; wait for its end, or give another"
              + " folder",
          refused(1, second));
    } finally {
      child.signal("TERM");
    }
    assertEquals(143, child.end().status());
    assertEquals(
        List.of(
            "checkpoints/checkpoint-before.safetensors",
            "checkpoints/checkpoint.safetensors",
            "sessions.tsv"),
        files.names());
  }

  @Test
  void anOldCheckpointIsNotWrittenOver() throws Exception {
    TrainingFiles files = TrainingFiles.in(folder);
    Files.createDirectory(files.checkpoints());
    Files.writeString(files.checkpoint(), "old");
    assertEquals(
        "gru4j train: there is a checkpoint, "
            + files.checkpoint()
            + ": go on with --resume; to start anew, delete "
            + files.checkpoint(),
        refused(1, files.trainWithCheckpoints()));
    assertEquals(
        "gru4j train: "
            + files.checkpoint()
            + ": has 3 bytes, a safetensors file has at least 8; nothing was deleted: to start"
            + " anew, delete "
            + files.checkpoint(),
        refused(1, files.trainWithCheckpoints("--resume")));
    assertEquals("old", Files.readString(files.checkpoint()));
    assertFalse(Files.exists(files.model()));
  }

  @Test
  void flagsThatMeanNothingAreRefused() throws Exception {
    TrainingFiles files = TrainingFiles.in(folder);
    assertEquals(
        "gru4j train: --resume needs --checkpoint DIR", refused(2, files.train("--resume")));
    assertEquals(
        "gru4j train: --checkpoint-minutes must be a number above 0 and below 1000000, got 0",
        refused(2, files.train("--checkpoint", "x", "--checkpoint-minutes=0")));
    assertEquals(
        "gru4j train: " + folder + "/a/b: its folder does not exist",
        refused(1, files.train("--checkpoint", folder + "/a/b")));
    assertEquals(List.of("sessions.tsv"), files.names());
  }
}
