package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.model.FittedModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The runtime image and its {@code bin/gru4j}, as the build has just made them. Where the cache of
 * classes cannot be used the JVM says nothing and starts slowly; here it has to use it.
 */
class ImageIT {
  private static final String NO_START_WITHOUT_CACHE = "-XX:AOTMode=on";
  private static final String MUCH_MEMORY = " -XX:MaxRAM=64g";
  private static final String SMALL_HEAP = " -Xmx1g"; // without, no cache where memory is large
  private static final String VECTOR_MODULE = "Using incubator modules: jdk.incubator.vector";
  private static final Path IMAGE = Path.of("target", "gru4j");

  @TempDir static Path folder;
  private static Path model;

  private record End(int status, String out, String err) {}

  @BeforeAll
  static void train() throws IOException, InterruptedException {
    Path sessions = folder.resolve("sessions.tsv");
    Files.writeString(
        sessions,
        IntStream.range(0, 300)
            .mapToObj(i -> i / 3 + "\titem" + i * 7 % 40 + "\t" + i)
            .collect(Collectors.joining("\n", "SessionId\tItemId\tTime\n", "\n")));
    model = folder.resolve("m.safetensors");
    End end =
        run(
            NO_START_WITHOUT_CACHE + SMALL_HEAP,
            "",
            "train",
            sessions.toString(),
            "--model",
            model.toString(),
            "--max-epochs=1");
    assertEquals(0, end.status(), end.err());
    assertTrue(end.err().contains(VECTOR_MODULE), end.err());
  }

  /** Runs the image's command with options of the JVM and a text on stdin. */
  private static End run(String jvmOptions, String in, String... words)
      throws IOException, InterruptedException {
    return run(IMAGE.resolve("bin/gru4j"), jvmOptions, in, words);
  }

