package io.gru4j.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps a folder of checkpoints to one training: a file in it that is locked as long as that runs.
 * The system frees the lock of a process that was killed; its file is then used again.
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
        // False if the training that ended has deleted it in between. The file is not opened to
        // find
        // that out: a process that closes a file loses all its locks of it.
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
      return true; // a file system without locks: nobody can be kept out
    }
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      Files.deleteIfExists(file);
    }
  }
}
