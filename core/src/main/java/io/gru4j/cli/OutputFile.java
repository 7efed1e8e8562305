package io.gru4j.cli;

import io.gru4j.file.AtomicFile;
import io.gru4j.file.RealPath;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/** Checks of a file that a command is to write, before the work begins, and the name of another. */
final class OutputFile {
  /** Of the file systems in use, eCryptfs has the shortest names; most take 255 bytes. */
  private static final int LONGEST_NAME = 143;

  private OutputFile() {}

  /** Finds out before hours of training what would make saving fail. */
  static void checkWritable(Path out) throws IOException {
    AtomicFile.check(out);
  }

  /** The same check for a file that is written directly and may be a device. */
  static void checkStream(Path out) throws IOException {
    if (Files.isDirectory(out)) {
      throw new FileSystemException(out.toString(), null, "is a folder");
    }
    Path folder = RealPath.of(out).getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new NoSuchFileException(out.toString(), null, "its folder does not exist");
    }
    if (Files.exists(out) && !Files.isRegularFile(out)) { // a pipe that is opened may block
      if (!Files.isWritable(out)) {
        throw new AccessDeniedException(out.toString());
      }
      return;
    }
    boolean isNew = !Files.exists(out);
    FileChannel.open(out, StandardOpenOption.CREATE, StandardOpenOption.WRITE).close();
    if (isNew) {
      Files.deleteIfExists(RealPath.of(out));
    }
  }

  /**
   * Names a file beside one that the user has named: its name and a suffix, or, where that may be
   * too long for a name, the beginning of its name and a checksum of all of it.
   */
  static Path beside(Path out, String suffix) {
    String name = out.getFileName().toString();
    if (utf8(name + suffix).length > LONGEST_NAME) {
      CRC32C crc = new CRC32C();
      crc.update(utf8(name));
      String end = "-%08x".formatted(crc.getValue()) + suffix;
      while (utf8(name + end).length > LONGEST_NAME) {
        name = name.substring(0, name.offsetByCodePoints(name.length(), -1));
      }
      return out.resolveSibling(name + end);
    }
    return out.resolveSibling(name + suffix);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
