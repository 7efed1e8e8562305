package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointLockTest {
  @TempDir Path folder;

  /** A second training in the first one's process is refused, and takes nothing from it. */
  @Test
  void aRefusalLeavesTheLockToItsHolder() throws Exception {
    TrainingFiles files = TrainingFiles.in(folder);
    Path checkpoints = Files.createDirectory(files.checkpoints());
    Path link = Files.createSymbolicLink(folder.resolve("link"), checkpoints);
    CheckpointLock lock = CheckpointLock.of(checkpoints);
    try {
      assertThrows(WorkException.class, () -> CheckpointLock.of(checkpoints));
      assertThrows(WorkException.class, () -> CheckpointLock.of(link));
      ChildJvm other = ChildJvm.gru4j(files.trainWithCheckpoints().toArray(String[]::new));
      ChildJvm.End end = other.end();
      assertEquals(1, end.status(), end.err());
      assertTrue(end.err().contains("another training writes its checkpoints there"), end.err());
    } finally {
      lock.close();
    }
    CheckpointLock.of(link).close();
    assertTrue(Files.notExists(CheckpointLock.file(checkpoints)));
  }
}
