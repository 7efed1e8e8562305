package io.gru4j.cli;

import io.gru4j.file.RealPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * All files that a command reads and writes. None that it writes may be another one of them, under
 * whatever name: through links, hard or symbolic, of files or folders, and through folders that are
 * mounted twice, there already or not yet.
 */
final class CommandFiles {
  private final List<Entry> entries = new ArrayList<>();

  /** {@code real} is the path with all links followed. */
  private record Entry(String flag, Path path, boolean written, Path real) {
    boolean isSame(Entry other) throws IOException {
      return RealPath.isSame(real, other.real);
    }

    /** A terminal or /dev/null is not lost by being written to. */
    boolean isDevice() {
      return Files.exists(real) && !Files.isRegularFile(real) && !Files.isDirectory(real);
    }
  }

  /** Adds files that are only read; {@code flag} is what gave them. */
  CommandFiles reads(String flag, List<Path> paths) throws IOException {
    for (Path path : paths) {
      add(flag, path, false);
    }
    return this;
  }

  /** Adds a file that is written, or replaced, or deleted. */
  CommandFiles writes(String flag, Path path) throws IOException {
    add(flag, path, true);
    return this;
  }

  private void add(String flag, Path path, boolean written) throws IOException {
    entries.add(new Entry(flag, path, written, RealPath.of(path)));
  }

  /** Refuses two that are one, of which at least one is written. */
  void check() throws UsageException, IOException {
    for (int i = 0; i < entries.size(); i++) {
      for (int j = 0; j < i; j++) {
        Entry first = entries.get(j);
        Entry second = entries.get(i);
        if ((first.written || second.written) && first.isSame(second) && !first.isDevice()) {
          throw second.written ? refusal(second, first) : refusal(first, second);
        }
      }
    }
  }

  private static UsageException refusal(Entry written, Entry other) {
    boolean sameText = written.path.equals(other.path);
    return new UsageException(
        "%s %s would overwrite %s (%s%s)"
            .formatted(
                written.flag,
                written.path,
                other.path,
                other.flag,
                sameText ? "" : "; both are " + written.real));
  }

  /**
   * Refuses a file that may be the one that {@code --save-best-to-file} writes to the working
   * folder, whose name has the best value of the criterion.
   */
  void checkBestFile(String estimator) throws UsageException, IOException {
    Path folder = RealPath.of(Path.of(""));
    Pattern name = Pattern.compile(Pattern.quote(estimator) + "_loss_.*\\.safetensors");
    for (Entry each : entries) {
      if (RealPath.isSame(folder, each.real.getParent())
          && name.matcher(each.real.getFileName().toString()).matches()) {
        throw new UsageException(
            "--save-best-to-file may overwrite " + each.path + " (" + each.flag + ")");
      }
    }
  }
}
