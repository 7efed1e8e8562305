package io.gru4j.file;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Replaces a file as a whole: after a crash there is the old file or the new one, never a part.
 * Stateless, so safe for any number of threads.
 */
public final class AtomicFile {
  private AtomicFile() {}

  /** Writes a file's bytes. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes all of the file.
     *
     * @param channel an empty file; closed by the caller
     * @throws IOException if writing fails
     */
    void writeTo(FileChannel channel) throws IOException;
  }

  /**
   * Writes to a temporary file beside the target, forces it to disk, then renames it.
   *
   * @param target a regular file, or nothing yet, in an existing folder; a link is followed
   * @param content called once
   * @throws IOException if anything fails: the temporary file is gone and the old file as it was.
   *     Exceptions and errors of {@code content} pass through with the same effect.
   */
  public static void write(Path target, Content content) throws IOException {
    Path file = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new FileSystemException(target.toString(), null, "is not a regular file");
    }
    Path folder = file.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new NoSuchFileException(target.toString(), null, "its folder does not exist");
    }
    String unique = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Path temporary = folder.resolve("." + file.getFileName() + "." + unique + ".tmp");
    boolean moved = false;
    // Not Files.createTempFile: that would leave a model which only its owner can read.
    FileChannel channel =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      try (channel) {
        content.writeTo(channel);
        channel.force(true);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      moved = true;
    } finally {
      if (!moved) {
        Files.deleteIfExists(temporary);
      }
    }
    if (File.separatorChar == '/') { // Windows cannot open a folder, and needs no such force.
      try (FileChannel entry = FileChannel.open(folder, StandardOpenOption.READ)) {
        entry.force(true);
      }
    }
  }
}
