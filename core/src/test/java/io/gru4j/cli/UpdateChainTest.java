package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.model.FittedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One update after the other, each from the model and the state of the one before. */
class UpdateChainTest extends CommandLineCase {

  @Test
  void aChainHasTheSameBitsOnAnyThreads() throws IOException {
    chain(4);
  }

  @Test
  @Tag("long")
  void aLongChainHasTheSameBitsOnAnyThreads() throws IOException {
    chain(30);
  }

  private void chain(int nights) throws IOException {
    train("--keep-state", "--batching=session_parallel", "--embedding=shared").expect(0);
    Path[] models = {folder.resolve("one.safetensors"), folder.resolve("two.safetensors")};
    for (Path each : models) {
      Files.copy(Path.of(model), each);
      Files.copy(Path.of(model + ".state"), each.resolveSibling(each.getFileName() + ".state"));
    }
    long before = Files.size(models[0]);
    long firstRow = 0;
    for (int night = 1; night <= nights; night++) {
      Path day = day(night);
      for (int i = 0; i < models.length; i++) {
        String file = models[i].toString();
        run(
                "update",
                file,
                day.toString(),
                "--model",
                file,
                "--keep-state",
                "--threads=" + (i + 1),
                "--replay=" + sessions + "=0.5")
            .expect(0);
      }
      assertArrayEquals(
          Files.readAllBytes(models[0]), Files.readAllBytes(models[1]), "night " + night);
      assertArrayEquals(
          Files.readAllBytes(Path.of(models[0] + ".state")),
          Files.readAllBytes(Path.of(models[1] + ".state")),
          "state of night " + night);
      long size = Files.size(models[0]);
      firstRow = night == 1 ? size - before : firstRow;
    }
    FittedModel last = FittedModel.load(models[0]);
    assertEquals(12 + nights, last.numItems());
    assertEquals(1 + nights, last.lineage().trainings().size());
    long grown = Files.size(models[0]) - before;
    System.out.printf(
        "%d updates: the file has grown from %d to %d bytes, by %d with the first%n",
        nights, before, before + grown, firstRow);
    assertTrue(grown <= nights * (firstRow + 200), grown + " bytes"); // no more than line by line
  }

  /** Sessions with an item that is new. */
  private Path day(int night) throws IOException {
    StringBuilder text = new StringBuilder("SessionId\tItemId\tTime\n");
    for (int s = 0; s < 20; s++) {
      for (int click = 0; click < 4; click++) {
        String item = click == 2 ? "new" + night : "ä" + (s + night + 2 * click) % 12;
        text.append("d").append(night).append('-').append(s).append('\t').append(item);
        text.append('\t').append(1000 * night + 10 * s + click).append('\n');
      }
    }
    return Files.writeString(folder.resolve("day" + night + ".tsv"), text);
  }
}
