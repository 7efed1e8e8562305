package io.gru4j.file;

import java.io.File;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
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
   * Writes to a temporary file beside the target, forces it to disk, then renames it. Temporary
   * files of processes that were killed while they wrote to the same target are deleted.
   *
   * @param target a regular file, or nothing yet, in an existing folder; a link is followed
   * @param content called once
   * @throws IOException if anything fails: the temporary file is gone and the old file as it was.
   *     Exceptions and errors of {@code content} pass through with the same effect; a plain {@code
   *     IOException}, as a full disk gives it, becomes one that names the target.
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
    Temporary temporary = Temporary.beside(file, target);
    FileChannel channel = temporary.channel;
    try (channel) {
      content.writeTo(channel);
      channel.force(true);
      // Before the lock goes with the channel, so that nobody takes the file for abandoned.
      Files.move(
          temporary.path,
          file,
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw e.getClass() == IOException.class ? named(file, e) : e;
    } finally {
      Files.deleteIfExists(temporary.path);
    }
    if (File.separatorChar == '/') { // Windows cannot open a folder, and needs no such force.
      try (FileChannel entry = FileChannel.open(folder, StandardOpenOption.READ)) {
        entry.force(true);
      }
    }
  }

  /**
   * Makes a temporary file beside the target, as {@link #write} will, and deletes it.
   *
   * @param target a file in an existing folder
   * @throws IOException if that fails, with the target's name
   */
  public static void check(Path target) throws IOException {
    Path file = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
    Temporary temporary = Temporary.beside(file, target);
    temporary.channel.close();
    Files.deleteIfExists(temporary.path);
  }

  private static IOException named(Path file, IOException e) {
    IOException named = new FileSystemException(file.toString(), null, e.getMessage());
    named.initCause(e);
    return named;
  }

  /**
   * A new file beside the target, locked as long as its channel is open: a name that is not locked
   * is what a process has left that was killed.
   */
  private record Temporary(Path path, FileChannel channel) {
    private static final String END = ".tmp";
    private static final int LONGEST_START = 60; // characters: a name has room for more around it

    static Temporary beside(Path file, Path target) throws IOException {
      String name = file.getFileName().toString();
      String start = "." + OneLine.start(name, LONGEST_START) + ".";
      deleteAbandoned(file.getParent(), start);
      while (true) {
        String unique = Long.toHexString(ThreadLocalRandom.current().nextLong());
        Path path = file.resolveSibling(start + unique + END);
        // Not Files.createTempFile: that would leave a model which only its owner can read.
        FileChannel channel = create(path, target);
        if (lock(channel, true) && Files.exists(path)) {
          return new Temporary(path, channel);
        }
        channel.close(); // somebody took it for abandoned in between
        Files.deleteIfExists(path);
      }
    }

    private static FileChannel create(Path path, Path target) throws IOException {
      try {
        return FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      } catch (AccessDeniedException e) {
        throw new AccessDeniedException(target.toString());
      } catch (NoSuchFileException e) {
        throw new FileSystemException(target.toString(), null, "its folder takes no new files");
      } catch (FileSystemException e) {
        throw new FileSystemException(target.toString(), null, e.getReason());
      }
    }

    private static void deleteAbandoned(Path folder, String start) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
        for (Path file : files) {
          String name = file.getFileName().toString();
          if (name.startsWith(start) && name.endsWith(END)) {
            deleteIfAbandoned(file);
          }
        }
      } catch (IOException | DirectoryIteratorException e) {
        return; // a folder that cannot be listed can be written to all the same
      }
    }

    private static void deleteIfAbandoned(Path path) {
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
        if (lock(channel, false)) {
          Files.deleteIfExists(path);
        }
      } catch (IOException e) {
        return; // gone by now, or not ours: it is in nobody's way
      }
    }

    /** Returns false if this process or another has the lock. */
    private static boolean lock(FileChannel channel, boolean whereThereAreNoLocks)
        throws ClosedChannelException {
      try {
        return channel.tryLock() != null;
      } catch (OverlappingFileLockException e) {
        return false;
      } catch (ClosedChannelException e) {
        throw e; // by an interrupt
      } catch (IOException e) {
        return whereThereAreNoLocks;
      }
    }
  }
}