  private static End run(Path script, String jvmOptions, String in, String... words)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder();
    builder.command().add(script.toString());
    builder.command().addAll(List.of(words));
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"));
    builder.environment().put("JDK_JAVA_OPTIONS", jvmOptions);
    Path out = Files.createTempFile(folder, "out", null);
    Path err = Files.createTempFile(folder, "err", null);
    Path given = Files.writeString(Files.createTempFile(folder, "in", null), in);
    builder.redirectInput(given.toFile());
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    Process process = builder.start();
    try {
      assertTrue(process.waitFor(2, TimeUnit.MINUTES), () -> "still running: " + builder.command());
    } finally {
      process.destroyForcibly();
    }
    return new End(process.exitValue(), text(out), text(err));
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  private static End recommend(String jvmOptions, String... words)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("recommend", "--model", model.toString()));
    all.addAll(List.of(words));
    End end = run(jvmOptions, "item7,item14\n", all.toArray(String[]::new));
    assertEquals(0, end.status(), end.err());
    return end;
  }

  @Test
  void sessionsAreAnsweredWithoutVectorsAndTheirWarning() throws IOException, InterruptedException {
    for (String[] items : new String[][] {{"--items", "item7,item14"}, {"--items=item7,item14"}}) {
      End one = recommend(NO_START_WITHOUT_CACHE + MUCH_MEMORY, items);
      assertTrue(one.err().contains("kernels: scalar\n"), one.err());
      assertFalse(one.err().contains(VECTOR_MODULE), one.err());

      Path file = Files.writeString(folder.resolve("jvm.args"), "-Dgru4j.kernels=vector");
      for (String choice :
          List.of(
              "-Dgru4j.kernels=vector",
              "-Dgru4j.vectorBits=128",
              "--add-modules jdk.incubator.vector",
              "@" + file)) {
        End forced = recommend(choice, items);
        assertTrue(forced.err().contains("kernels: vector"), forced.err());
        assertEquals(forced.out(), one.out());
      }

      End many = recommend(NO_START_WITHOUT_CACHE + SMALL_HEAP);
      assertTrue(many.err().contains("kernels: scalar\n"), many.err());
      assertFalse(many.err().contains("incubator"), many.err());
      assertEquals(one.out(), many.out().replaceAll("(?m)^1\t", ""));
      assertEquals(20, one.out().lines().count());
    }
  }

  /** Of a closed stream's number no file becomes one: nothing that is printed goes into it. */
  @Test
  void closedStreamsSpoilNoFile() throws IOException, InterruptedException {
    Path out = folder.resolve("closed.safetensors");
    Path log = folder.resolve("closed.jsonl");
    for (String closed : List.of("<&- >&- 2>&-", ">&-", ">&- 2>&-", "<&- 2>&-", "2>&-", "<&-")) {
      ProcessBuilder builder =
          new ProcessBuilder(
              "sh",
              "-c",
              "exec \"$0\" train \"$1\" --model \"$2\" --log-json \"$3\" --max-epochs=2 --seed=1 "
                  + closed,
              IMAGE.resolve("bin/gru4j").toString(),
              folder.resolve("sessions.tsv").toString(),
              out.toString(),
              log.toString());
      builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"));
      builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
      builder.redirectError(ProcessBuilder.Redirect.DISCARD);
      Process process = builder.start();
      try {
        assertTrue(process.waitFor(2, TimeUnit.MINUTES), closed);
      } finally {
        process.destroyForcibly();
      }
      assertEquals(closed.matches("(<&- )?>&-.*") ? 1 : 0, process.exitValue(), closed);
      assertEquals(2, FittedModel.load(out).history().size(), closed);
      List<String> lines = Files.readAllLines(log);
      assertEquals(2, lines.size(), closed);
      assertTrue(lines.stream().allMatch(line -> line.startsWith("{\"epoch\":")), closed);
      Files.delete(out);
      Files.delete(log);
    }
  }

  @Test
  void helpComesWithoutVectors() throws IOException, InterruptedException {
    String[][] commands = {
      {"--version"}, {"--help"}, {"help", "train"}, {"train", "--help"}, {"serve", "-h"}
    };
    for (String[] words : commands) {
      End end = run(NO_START_WITHOUT_CACHE, "", words);
      assertEquals(0, end.status(), end.err());
      assertFalse(end.err().contains(VECTOR_MODULE), end.err());
      assertTrue(end.out().contains("gru4j"), end.out());
    }
    End wrong = run(NO_START_WITHOUT_CACHE, "", "recomend", "--items", "a");
    assertEquals(2, wrong.status(), wrong.err());
    assertTrue(wrong.err().contains("did you mean recommend?"), wrong.err());
  }

  /** No warning about references, no vectors where nobody wants them. */
  @Test
  void optionsOfTheHeapAndOthersChangeNothing() throws IOException, InterruptedException {
    for (String options : List.of("-Xmx40g", "-Dgru4j.kernels=scalar", "-Duser.email=a@b")) {
      End end = run(options, "", "--version");
      assertEquals(0, end.status(), end.err());
      assertFalse(end.err().toLowerCase(Locale.ROOT).contains("warning"), end.err());
    }
  }

  @Test
  void inspectDoesWithoutVectorsAndTheirWarning() throws IOException, InterruptedException {
    End end = run(NO_START_WITHOUT_CACHE + MUCH_MEMORY, "", "inspect", model.toString());
    assertEquals(0, end.status(), end.err());
    assertFalse(end.err().contains("incubator"), end.err());
    assertTrue(end.out().contains("\nnetwork "), end.out());
  }

  @Test
  void aLinkAndAFolderWithASpaceDoNotMatter() throws IOException, InterruptedException {
    Path spaced = Files.createDirectory(folder.resolve("my programs"));
    Path image = Files.createSymbolicLink(spaced.resolve("gru4j image"), IMAGE.toAbsolutePath());
    Path link = Files.createSymbolicLink(folder.resolve("link"), image.resolve("bin/gru4j"));
    for (Path script : List.of(image.resolve("bin/gru4j"), link)) {
      End end = run(script, NO_START_WITHOUT_CACHE, "", "--version");
      assertEquals(0, end.status(), end.err());
      assertTrue(end.out().startsWith("gru4j "), end.out());
    }
  }

  /** The collector of whoever runs it wins, wherever the JVM's options come from. */
  @Test
  void everyCollectorCanBeChosen() throws IOException, InterruptedException {
    for (String collector :
        List.of("Serial", "Parallel", "G1", "Z", "Shenandoah", "Epsilon", "none")) {
      String choice =
          collector.equals("none") // the JVM alone would then start with no collector at all
              ? "-XX:-UseG1GC"
              : "-XX:+UnlockExperimentalVMOptions -XX:+Use" + collector + "GC";
      Path file = Files.writeString(folder.resolve("collector.args"), choice.replace(' ', '\n'));
      for (String options : List.of(choice + SMALL_HEAP, "@" + file + SMALL_HEAP)) {
        End end = run(options + " -XX:+PrintFlagsFinal", "", "inspect", model.toString());
        assertEquals(0, end.status(), options + ": " + end.err());
        assertFalse(end.err().contains("[warning]"), end.err());
        String name = collector.equals("none") ? "G1" : collector;
        String use = "bool Use" + name + "GC += true .*";
        assertTrue(end.out().lines().anyMatch(line -> line.strip().matches(use)), end.out());
      }
    }
    End end = recommend("-XX:+UseZGC" + SMALL_HEAP, "--items=item7");
    assertFalse(end.err().contains("Oops"), end.err());
  }

  @Test
  void whoWantsALogOfTheJvmGetsIt() throws IOException, InterruptedException {
    End plain = recommend(SMALL_HEAP);
    Path file = folder.resolve("gc.log");
    End log = recommend("-Xlog:gc*:file=" + file + SMALL_HEAP);
    assertTrue(text(file).contains("Using G1"), text(file));
    assertEquals(plain.out(), log.out());
    End stderr = recommend("-Xlog:gc:stderr" + SMALL_HEAP);
    assertTrue(stderr.err().contains("Using G1"), stderr.err());
    assertEquals(plain.out(), stderr.out());
    Path args = Files.writeString(folder.resolve("log.args"), "-Xlog:gc\n");
    for (String options : List.of("-Xlog:gc", "-verbose:gc", "@" + args)) {
      End stdout = recommend(options + SMALL_HEAP);
      assertTrue(stdout.out().contains("Using G1"), stdout.out() + stdout.err());
    }
    assertFalse(plain.out().contains("Using G1"), plain.out());
  }

  @Test
  void otherOptionsWinToo() throws IOException, InterruptedException {
    End end =
        run(
            "-XX:MaxRAM=4g -XX:MaxRAMPercentage=25 -XX:-UseTransparentHugePages"
                + " -XX:+PrintFlagsFinal",
            "",
            "inspect",
            model.toString());
    assertEquals(0, end.status(), end.err());
    for (String flag :
        List.of("MaxRAMPercentage += 25.0+ .*", "UseTransparentHugePages += false .*")) {
      assertTrue(
          end.out().lines().anyMatch(line -> line.strip().matches("(bool|double) " + flag)),
          flag + end.out());
    }
  }
}
