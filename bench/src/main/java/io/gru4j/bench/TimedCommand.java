package io.gru4j.bench;

import io.gru4j.cli.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A command of gru4j in a JVM of its own, which writes what it took: a line of seconds, CPU seconds
 * and largest resident KiB, in the order of {@code time -f "%e %U %S %M"}.
 */
final class TimedCommand {

  /**
   * What a command took, its JVM's start and end included.
   *
   * @param seconds of the clock
   * @param cpuSeconds of all its threads
   */
  record Cost(double seconds, double cpuSeconds) {
    /** Reads what {@code time -f "%e %U %S %M"} or a {@link TimedCommand} has written. */
    static Cost read(Path file) throws IOException {
      String[] words = Files.readString(file).strip().split(" ");
      double cpu = Double.parseDouble(words[1]) + Double.parseDouble(words[2]);
      return new Cost(Double.parseDouble(words[0]), cpu);
    }
  }

  private TimedCommand() {}

  /**
   * Runs a command to its end; what it prints goes to stderr.
   *
   * @param cost the file to write
   * @throws IOException if it fails
   */
  static void run(Path cost, List<String> words) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "--add-modules=jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                TimedCommand.class.getName(),
                cost.toString()));
    command.addAll(words);
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.INHERIT)
            .start();
    int status = process.waitFor();
    if (status != 0) {
      throw new IOException("status " + status + ": gru4j " + String.join(" ", words));
    }
  }

  /**
   * Runs a command.
   *
   * @param args the file for what it took, then the command's words
   */
  public static void main(String[] args) {
    Path cost = Path.of(args[0]);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> write(cost)));
    Main.main(List.of(args).subList(1, args.length).toArray(String[]::new));
  }

  private static void write(Path cost) {
    ProcessHandle.Info info = ProcessHandle.current().info();
    long began = info.startInstant().orElseThrow().toEpochMilli();
    try {
      String peak =
          Files.readAllLines(Path.of("/proc/self/status")).stream()
              .filter(line -> line.startsWith("VmHWM:"))
              .map(line -> line.replaceAll("\\D", ""))
              .findFirst()
              .orElse("0");
      Files.writeString(
          cost,
          String.format(
              Locale.ROOT,
              "%.2f %.2f 0 %s%n",
              (System.currentTimeMillis() - began) * 1e-3,
              info.totalCpuDuration().orElseThrow().toNanos() * 1e-9,
              peak));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
