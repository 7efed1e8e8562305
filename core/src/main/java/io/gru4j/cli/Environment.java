package io.gru4j.cli;

import io.gru4j.cli.report.Block.Fact;
import io.gru4j.tensor.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Describes where gru4j runs: its version, the kernels, the JVM, the machine, the memory. */
final class Environment {
  private Environment() {}

  static List<Fact> facts(int threads) {
    Runtime runtime = Runtime.getRuntime();
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("gru4j", Main.version()));
    facts.add(new Fact("kernels", Backend.description()));
    facts.add(new Fact("threads", threads + " of " + runtime.availableProcessors()));
    facts.add(new Fact("Java", System.getProperty("java.vm.name") + " " + Runtime.version()));
    facts.add(
        new Fact(
            "system",
            Stream.of("os.name", "os.version", "os.arch")
                .map(System::getProperty)
                .reduce((a, b) -> a + " " + b)
                .orElseThrow()));
    field("/proc/cpuinfo", "model name").ifPresent(name -> facts.add(new Fact("processor", name)));
    long used = runtime.totalMemory() - runtime.freeMemory();
    facts.add(
        new Fact(
            "heap",
            Numbers.bytes(used) + " at the end, limit " + Numbers.bytes(runtime.maxMemory())));
    field("/proc/self/status", "VmHWM")
        .filter(peak -> peak.matches("[0-9]{1,15} kB"))
        .map(peak -> 1024 * Long.parseLong(peak.substring(0, peak.length() - 3)))
        .ifPresent(peak -> facts.add(new Fact("process, at its peak", Numbers.bytes(peak))));
    return facts;
  }

  /** The first value of a field of one of Linux's files; empty elsewhere. */
  private static Optional<String> field(String file, String name) {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst();
    } catch (IOException e) {
      return Optional.empty(); // not a Linux
    }
  }
}
