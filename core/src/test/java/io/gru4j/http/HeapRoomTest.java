package io.gru4j.http;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.IdMap;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The heap that a model is said to need, beside what it takes. */
class HeapRoomTest {
  private static final int ITEMS = 100_000;

  @TempDir Path folder;

  private static long used() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      least =
          Math.min(least, Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
    }
    return least;
  }

  private long held(Path file) throws IOException {
    ServedModel.load(file).prepare(2); // what it needs once
    long before = used();
    ServedModel model = ServedModel.load(file);
    model.prepare(2);
    long held = used() - before;
    Reference.reachabilityFence(model);
    return held;
  }

  private void check(GruNetwork network, String embedding) throws IOException {
    Path file = folder.resolve(embedding);
    List<String> ids =
        IntStream.range(0, network.numItems()).mapToObj(i -> "item-" + (100_000 + i)).toList();
    new FittedModel(network, IdMap.of(ids), Map.of("embedding", embedding), List.of(), 1L)
        .save(file);
    long need = HeapRoom.need(file);
    long held = held(file);
    String figures = "%s: needs %,d bytes, holds %,d".formatted(embedding, need, held);
    System.out.println(figures);
    assertTrue(held <= need, figures);
    assertTrue(need <= 1.5 * held + (4 << 20), figures);
  }

  @Test
  void itIsEnoughAndNotMuchMore() throws IOException {
    check(GruNetwork.zeros(ITEMS, 64, 48, 1).initialise(1), "separate");
    check(GruNetwork.sharedZeros(ITEMS, 48, 1).initialise(1), "shared");
  }

  @Test
  void aLargeEmbeddingTakesNone() throws IOException {
    int items = (int) (FittedModel.LEAST_MAPPED / (64 * Float.BYTES));
    check(GruNetwork.zeros(items, 64, 48, 1).initialise(1), "separate");
  }
}
