package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Runs commands in a folder that has a small session file. */
abstract class CommandLineCase {
  /** Small enough for a test: the flags of a model that trains in no time. */
  static final List<String> TINY =
      List.of("--hidden-size=8", "--num-components=6", "--max-epochs=2", "--batch-size=16");

  @TempDir Path folder;
  String sessions;
  String model;
  String stdin = "";

  record Result(int status, String out, String err) {
    Result expect(int status) {
      assertEquals(status, this.status, out + err);
      return this;
    }
  }

  @BeforeEach
  void makeSessions() throws IOException {
    StringBuilder text = new StringBuilder("SessionId\tItemId\tTime\n");
    for (int session = 0; session < 40; session++) {
      for (int click = 0; click < 3 + session % 3; click++) {
        int item = (session + 2 * click) % 12;
        text.append(session).append("\tä").append(item).append('\t');
        text.append(10 * session + click).append('\n');
      }
    }
    Path file = folder.resolve("sessions.tsv");
    Files.writeString(file, text);
    sessions = file.toString();
    model = folder.resolve("m.safetensors").toString();
  }

  static final class Full extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      throw new IOException("No space left on device");
    }
  }

  Result run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        Main.run(
            args,
            new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8));
    return new Result(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  Result run(List<String> tail, String... head) {
    return run(Stream.concat(Arrays.stream(head), tail.stream()).toArray(String[]::new));
  }

  Result train(String... more) {
    List<String> tail = new ArrayList<>(TINY);
    tail.addAll(List.of(more));
    return run(tail, "train", sessions, "--model", model, "--seed=7");
  }

  static void assertContains(String text, String part) {
    assertTrue(text.contains(part), () -> "\"" + part + "\" is not in: " + text);
  }
}
