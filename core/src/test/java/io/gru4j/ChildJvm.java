package io.gru4j;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.gru4j.cli.TrainingFiles;
import io.gru4j.data.IdMap;
import io.gru4j.tensor.Parallel;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A JVM of its own, for tests of exit status, signals, heap and a full disk. */
public final class ChildJvm {
  private static final List<String> QUICK_START =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto");

  private final Process process;
  private final BufferedReader err;
  private final List<String> seen = new ArrayList<>();

  /** The result of a process. */
  public record End(int status, String out, String err) {}

  /**
   * Starts one.
   *
   * @param before words before {@code java}, such as a shell that sets a limit
   * @param flags of the JVM
   * @param main its main class
   * @param args of that
   */
  public ChildJvm(List<String> before, List<String> flags, String main, List<String> args)
      throws IOException {
    this(before, flags, List.of("-cp", classPath(), main), args);
  }

  private ChildJvm(List<String> before, List<String> flags, List<String> what, List<String> args)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(what);
    command.addAll(args);
    process = new ProcessBuilder(command).start();
    err = process.errorReader();
  }

  /** Starts a program that is one source file, without any class of ours. */
  public static ChildJvm source(Path file, List<String> args) throws IOException {
    return new ChildJvm(List.of(), List.of(), List.of(file.toString()), args);
  }

  /** Starts {@code gru4j} so that it starts quickly. */
  public static ChildJvm gru4j(String... args) throws IOException {
    return new ChildJvm(List.of(), QUICK_START, "io.gru4j.cli.Main", List.of(args));
  }

  /** Starts a main class of the tests, or {@code gru4j}, so that it starts quickly. */
  public static ChildJvm quick(List<String> before, String main, List<String> args)
      throws IOException {
    return new ChildJvm(before, QUICK_START, main, args);
  }

  /** A shell script that runs a main class, so that it starts quickly. */
  public static String script(String main) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(QUICK_START);
    words.addAll(List.of("-cp", classPath(), main));
    return "#!/bin/sh\nexec '" + String.join("' '", words) + "' \"$@\"\n";
  }

  private static String classPath() {
    return Stream.of(TrainingFiles.class, IdMap.class, Parallel.class)
        .map(type -> root(type).toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** The folder or jar of class files that a class was loaded from. */
  private static Path root(Class<?> type) {
    URL url = type.getResource(type.getSimpleName() + ".class");
    String file = type.getName().replace('.', '/') + ".class";
    String text = url.toString();
    String root = text.substring(0, text.length() - file.length());
    boolean jar = root.startsWith("jar:");
    return Path.of(URI.create(jar ? root.substring(4, root.length() - 2) : root));
  }

  /** Returns the process. */
  public Process process() {
    return process;
  }

  /** Waits for a line of stderr that contains a text; false if the process ends before. */
  public boolean await(String part) throws IOException {
    String line = err.readLine();
    while (line != null) {
      seen.add(line);
      if (line.contains(part)) {
        return true;
      }
      line = err.readLine();
    }
    return false;
  }

  /**
   * Skips a test that would wait for ever: a job in the background ignores INT, one under nohup
   * HUP, and so does every child. Linux tells whether a signal is ignored; elsewhere the test
   * assumes that it is not.
   */
  public static void assumeHeard(String signal) throws IOException {
    int bit = List.of("HUP", "INT").indexOf(signal);
    Path status = Path.of("/proc/self/status");
    assumeFalse(
        bit >= 0
            && Files.exists(status)
            && Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(
                    line ->
                        (Long.parseUnsignedLong(line.substring(7).strip(), 16) >> bit & 1) == 1),
        "SIG" + signal + " is ignored here, as by a job in the background, and by every child");
  }

  /** Sends a signal, such as {@code INT}. */
  public void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  /** Kills it as a power cut would, and waits. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
  }

  /** Waits for the end. */
  public End end() throws IOException, InterruptedException {
    List<String> out = new ArrayList<>();
    Thread reader =
        Thread.ofPlatform().start(() -> process.inputReader().lines().forEach(out::add));
    try {
      err.lines().forEach(seen::add);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    reader.join();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return new End(process.exitValue(), String.join("\n", out), String.join("\n", seen));
  }
}
