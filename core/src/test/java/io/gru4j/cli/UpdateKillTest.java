package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** SIGKILL in the middle of updates that replace the model they start from. */
class UpdateKillTest extends CommandLineCase {
  private static final int EPOCHS = 40;

  /** A model with its state, and what an update that is not killed makes of them. */
  private record WithState(byte[] model, byte[] state) {
    static WithState of(Path model) throws IOException {
      return new WithState(Files.readAllBytes(model), Files.readAllBytes(state(model)));
    }

    void restore(Path to) throws IOException {
      Files.write(to, model);
      Files.write(state(to), state);
    }

    static Path state(Path model) {
      return model.resolveSibling(model.getFileName() + ".state");
    }
  }

  private Path later() throws IOException {
    StringBuilder text = new StringBuilder("SessionId\tItemId\tTime\n");
    for (int s = 0; s < 120; s++) {
      for (int click = 0; click < 4; click++) {
        text.append("n").append(s).append("\tä").append((s + 3 * click) % 15).append('\t');
        text.append(1000 + 10 * s + click).append('\n');
      }
    }
    return Files.writeString(folder.resolve("later.tsv"), text);
  }

  private List<String> update(String later, String... more) {
    List<String> words =
        new ArrayList<>(List.of("update", model, later, "--model", model, "--keep-state"));
    words.addAll(List.of("--max-epochs=" + EPOCHS, "--threads=1"));
    words.addAll(List.of(more));
    return words;
  }

  @Test
  void theOldModelOrTheNewOneIsThereWithItsState() throws Exception {
    kill(6, 21);
  }

  @Test
  @Tag("long")
  void theOldModelOrTheNewOneIsThereWithItsStateAfterManyKills() throws Exception {
    kill(100, 22);
  }

  private void kill(int kills, long seed) throws Exception {
    String later = later().toString();
    train("--keep-state").expect(0);
    Path file = Path.of(model);
    WithState old = WithState.of(file);
    long begin = System.nanoTime();
    assertEquals(0, ChildJvm.gru4j(update(later).toArray(String[]::new)).end().status());
    int millis = (int) ((System.nanoTime() - begin) / 1_000_000);
    WithState now = WithState.of(file);
    assertFalse(Arrays.equals(old.model(), now.model()));
    old.restore(file);

    Random random = new Random(seed);
    int middle = 0;
    int ended = 0;
    for (int kill = 0; kill < kills; kill++) {
      String[] checkpoints = {
        "--checkpoint=" + folder.resolve("checkpoints"), "--checkpoint-minutes=1e-9", "--resume"
      };
      List<String> words = kill % 2 == 0 ? update(later) : update(later, checkpoints);
      ChildJvm child = ChildJvm.gru4j(words.toArray(String[]::new));
      if (random.nextInt(4) > 0) {
        assertTrue(child.await("training needs"));
        Thread.sleep(random.nextInt(1 + millis * 2 / 3));
      } else {
        Thread.sleep(random.nextInt(millis));
      }
      boolean alive = child.process().isAlive();
      child.kill();
      byte[] there = Files.readAllBytes(file);
      if (Arrays.equals(now.model(), there)) {
        assertArrayEquals(now.state(), Files.readAllBytes(WithState.state(file)), "kill " + kill);
        old.restore(file); // another night
        ended++;
      } else {
        assertArrayEquals(old.model(), there, "kill " + kill);
        assertTrue(alive, "ended without a model");
        middle++;
      }
    }
    System.out.printf("%d kills: %d left the old model, %d the new one%n", kills, middle, ended);
    run(update(later).toArray(String[]::new)).expect(0); // from a state that no kill has harmed
    assertArrayEquals(now.model(), Files.readAllBytes(file));
    assertArrayEquals(now.state(), Files.readAllBytes(WithState.state(file)));
    deleteCheckpoints();
    assertEquals(
        List.of("later.tsv", "m.safetensors", "m.safetensors.state", "sessions.tsv"), names());
  }

  private void deleteCheckpoints() throws IOException {
    Path checkpoints = folder.resolve("checkpoints");
    try (Stream<Path> files = Files.list(checkpoints)) {
      for (Path each : files.toList()) {
        Files.delete(each);
      }
    }
    Files.delete(checkpoints);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
