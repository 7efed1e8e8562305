package io.gru4j.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.SessionFiles;
import io.gru4j.tensor.Matrix;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A reader refuses every wrong file and does nothing else: {@link ReaderFuzz} in a JVM with a small
 * heap, because a reader that trusts the sizes in a file fills the heap. That JVM has the scalar
 * kernels, in whichever execution of the tests it is started, so one execution is enough.
 */
@DisabledIfSystemProperty(named = "gru4j.expectKernels", matches = "scalar")
class ReaderFuzzTest {
  private static final long SEED = Long.getLong("gru4j.fuzzSeed", 1);

  @TempDir Path folder;

  @Test
  void twoThousandFiles() throws Exception {
    fuzz(2_000);
  }

  @Test
  @Tag("long")
  void aHundredThousandFiles() throws Exception {
    fuzz(100_000);
  }

  private void fuzz(int files) throws IOException, InterruptedException, URISyntaxException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:+UseSerialGC",
            "-cp",
            String.join(
                File.pathSeparator,
                testClasses(),
                module(SessionFiles.class),
                module(Matrix.class)),
            ReaderFuzz.class.getName(),
            folder.toString(),
            Long.toString(SEED),
            "0",
            Integer.toString(files));
    Path err = folder.resolve("stderr");
    Process process = new ProcessBuilder(command).redirectError(err.toFile()).start();
    List<String> lines = process.inputReader().lines().toList(); // it watches its own time
    String output = String.join("\n", lines);
    assertEquals(0, process.waitFor(), command + "\n" + output + "\n" + Files.readString(err));
    System.out.println(lines.getLast());
    assertTrue(lines.getLast().startsWith(files + " files"), output);
  }

  /** The folder or jar of a class's module. */
  private static String module(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }

  /** The folder that this class is in; its module is that of the classes it tests. */
  private static String testClasses() throws URISyntaxException {
    URL url = ReaderFuzzTest.class.getResource("/io/gru4j/fuzz/ReaderFuzzTest.class");
    return Path.of(url.toURI()).resolve("../../../..").normalize().toString();
  }
}
