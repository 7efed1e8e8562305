package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.ChildJvm;
import io.gru4j.algorithms.GRU4Rec;
import io.gru4j.algorithms.SameModel;
import io.gru4j.file.SafeTensorsReader;
import io.gru4j.model.FittedModel;
import io.gru4j.training.StateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL at random moments, which leaves a process no time for anything. */
class KillTest {
  @TempDir Path folder;

  @Test
  void aModelFileIsTheOldOneOrTheNewOne() throws Exception {
    killSaving(8, 11);
  }

  @Test
  @Tag("long")
  void aModelFileIsTheOldOneOrTheNewOneAfterManyKills() throws Exception {
    killSaving(70, 12);
  }

  private void killSaving(int kills, long seed) throws Exception {
    Path file = folder.resolve("m.safetensors");
    byte[][] models = new byte[2][];
    for (int i = 0; i < 2; i++) {
      SaveForever.model(i + 1).save(file);
      models[i] = Files.readAllBytes(file);
    }
    Random random = new Random(seed);
    int torn = 0;
    for (int kill = 0; kill < kills; kill++) {
      ChildJvm child =
          ChildJvm.quick(List.of(), SaveForever.class.getName(), List.of(file.toString()));
      assertTrue(child.await("saves"));
      Thread.sleep(random.nextInt(60));
      assertTrue(child.process().isAlive());
      child.kill();
      byte[] now = Files.readAllBytes(file);
      assertTrue(Arrays.equals(models[0], now) || Arrays.equals(models[1], now), "kill " + kill);
      torn += leftOvers() > 0 ? 1 : 0;
      assertTrue(leftOvers() <= 1, "the left-over of an earlier life is still there");
    }
    System.out.printf("%d kills of saving, %d in the middle of writing%n", kills, torn);
    SaveForever.model(1).save(file);
    assertEquals(0, leftOvers());
  }

  private long leftOvers() throws IOException {
    return new TrainingFiles(folder).names().stream().filter(name -> name.endsWith(".tmp")).count();
  }

  @Test
  void aResumedTrainingEndsWithTheBitsOfAnUninterruptedOne() throws Exception {
    killTraining(8, 13);
  }

  @Test
  @Tag("long")
  void aResumedTrainingEndsWithTheBitsOfAnUninterruptedOneAfterManyKills() throws Exception {
    killTraining(70, 14);
  }

  /**
   * Kills a training and resumes it. When it has ended its result is compared, and another one
   * begins.
   */
  private void killTraining(int kills, long seed) throws Exception {
    TrainingFiles files = TrainingFiles.in(folder);
    assertEquals(0, TrainingFiles.run(files.train()));
    FittedModel expected = FittedModel.load(files.model());
    byte[] old = "what was there before".getBytes();
    Files.write(files.model(), old);
    Random random = new Random(seed);
    int killed = 0;
    int ended = 0;
    while (killed < kills) {
      ChildJvm child =
          ChildJvm.gru4j(files.trainWithCheckpoints("--resume").toArray(String[]::new));
      if (random.nextInt(4) > 0) {
        assertTrue(child.await("training needs"));
      }
      Thread.sleep(random.nextInt(1000));
      boolean alive = child.process().isAlive();
      child.kill();
      killed += alive ? 1 : 0;
      if (Arrays.equals(old, Files.readAllBytes(files.model()))) {
        assertTrue(alive, "ended without a model");
        if (Files.exists(files.checkpoint())) {
          SafeTensorsReader.open(files.checkpoint()).close(); // complete
        }
      } else {
        SameModel.check(expected, FittedModel.load(files.model()));
        ended++;
        Files.write(files.model(), old);
      }
    }
    System.out.printf("%d kills of training, which ended %d times meanwhile%n", killed, ended);
    assertEquals(0, TrainingFiles.run(files.trainWithCheckpoints("--resume")));
    SameModel.check(expected, FittedModel.load(files.model()));
    assertFalse(Files.exists(files.checkpoint()));
    assertEquals(0, leftOvers());
    assertArrayEquals(new String[] {"m.safetensors", "sessions.tsv"}, files.names().toArray());
  }

  @Test
  void anUpdateLeavesTheOldModelOrTheNewOneWithItsState() throws Exception {
    killUpdating(5, 15);
  }

  @Test
  @Tag("long")
  void anUpdateLeavesTheOldModelOrTheNewOneWithItsStateAfterManyKills() throws Exception {
    killUpdating(100, 16);
  }

  /** Kills an update that replaces its model and the state beside it. */
  private void killUpdating(int kills, long seed) throws Exception {
    TrainingFiles files = TrainingFiles.in(folder);
    assertEquals(0, TrainingFiles.run(files.train("--keep-last", "--keep-state")));
    Path tonight = folder.resolve("tonight.tsv");
    Files.writeString(
        tonight,
        Files.readString(files.sessions())
            .replace("\ti1", "\tn1")
            .replaceAll("\t(\\d+)\n", "\t9$1\n"));
    Path file = files.model();
    List<Path> states = GRU4Rec.stateFiles(file);
    byte[] oldModel = Files.readAllBytes(file);
    byte[] oldState = Files.readAllBytes(states.getFirst());
    List<String> update =
        List.of(
            "update",
            file.toString(),
            tonight.toString(),
            "--model=" + file,
            "--keep-state",
            "--max-epochs=6",
            "--threads=1",
            "--resume",
            "--checkpoint=" + files.checkpoints(),
            "--checkpoint-minutes=1e-9");
    assertEquals(0, TrainingFiles.run(update));
    byte[] newModel = Files.readAllBytes(file);
    Files.write(file, oldModel);
    Files.write(states.getFirst(), oldState);
    Random random = new Random(seed);
    int ended = 0;
    for (int killed = 0; killed < kills; ) {
      ChildJvm child = ChildJvm.gru4j(update.toArray(String[]::new));
      if (random.nextInt(4) > 0) {
        assertTrue(child.await("training needs"));
      }
      Thread.sleep(random.nextInt(1200));
      boolean alive = child.process().isAlive();
      child.kill();
      killed += alive ? 1 : 0;
      byte[] now = Files.readAllBytes(file);
      boolean isOld = Arrays.equals(oldModel, now);
      assertTrue(isOld || Arrays.equals(newModel, now), "torn");
      StateFile.find(states, FittedModel.load(file).sha256()); // else it throws
      if (!isOld) {
        ended++;
        Files.write(file, oldModel);
        Files.write(states.getFirst(), oldState);
        Files.deleteIfExists(states.getLast());
        Files.deleteIfExists(files.checkpoint());
        Files.deleteIfExists(files.checkpoints().resolve(GRU4Rec.CHECKPOINT_BEFORE_FILE));
      }
    }
    System.out.printf("%d kills of an update, which ended %d times meanwhile%n", kills, ended);
    assertEquals(0, TrainingFiles.run(update));
    assertArrayEquals(newModel, Files.readAllBytes(file));
    assertEquals(0, leftOvers());
  }
}
