package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.file.Unchecked;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCheckTest {
  @TempDir Path folder;

  private static String said(int status, Path file) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(text, true);
    String[] words = {"inspect", "--check", file.toString()};
    assertEquals(status, Main.run(words, System.in, stream, stream), text::toString);
    return text.toString();
  }

  private static void flip(Path file, int fromEnd) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - fromEnd] ^= 4;
    Files.write(file, bytes);
  }

  @Test
  void modelsAndCheckpointsAreChecked() throws IOException {
    TrainingFiles files = TrainingFiles.in(folder);
    assertEquals(0, TrainingFiles.run(files.train()));
    Path model = files.model();
    assertEquals(model + ": checked, the header and 15 tensors\n", said(0, model));
    flip(model, 1);
    String start =
        "gru4j inspect: " + model + ": tensor \"gru4j.item_ids\": is damaged: its checksum";
    assertTrue(said(1, model).startsWith(start), said(1, model));

    // The training is kept, for its model's folder is gone.
    Path later = folder.resolve("gone/m");
    Files.createDirectory(later.getParent());
    List<String> words = files.trainWithCheckpoints();
    words.set(words.indexOf(model.toString()), later.toString());
    PrintStream err =
        new PrintStream(PrintStream.nullOutputStream()) {
          @Override
          public void println(String line) {
            if (line.startsWith("training needs")) {
              later.getParent().toFile().delete();
            }
          }
        };
    assertEquals(1, TrainingFiles.run(words, err));
    Path checkpoint = files.checkpoint();
    assertTrue(said(0, checkpoint).startsWith(checkpoint + ": checked, the header and "));
    flip(checkpoint, 5);
    assertTrue(said(1, checkpoint).contains(": is damaged: its checksum is "));
  }

  @Test
  void aFileWithoutChecksumsIsCalledThat() throws IOException {
    TrainingFiles files = TrainingFiles.in(folder);
    assertEquals(0, TrainingFiles.run(files.train()));
    Path model = files.model();
    Files.write(model, Unchecked.of(Files.readAllBytes(model)));
    assertEquals(model + ": has no checksums; a sound header, 15 tensors\n", said(0, model));
  }
}
