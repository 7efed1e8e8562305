package io.gru4j.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Reserves a folder of checkpoints for one training: a file in the folder is locked while the
 * training runs. The system frees the lock of a killed process, and the next training uses its file
 * again.
 */
final class CheckpointLock implements AutoCloseable {
  private static final String NAME = "checkpoint.lock";

  private final Path file;
  private final FileChannel channel;

  private CheckpointLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @throws WorkException if another training has it
   * @throws IOException if the file cannot be written
   */
  static CheckpointLock of(Path folder) throws WorkException, IOException {
    Path file = folder.resolve(NAME);
    while (true) {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      boolean taken = false;
      try {
        if (!lock(channel)) {
          throw new WorkException(
              folder
                  + ": another training writes its checkpoints there; wait for its end, or give"
                  + " another folder");
        }
        // False if another training has ended and deleted the file in between. The check does not
        // open the file: a process that closes a file loses all its locks on it.
        taken = Files.exists(file);
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
    }
  }
}
