package io.gru4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The same bits at 128, 256 and 512 bits and without the Vector API, each in a JVM of its own
 * because the width is chosen once. A width that the machine lacks is emulated by the JVM: slower,
 * same result.
 */
class SimdWidthsTest {

  @Test
  @Tag("child-jvm")
  void everyWidthGivesTheBitsOfThisJvm() throws Exception {
    String expected = Long.toHexString(KernelDigest.of());
    for (int bits : new int[] {128, 256, 512}) {
      List<String> lines = run("--add-modules=jdk.incubator.vector", "-Dgru4j.vectorBits=" + bits);
      assertEquals(List.of("vector, " + bits + " bit", expected), lines);
    }
    assertEquals(List.of("scalar", expected), run());
    assertEquals(
        List.of("scalar", expected),
        run("--add-modules=jdk.incubator.vector", "-Dgru4j.kernels=scalar"));
  }

  /** Returns the two lines that {@link KernelDigest} prints in a JVM with the given flags. */
  private static List<String> run(String... flags) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(flags));
    command.add("-cp");
    command.add(root(KernelDigest.class) + File.pathSeparator + root(Kernels.class));
    command.add(KernelDigest.class.getName());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    List<String> lines = process.inputReader().lines().toList();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), () -> "still running: " + command);
    assertEquals(0, process.exitValue(), () -> String.join(" ", command));
    return lines;
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
