package io.gru4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.IdMap;
import io.gru4j.tensor.autograd.Parameter;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model whose embedding stays in its file, beside the same model in memory. */
class MappedModelTest {
  @TempDir Path folder;

  private static FittedModel model(int items, int E, int H, long seed) {
    return new FittedModel(
        GruNetwork.zeros(items, E, H, 1).initialise(seed),
        IdMap.ofNumbers(items),
        Map.of(),
        List.of(),
        seed);
  }

  private static Recommendations best(FittedModel model) {
    return model.recommend(List.of("1", "0", "1"), 5, UnknownItems.FAIL);
  }

  @Property(tries = 30)
  void itAnswersAsTheOneInMemory(
      @ForAll @IntRange(min = 2, max = 300) int items,
      @ForAll @IntRange(min = 1, max = 40) int E,
      @ForAll @IntRange(min = 1, max = 20) int H,
      @ForAll long seed)
      throws IOException {
    Path file = Files.createTempFile("mapped", ".safetensors");
    try {
      model(items, E, H, seed).save(file);
      FittedModel loaded = FittedModel.load(file);
      FittedModel mapped = FittedModel.map(file, 0);
      Parameter embedding = mapped.network().embedding();
      assertTrue(embedding.isMapped());
      assertFalse(FittedModel.map(file).network().embedding().isMapped()); // it is small
      assertEquals(best(loaded), best(mapped));
      assertEquals(loaded.fingerprint(), mapped.fingerprint());
      assertEquals(loaded.fingerprint(), mapped.withItemClicks(new int[items]).fingerprint());
      assertEquals(loaded.fingerprint(), ModelFingerprint.of(mapped)); // without what was noted
      assertEquals(loaded.sha256(), mapped.sha256());
      assertEquals(loaded.network().embedding().get(1, E - 1), embedding.get(1, E - 1));
      assertTrue(embedding.isMapped()); // until somebody wants the array
      assertArrayEquals(loaded.network().embedding().value(), embedding.value());
      assertFalse(embedding.isMapped());
      assertEquals(best(loaded), best(mapped));
      embedding.set(1, 0, 9f);
      assertEquals(9f, embedding.get(1, 0));
      assertEquals(loaded.fingerprint(), FittedModel.map(file, 0).fingerprint()); // the file stays
    } finally {
      Files.delete(file);
    }
  }

  /** As large as several threads read it, and longer than their buffers. */
  @Test
  void aLargeOneIsReadByThreeThreads() throws IOException {
    Path file = folder.resolve("m");
    FittedModel saved = model(40_000, 60, 50, 3);
    saved.save(file);
    FittedModel mapped = FittedModel.map(file, 0);
    assertEquals(saved.fingerprint(), mapped.fingerprint());
    assertEquals(best(saved), best(mapped));
    assertEquals(saved.fingerprint(), FittedModel.load(file).fingerprint());
  }

  @Test
  void aFileThatIsReplacedOrDeletedStaysWithItsModel() throws IOException {
    Path file = folder.resolve("m");
    model(50, 9, 7, 1).save(file);
    FittedModel mapped = FittedModel.map(file, 0);
    Recommendations before = best(FittedModel.load(file));
    Path other = folder.resolve("other");
    model(50, 9, 7, 2).save(other);
    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
    assertEquals(before, best(mapped));
    Files.delete(file);
    assertEquals(before, best(mapped));
  }

  /** It is an exception for the click, not the end of the process. */
  @Test
  void aFileThatIsCutShortIsSaid() throws IOException {
    Path file = folder.resolve("m");
    model(5_000, 90, 7, 1).save(file);
    FittedModel mapped = FittedModel.map(file, 0);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(10);
    }
    IllegalStateException e = assertThrows(IllegalStateException.class, () -> best(mapped));
    assertTrue(
        e.getMessage().startsWith("emb.weight cannot be read: its file was cut"), e::toString);
  }

  /** What no check of a mapped page could tell later is told when it is read. */
  @Test
  void damageIsFoundWhenItIsRead() throws IOException {
    Path file = folder.resolve("m");
    model(5_000, 90, 7, 1).save(file);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    assertThrows(ModelFileException.class, () -> FittedModel.map(file, 0));
  }
}
