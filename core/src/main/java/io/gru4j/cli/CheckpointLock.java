package io.gru4j.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reserves a folder of checkpoints for one training: a file in the folder is locked while the
 * training runs. The system frees the lock of a killed process, and the next training uses its file
 * again.
 */
final class CheckpointLock implements AutoCloseable {
  private static final String NAME = "checkpoint.lock";

  /**
   * Those of this process, which must not be opened again: a process that closes a file loses all
   * its locks of it.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private CheckpointLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** The file in a folder. */
  static Path file(Path folder) {
    return folder.resolve(NAME);
  }

  /**
   * Takes the lock.
   *
   * @throws WorkException if another training has it
   * @throws IOException if the file cannot be written
   */
  static CheckpointLock of(Path folder) throws WorkException, IOException {
    Path file = file(folder.toRealPath());
    if (!HELD.add(file)) {
      throw taken(folder);
    }
    boolean held = false;
    try {
      CheckpointLock lock = of(folder, file);
      held = true;
      return lock;
    } finally {
      if (!held) {
        HELD.remove(file);
      }
    }
  }

  private static CheckpointLock of(Path folder, Path file) throws WorkException, IOException {
    while (true) {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      boolean taken = false;
      try {
        if (!lock(channel)) {
          throw taken(folder);
        }
        taken = Files.exists(file); // false if the training that ended has deleted it in between
      } finally {
        if (!taken) {
          channel.close();
        }
      }
      if (taken) {
        return new CheckpointLock(file, channel);
      }
    }
  }

  private static WorkException taken(Path folder) {
    return new WorkException(
        folder
            + ": another training writes its checkpoints there; wait for its end, or give another"
            + " folder");
  }

  private static boolean lock(FileChannel channel) {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // this process has it
    } catch (IOException e) {
      return true; // a file system without locks cannot reserve the folder
    }
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      Files.deleteIfExists(file);
    } finally {
      HELD.remove(file);
    }
  }
}
