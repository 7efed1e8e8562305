package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** No two files of a command are one, whatever they are called; nothing is lost, nothing made. */
class CommandFilesTest {
  @TempDir Path folder;
  private TrainingFiles files;

  @BeforeEach
  void makeFiles() throws IOException {
    files = TrainingFiles.in(folder);
    Files.createDirectories(folder.resolve("real/ck"));
    Files.createSymbolicLink(folder.resolve("ln"), Path.of("real"));
    Files.copy(files.sessions(), folder.resolve("real/s.tsv"));
    Files.copy(files.sessions(), folder.resolve("real/ck/checkpoint.lock"));
    Files.createSymbolicLink(folder.resolve("next"), Path.of("real/none-yet"));
    Files.createLink(folder.resolve("hard.tsv"), folder.resolve("real/s.tsv"));
  }

  private String at(String name) {
    return folder.resolve(name).toString();
  }

  /** Each file's name and text; folders' names. */
  private Map<String, String> contents() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.toList()) {
        String text = Files.isRegularFile(each) ? Files.readString(each) : "";
        contents.put(folder.relativize(each).toString(), text);
      }
    }
    return contents;
  }

  private void refused(String first, String second, String... words) throws IOException {
    Map<String, String> before = contents();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status = TrainingFiles.run(List.of(words), new PrintStream(err, true));
    String all = String.join(" ", words) + "\n" + err;
    assertEquals(2, status, all);
    assertTrue(err.toString().contains(" would overwrite "), all);
    assertTrue(err.toString().contains(first), all);
    assertTrue(err.toString().contains(second), all);
    assertEquals(before, contents(), all);
  }

  @Test
  void aTrainingsFilesAreAllDifferent() throws IOException {
    String input = at("real/s.tsv");
    Map<String, List<String>> flags = new LinkedHashMap<>(); // names of one file
    flags.put("real/s.tsv", List.of("real/s.tsv", "ln/s.tsv", "real/../ln/./s.tsv", "hard.tsv"));
    for (String name : flags.get("real/s.tsv")) {
      refused("--model", "FILE", "train", input, "--model", at(name));
      refused("--log-json", "FILE", "train", input, "--model", at("m"), "--log-json", at(name));
      refused("--report", "FILE", "train", input, "--model", at("m"), "--report", at(name));
      refused(
          "--model",
          "--validation",
          "train",
          at("sessions.tsv"),
          "--validation",
          input,
          "--model",
          at(name));
    }
    List<String> newNames = List.of("real/none-yet", "ln/none-yet", "next", "real/ck/../none-yet");
    for (String name : newNames) {
      String model = at("real/none-yet");
      refused("--log-json", "--model", "train", input, "--model", model, "--log-json", at(name));
      refused("--report", "--model", "train", input, "--model", model, "--report", at(name));
      refused(
          "--report",
          "--log-json",
          "train",
          input,
          "--model",
          at("m"),
          "--log-json",
          model,
          "--report",
          at(name));
    }
    refused(
        "--log-json",
        "--model",
        "train",
        input,
        "--model",
        at("m"),
        "--log-json",
        at("m.best-so-far"));
  }

  @Test
  void noFileIsOneOfTheCheckpointsFolder() throws IOException {
    String input = at("real/s.tsv");
    for (String name :
        List.of("checkpoint.lock", "checkpoint.safetensors", "checkpoint-before.safetensors")) {
      for (String ck : List.of("real/ck/", "ln/ck/")) {
        String file = at(ck + name);
        for (String flag : List.of("--model", "--log-json", "--report")) {
          List<String> words = new ArrayList<>(List.of("train", input, "--checkpoint"));
          words.addAll(List.of(at("real/ck"), flag, file));
          if (!flag.equals("--model")) {
            words.addAll(List.of("--model", at("m")));
          }
          refused(flag, "--checkpoint", words.toArray(String[]::new));
        }
        refused(
            "--checkpoint", "FILE", "train", file, "--checkpoint", at("ln/ck"), "--model", at("m"));
      }
    }
    refused(
        "--checkpoint", "--model", "train", input, "--model", at("new"), "--checkpoint", at("new"));
  }

  @Test
  void aSearchsFilesAreAllDifferent() throws IOException {
    String[] search = {
      "search", at("real/s.tsv"), "--param", "bptt=1", "--validation-fraction=0.2"
    };
    for (String name : List.of("real/s.tsv", "ln/s.tsv", "hard.tsv")) {
      refused("--model", "FILE", with(search, "--model", at(name)));
      refused("--results", "FILE", with(search, "--model", at("m"), "--results", at(name)));
    }
    refused(
        "--results",
        "--model",
        with(search, "--model", at("real/none-yet"), "--results", at("next")));
  }

  private static String[] with(String[] words, String... more) {
    return Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new);
  }

  /** Two paths of which no link leads to the other, as a container sees a volume given twice. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aFolderThatIsMountedTwiceIsOneFolder() throws Exception {
    Path ck = folder.resolve("real/ck");
    Path twice = Files.createDirectory(folder.resolve("twice"));
    Files.delete(ck.resolve("checkpoint.lock"));
    ProcessBuilder mount = new ProcessBuilder("mount", "--bind", ck.toString(), twice.toString());
    boolean mounted = mount.redirectErrorStream(true).start().waitFor() == 0;
    assumeTrue(mounted, "mount --bind is refused here: it takes root, and a right of containers");
    try {
      String input = at("sessions.tsv");
      refused(
          "--report", "--model", "train", input, "--model", ck + "/x", "--report", at("twice/x"));
      refused(
          "--log-json",
          "--model",
          "train",
          input,
          "--model",
          ck + "/x",
          "--log-json",
          at("twice/x"));
      for (String name :
          List.of("checkpoint.lock", "checkpoint.safetensors", "checkpoint-before.safetensors")) {
        String file = at("twice/" + name);
        refused(
            "--checkpoint", "--model", "train", input, "--checkpoint", ck + "", "--model", file);
        refused(
            "--checkpoint",
            "--report",
            "train",
            input,
            "--model",
            at("m"),
            "--checkpoint",
            ck + "",
            "--report",
            file);
      }
      refused(
          "--checkpoint",
          "--model",
          "train",
          input,
          "--model",
          ck + "/new",
          "--checkpoint",
          at("twice/new"));
      refused(
          "--results",
          "--model",
          "search",
          input,
          "--param=bptt=1",
          "--validation-fraction=0.2",
          "--model",
          ck + "/x",
          "--results",
          at("twice/x"));
      new CommandFiles()
          .writes("--model", ck.resolve("x"))
          .writes("--report", twice.resolve("y"))
          .check();
    } finally {
      assertEquals(0, new ProcessBuilder("umount", twice.toString()).start().waitFor());
    }
  }

  /** Its name is known at the end alone, so all that it may be are refused. */
  @Test
  void theFileOfSaveBestToFileIsNoOther() throws IOException {
    Map<String, String> before = contents();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    List<String> words =
        files.train("--save-best-to-file", "--log-json", "GRU4RecCrossEntropy_loss_1.safetensors");
    assertEquals(2, TrainingFiles.run(words, new PrintStream(err, true)), err::toString);
    assertTrue(err.toString().contains("--save-best-to-file may overwrite "), err::toString);
    assertTrue(err.toString().contains("--log-json"), err::toString);
    assertEquals(before, contents());
  }

  @Test
  void aTerminalMayBeReadAndWritten() throws Exception {
    Path device = Path.of("/dev/null");
    if (Files.exists(device)) {
      new CommandFiles().reads("FILE", List.of(device)).writes("--log-json", device).check();
    }
  }
}
