package io.gru4j.file;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.UserPrincipal;

/**
 * Replaces a file as a whole: after a crash there is the old file or the new one, never a part.
 * Safe for any number of threads and processes, to one target too: the last one stays.
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
   * Writes to a temporary file beside the target, forces it to disk, then renames it. It has the
   * mode of the file that it replaces, and its owner and group where the system lets us. Temporary
   * files of processes that were killed while they wrote to the same target are deleted.
   *
   * @param target a regular file, or nothing yet, in an existing folder; a link is followed, to
   *     nothing yet too
   * @param content called once
   * @throws IOException if anything fails: the temporary file is gone and the old file as it was.
   *     Exceptions and errors of {@code content} pass through with the same effect; a plain {@code
   *     IOException}, as a full disk gives it, becomes one that names the target.
   */
  public static void write(Path target, Content content) throws IOException {
    write(target, null, content);
  }

  /**
   * Writes a text in UTF-8, as {@link #write(Path, Content)} does.
   *
   * @param target as there
   * @param text all of the file
   * @throws IOException as there
   */
  public static void writeText(Path target, String text) throws IOException {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
    write(
        target,
        channel -> {
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        });
  }

  /**
   * As the other, and keeps the file that is replaced under another name. A crash may leave it
   * there and nothing at the target.
   *
   * @param before where in the same folder the old file goes, in the place of what is there; null
   *     for nowhere
   */
  public static void write(Path target, Path before, Content content) throws IOException {
    Path file = checked(target);
    UserPrincipal owner = FileMode.owner(file);
    TemporaryFile temporary = TemporaryFile.beside(file, target);
    FileChannel channel = temporary.channel();
    try (channel) {
      content.writeTo(channel);
      channel.force(true);
      if (before != null && Files.exists(file)) {
        rename(file, before);
      }
      // Before the lock goes with the channel, so that nobody takes the file for abandoned.
      rename(temporary.path(), file);
      FileMode.give(file, owner);
    } catch (IOException e) {
      throw e.getClass() == IOException.class ? named(file, e) : e;
    } finally {
      Files.deleteIfExists(temporary.path());
    }
    forceFolder(file.getParent());
  }

  private static void rename(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AccessDeniedException e) {
      throw new FileSystemException(to.toString(), null, "cannot be replaced: access denied");
    } catch (FileSystemException e) { // whose message begins with the temporary name
      throw new FileSystemException(to.toString(), null, "cannot be replaced: " + e.getReason());
    }
  }

  private static void forceFolder(Path folder) throws IOException {
    if (File.separatorChar == '/') { // Windows cannot open a folder, and needs no such force.
      try (FileChannel entry = FileChannel.open(folder, StandardOpenOption.READ)) {
        entry.force(true);
      } catch (AccessDeniedException e) {
        return; // it takes files but is not ours to read: the file is there, the system forces it
      }
    }
  }

  /**
   * Finds out what would make {@link #write} fail: makes a temporary file beside the target, with
   * the target's mode, and deletes it; and asks the system whether a rename may replace the target,
   * which an immutable file and a folder's sticky bit forbid.
   *
   * @param target a file in an existing folder
   * @throws IOException if it would fail, with the target's name
   */
  public static void check(Path target) throws IOException {
    Path file = checked(target);
    TemporaryFile temporary = TemporaryFile.beside(file, target);
    try {
      temporary.channel().close();
      temporary.checkRename(file, target);
    } finally {
      Files.deleteIfExists(temporary.path());
    }
  }

  /** The file that is written, links followed, if all that can be seen of it is right. */
  private static Path checked(Path target) throws IOException {
    Path file = RealPath.of(target);
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new FileSystemException(target.toString(), null, "is not a regular file");
    }
    Path folder = file.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new NoSuchFileException(target.toString(), null, "its folder does not exist");
    }
    return file;
  }

  private static IOException named(Path file, IOException e) {
    IOException named = new FileSystemException(file.toString(), null, e.getMessage());
    named.initCause(e);
    return named;
  }
}
