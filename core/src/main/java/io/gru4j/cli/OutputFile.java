package io.gru4j.cli;

import java.io.IOException;
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
    if (Files.exists(out) && !Files.isRegularFile(out)) {
      throw new FileSystemException(out.toString(), null, "is not a regular file");
    }
    Path folder = out.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new NoSuchFileException(out.toString(), null, "its folder does not exist");
    }
    if (!Files.isWritable(folder)) {
      throw new FileSystemException(out.toString(), null, "its folder cannot be written to");
    }
  }
}
