package io.gru4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a main class of the tests in a JVM of its own, for choices that a JVM makes once. */
final class ChildJvm {

  private ChildJvm() {}

  /** Returns the lines that the main class prints in a JVM with the given flags, within minutes. */
  static List<String> run(Class<?> main, String... flags) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(flags));
    command.add("-cp");
    command.add(root(main) + File.pathSeparator + root(Kernels.class));
    command.add(main.getName());
    Path out = Files.createTempFile("out", null);
    Path err = Files.createTempFile("err", null);
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      try {
        assertTrue(process.waitFor(5, TimeUnit.MINUTES), () -> "still running: " + command);
      } finally {
        process.destroyForcibly();
      }
      String said = new String(Files.readAllBytes(err), Charset.defaultCharset());
      assertEquals(0, process.exitValue(), () -> command + "\n" + said);
      return Files.readAllLines(out);
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  /** The folder of class files that a class was loaded from. */
  private static Path root(Class<?> type) {
    String file = type.getSimpleName() + ".class";
    URL url = type.getResource(file);
    try {
      Path path = Path.of(url.toURI());
      for (String part : type.getName().split("\\.")) {
        path = path.getParent();
        assertTrue(path != null, () -> part + " of " + url);
      }
      return path;
    } catch (URISyntaxException e) {
      throw new IllegalStateException(url.toString(), e);
    }
  }
}
