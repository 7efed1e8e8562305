package io.gru4j.cli;

import io.gru4j.file.AtomicFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Checks of a file that a command is to write, before the work begins. */
final class OutputFile {
  private OutputFile() {}

  /** Refuses to write over one of other files. */
  static void refuseSame(String flag, Path written, List<Path> others)
      throws UsageException, IOException {
    for (Path other : others) {
      boolean same =
          written.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize())
              || Files.exists(written) && Files.exists(other) && Files.isSameFile(written, other);
      if (same) {
        throw new UsageException(flag + " " + written + " would overwrite " + other);
      }
    }
  }

  /** Finds out before hours of training what would make saving fail. */
  static void checkWritable(Path out) throws IOException {
    AtomicFile.check(out);
  }

  /** Finds out the same of a file that is written as it is, be it a device. */
  static void checkStream(Path out) throws IOException {
    if (Files.isDirectory(out)) {
      throw new FileSystemException(out.toString(), null, "is a folder");
    }
    Path written = Files.exists(out) ? out : checkFolder(out);
    if (!Files.isWritable(written)) {
      throw new AccessDeniedException(out.toString());
    }
  }

  private static Path checkFolder(Path out) throws IOException {
    Path folder = out.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new NoSuchFileException(out.toString(), null, "its folder does not exist");
    }
    return folder;
  }
}
