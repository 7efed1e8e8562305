package io.gru4j.file;

import java.io.File;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * A new file beside a target, locked as long as its channel is open: one that is not locked is what
 * a process has left that was killed.
 *
 * <p>Its name is {@code .gru4j-TARGET-PROCESS-NUMBER.tmp}: a checksum of the target's name, which
 * may be as long as a name can be, the process, and a random number. A process never opens one of
 * its own again: to close any descriptor of a file drops all locks that a process has on it.
 *
 * @param path its name
 * @param channel open for writing
 */
record TemporaryFile(Path path, FileChannel channel) {
  private static final Pattern NAME =
      Pattern.compile("\\.gru4j-([0-9a-f]{8})-([0-9a-f]+-[0-9a-f]+)-[0-9a-f]{16}\\.tmp");

  private static final Duration MOMENT = Duration.ofMinutes(1);

  /** The process's number may have been another one's before, so its start is with it. */
  private static final String PROCESS =
      "%x-%x"
          .formatted(
              ProcessHandle.current().pid(),
              ProcessHandle.current().info().startInstant().orElse(Instant.EPOCH).toEpochMilli());

  /**
   * Makes one, and deletes those that killed processes have left of the same target.
   *
   * @param file the target, links followed
   * @param target as messages call it
   */
  static TemporaryFile beside(Path file, Path target) throws IOException {
    String targetDigits = digits(file.getFileName().toString());
    deleteAbandoned(file.getParent(), targetDigits);
    while (true) {
      Path path = file.resolveSibling(name(targetDigits));
      // Not Files.createTempFile: that would leave a model which only its owner can read.
      FileChannel channel = create(path, target);
      boolean ours = false;
      try {
        ours = lock(channel, true) && Files.exists(path);
        if (ours) {
          FileMode.copy(file, path);
          return new TemporaryFile(path, channel);
        }
      } finally {
        if (!ours) {
          channel.close(); // somebody took it for abandoned in between
          Files.deleteIfExists(path);
        }
      }
    }
  }

  private static String name(String targetDigits) {
    long number = ThreadLocalRandom.current().nextLong();
    return ".gru4j-" + targetDigits + "-" + PROCESS + "-" + "%016x".formatted(number) + ".tmp";
  }

  private static String digits(String name) {
    CRC32C crc = new CRC32C();
    crc.update(name.getBytes(StandardCharsets.UTF_8));
    return Checksums.hex(crc);
  }

  private static FileChannel create(Path path, Path target) throws IOException {
    try {
      return FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (AccessDeniedException e) {
      throw new FileSystemException(target.toString(), null, "its folder cannot be written to");
    } catch (NoSuchFileException e) {
      throw new FileSystemException(target.toString(), null, "its folder takes no new files");
    } catch (FileSystemException e) {
      throw new FileSystemException(target.toString(), null, e.getReason());
    }
  }

  /**
   * Asks whether a rename may put this file in the target's place, and leaves both as they are: a
   * folder never replaces a file, and the system looks first whether the target may be replaced.
   *
   * @throws IOException if it may not
   */
  void checkRename(Path file, Path target) throws IOException {
    if (!Files.exists(file) || File.separatorChar != '/') {
      return;
    }
    String targetDigits = digits(file.getFileName().toString());
    Path folder = Files.createDirectory(path.resolveSibling(name(targetDigits)));
    try {
      String harmless = refusal(folder, path);
      String refusal = refusal(folder, file);
      if (!refusal.equals(harmless)) {
        throw new FileSystemException(target.toString(), null, "cannot be replaced: " + refusal);
      }
    } finally {
      Files.deleteIfExists(folder);
    }
  }

  private static String refusal(Path folder, Path file) throws IOException {
    try {
      Files.move(folder, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AccessDeniedException e) {
      return "access denied";
    } catch (FileSystemException e) {
      return String.valueOf(e.getReason());
    }
    Files.move(file, folder, StandardCopyOption.ATOMIC_MOVE); // the file was gone: back again
    return "";
  }

  private static void deleteAbandoned(Path folder, String targetDigits) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ".gru4j-*.tmp")) {
      for (Path file : files) {
        var name = NAME.matcher(file.getFileName().toString());
        if (name.matches()
            && name.group(1).equals(targetDigits)
            && !name.group(2).equals(PROCESS)) {
          if (Files.isRegularFile(file)) {
            deleteIfAbandoned(file);
          } else if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            deleteIfOld(file);
          }
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

  /** A folder cannot be locked; {@link #checkRename} needs its own for a moment. */
  private static void deleteIfOld(Path folder) {
    try {
      Instant made = Files.getLastModifiedTime(folder, LinkOption.NOFOLLOW_LINKS).toInstant();
      if (made.isBefore(Instant.now().minus(MOMENT))) {
        Files.deleteIfExists(folder); // one that is not empty is not ours, and stays
      }
    } catch (IOException e) {
      return; // gone by now, or not ours: it is in nobody's way
    }
  }

  /** Returns false if another process has the lock. */
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
