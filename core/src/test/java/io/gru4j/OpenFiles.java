package io.gru4j;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Which files this process has open, as Linux tells it; a test that asks is skipped elsewhere. */
public final class OpenFiles {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private OpenFiles() {}

  /** How often a file is open, or one that had its name and was replaced. */
  public static long of(Path file) throws IOException {
    assumeTrue(Files.isDirectory(DESCRIPTORS), "Linux only");
    String name = file.toRealPath().toString();
    long times = 0;
    try (Stream<Path> links = Files.list(DESCRIPTORS)) {
      for (Path link : links.toList()) {
        try {
          String target = Files.readSymbolicLink(link).toString();
          times += target.equals(name) || target.equals(name + " (deleted)") ? 1 : 0;
        } catch (NoSuchFileException e) {
          // Closed since it was listed.
        }
      }
    }
    return times;
  }
}
