package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class CompletionCommandTest extends CommandLineCase {
  @Test
  void everyCommandAndFlagIsInTheScripts() {
    for (String shell : List.of("bash", "zsh")) {
      String script = run("completion", shell).expect(0).out();
      for (String part : List.of("train", "--hidden-size", "--checkpoint", "gru4rec", "middle")) {
        assertContains(script, part);
      }
    }
    assertContains(run("completion", "fish").expect(2).err(), "must be bash or zsh, got fish");
    assertContains(run("completion").expect(2).err(), "bash|zsh is missing");
  }

  @Test
  void bashCompletesWithIt() throws IOException, InterruptedException {
    Path bash = Path.of("/bin/bash");
    Assumptions.assumeTrue(Files.isExecutable(bash), "there is no bash");
    String script = run("completion", "bash").expect(0).out();
    assertEquals(List.of("evaluate"), completed(bash, script, "gru4j", "ev"));
    assertEquals(
        List.of("--max-epochs", "--max-iter-no-change", "--max-session-length"),
        completed(bash, script, "gru4j", "train", "x.tsv", "--ma").stream().sorted().toList());
    assertEquals(
        List.of("against", "for", "middle"),
        completed(bash, script, "gru4j", "evaluate", "--ties", ""));
    assertEquals(List.of("gru4rec"), completed(bash, script, "gru4j", "train", "--preset", "g"));
    assertEquals(List.of("train"), completed(bash, script, "gru4j", "help", "tr"));
    assertEquals(List.of("bash", "zsh"), completed(bash, script, "gru4j", "completion", ""));
    assertEquals(
        List.of("popular"), completed(bash, script, "gru4j", "recommend", "--fallback", ""));
    assertTrue(completed(bash, script, "gru4j", "train", "x").isEmpty(), "files, by default");
    assertFalse(completed(bash, script, "gru4j", "evaluate", "--").contains("--hidden-size"));
  }

  /** What the script offers for the last word. */
  private List<String> completed(Path bash, String script, String... words)
      throws IOException, InterruptedException {
    Path file = folder.resolve("completion.sh");
    List<String> quoted = new ArrayList<>();
    Arrays.stream(words).forEach(word -> quoted.add("'" + word + "'"));
    Files.writeString(
        file,
        script
            + "COMP_WORDS=("
            + String.join(" ", quoted)
            + ")\nCOMP_CWORD="
            + (words.length - 1)
            + "\n_gru4j\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n");
    Process process =
        new ProcessBuilder(bash.toString(), "--norc", file.toString())
            .redirectErrorStream(true)
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), text);
    return text.lines().filter(line -> !line.isEmpty()).toList();
  }
}
