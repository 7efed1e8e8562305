package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gru4j.ChildJvm;
import io.gru4j.http.Client;
import io.gru4j.http.RecommendServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The commands and units of {@code docs/production.md}, word for word but for port and folders. */
@EnabledOnOs(OS.LINUX)
class ProductionTest {
  private static final Path PAGE = Path.of("docs/production.md");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)\n(.*?)^```$");
  private static final int ITEMS = 20;

  @TempDir Path folder;

  private static List<String> blocks(String language) throws IOException {
    return BLOCK
        .matcher(Files.readString(PAGE))
        .results()
        .filter(block -> block.group(1).equals(language))
        .map(block -> block.group(2))
        .toList();
  }

  private static boolean has(String program) throws IOException, InterruptedException {
    Process which = new ProcessBuilder("sh", "-c", "command -v " + program + " >/dev/null").start();
    return which.waitFor() == 0;
  }

  /** Sessions of a day: each item is followed by the one so many further on. */
  private void log(String day, int number, int sessions, int step, int lastStep)
      throws IOException {
    Path file = folder.resolve("logs").resolve(day + ".tsv.gz");
    Files.createDirectories(file.getParent());
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      StringBuilder text = new StringBuilder("SessionId\tItemId\tTime\n");
      for (int s = 0; s < sessions; s++) {
        boolean last = s >= 0.9 * sessions;
        for (int click = 0; click < 4; click++) {
          int item = (s + click * (last ? lastStep : step)) % (ITEMS + number);
          text.append(day).append('-').append(s).append("\ti").append(item).append('\t');
          text.append(1_764_547_200L + 86_400L * number + 60L * s + click).append('\n');
        }
      }
      out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void executable(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private record Ran(int status, String output) {}

  private Ran shell(Path script, String... args) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("sh", script.toString()));
    words.addAll(List.of(args));
    Path output = folder.resolve("output.txt");
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.redirectOutput(output.toFile());
    builder.environment().put("GRU4J_HOME", folder.toString());
    builder.environment().merge("PATH", folder.resolve("bin") + ":", (old, bin) -> bin + old);
    Process process = builder.start();
    assertTrue(process.waitFor(120, TimeUnit.SECONDS));
    return new Ran(process.exitValue(), Files.readString(output));
  }

  private static Client.Reply recommend(Client client, Object... body) throws Exception {
    return client.recommend(io.gru4j.file.Json.write(Map.of(body[0], body[1])));
  }

  @Test
  void aGoodNightIsServedABadOneIsNotAndBothCanBeUndone() throws Exception {
    assumeTrue(has("curl"), "the script needs curl");
    log("first", 0, 400, 1, 1);
    log("2026-12-01", 1, 200, 1, 1);
    log("2026-12-02", 2, 200, 7, 1); // learns something else than what it is judged by
    Path model = folder.resolve("shop.safetensors");
    train();
    executable(folder.resolve("bin/gru4j"), ChildJvm.script("io.gru4j.cli.Main"));
    byte[] first = Files.readAllBytes(model);
    var settings = new RecommendServer.Settings(model, "localhost", 0, 1, 16);
    try (RecommendServer server = RecommendServer.start(settings, line -> {});
        Client client = new Client(server.address().getPort())) {
      String port = "localhost:" + server.address().getPort();
      List<String> scripts = blocks("sh");
      assertEquals(2, scripts.size());
      Path nightly = folder.resolve("nightly.sh");
      executable(nightly, scripts.get(0).replace("localhost:8080", port));
      Path back = folder.resolve("back.sh");
      executable(
          back,
          scripts
              .get(1)
              .replace("localhost:8080", port)
              .replace("/var/lib/gru4j", folder.toString()));

      String token = recommend(client, "items", List.of("i1", "i2")).json().get("session") + "";
      Ran good = shell(nightly, "2026-12-01");
      assertEquals(0, good.status(), good.output());
      byte[] second = Files.readAllBytes(model);
      assertFalse(java.util.Arrays.equals(first, second));
      assertArrayEquals(
          first, Files.readAllBytes(folder.resolve("before/2026-12-01/shop.safetensors")));
      assertTrue(Files.exists(folder.resolve("before/2026-12-01/shop.safetensors.state")));
      assertTrue(Files.size(folder.resolve("days/2026-12-01/report.html")) > 0);
      Client.Reply taken = recommend(client, "session", token);
      assertEquals(true, taken.json().get("taken_over"), taken.body());

      Ran twice = shell(nightly, "2026-12-01");
      assertNotEquals(0, twice.status(), twice.output());
      assertTrue(twice.output().contains("no click is newer"), twice.output());
      assertArrayEquals(
          first, Files.readAllBytes(folder.resolve("before/2026-12-01/shop.safetensors")));

      Ran bad = shell(nightly, "2026-12-02");
      assertEquals(1, bad.status(), bad.output());
      assertTrue(bad.output().contains(" fell by "), bad.output());
      assertArrayEquals(second, Files.readAllBytes(model));
      assertTrue(Files.exists(folder.resolve("shop.safetensors.refused")));
      assertEquals(
          taken.json().get("model"), recommend(client, "session", token).json().get("model"));

      Ran undone = shell(back);
      assertEquals(0, undone.status(), undone.output());
      assertArrayEquals(first, Files.readAllBytes(model));
      String since = taken.json().get("session") + "";
      assertEquals(true, recommend(client, "session", since).json().get("taken_over"));
      assertEquals(0, shell(nightly, "2026-12-01").status(), "its state is its own again");
    }
  }

  /** As the page has it, in the folder. */
  private void train() throws IOException {
    String line =
        Files.readAllLines(PAGE).stream()
            .filter(text -> text.startsWith("    gru4j train "))
            .findFirst()
            .orElseThrow();
    String[] words = line.strip().substring("gru4j ".length()).split(" ");
    for (int i = 0; i < words.length; i++) {
      words[i] =
          words[i].matches(".*\\.(tsv\\.gz|safetensors)") ? folder + "/" + words[i] : words[i];
    }
    PrintStream err = new PrintStream(folder.resolve("train.txt").toFile());
    int status = Main.run(words, InputStream.nullInputStream(), err, err);
    assertEquals(0, status, Files.readString(folder.resolve("train.txt")));
  }

  @Test
  void systemdFindsNothingWrongWithTheUnits() throws Exception {
    assumeTrue(has("systemd-analyze"), "there is no systemd here");
    executable(folder.resolve("opt/bin/gru4j"), "#!/bin/sh\n");
    executable(folder.resolve("opt/nightly.sh"), "#!/bin/sh\n");
    List<String> command = new ArrayList<>(List.of("systemd-analyze", "verify", "--man=no"));
    for (String unit : blocks("ini")) {
      String name = unit.lines().findFirst().orElseThrow().substring("# ".length());
      String text = unit.replace("/opt/gru4j", folder.resolve("opt").toString());
      command.add(Files.writeString(folder.resolve(name), text).toString());
    }
    assertEquals(6, command.size(), command::toString);
    Path output = folder.resolve("verify.txt");
    Process verify =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertTrue(verify.waitFor(60, TimeUnit.SECONDS));
    String said = Files.readString(output);
    assertEquals(0, verify.exitValue(), said);
    assertFalse(said.contains(folder.toString()), said); // a line about a unit names its file
  }
}
