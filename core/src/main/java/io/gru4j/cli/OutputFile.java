package io.gru4j.cli;

import io.gru4j.file.AtomicFile;
import io.gru4j.file.RealPath;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Checks of a file that a command is to write, before the work begins. */
final class OutputFile {
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
}
