package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of README, one after the other, in a folder with the session files they name. */
class ReadmeCommandsTest {
  private static final String INDENT = "    gru4j ";

  @TempDir Path folder;

  @Test
  void everyCommandDoesItsWork() throws IOException {
    writeSessions("sessions.tsv", 0);
    writeSessions("later-sessions.tsv", 100);
    List<String> commands =
        Files.readAllLines(Path.of("../README.md")).stream()
            .filter(line -> line.startsWith(INDENT))
            .map(line -> line.substring(INDENT.length()))
            .toList();
    assertTrue(commands.size() >= 5, commands.toString());
    for (String command : commands) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      String[] words = Stream.of(command.split(" ")).map(this::inFolder).toArray(String[]::new);
      int status = Main.run(words, InputStream.nullInputStream(), printer(out), printer(err));
      assertEquals(0, status, () -> "gru4j " + command + "\n" + err);
      assertTrue(out.size() > 0, command);
    }
  }

  /** File names have a dot and a letter after it. */
  private String inFolder(String word) {
    return word.matches("[\\w-]+\\.[a-z]\\w*") ? folder.resolve(word).toString() : word;
  }

  private static PrintStream printer(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, false, StandardCharsets.UTF_8);
  }

  private void writeSessions(String name, int first) throws IOException {
    List<String> items = List.of("shoe", "sock", "lace", "hat", "scarf", "glove");
    StringBuilder text = new StringBuilder("SessionId\tItemId\tTime\n");
    for (int session = first; session < first + 60; session++) {
      for (int click = 0; click < 4; click++) {
        String item = items.get((session + click) % items.size());
        text.append(session + "\t" + item + "\t" + (10 * session + click) + "\n");
      }
    }
    Files.writeString(folder.resolve(name), text);
  }
}
