package io.gru4j.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.gru4j.data.IdMap;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prints how far ONNX Runtime's scores are from ours, a line for each recorded run. */
class OnnxDifferencesTest {
  private static final int SESSIONS = 40;
  private static final int K = 20;
  private static final float LIMIT = 1e-5f;

  @TempDir Path folder;

  /** What the sessions of one network came to. */
  private record Row(double largest, double score, int sameOrder, int sameButForTies) {}

  @Test
  void everyRecordingHasItsLine() throws Exception {
    List<RecordedNetworks.Named> all = RecordedNetworks.all().toList();
    assertTrue(all.size() >= 40, all.size() + " recordings");
    System.out.println(
        "| recording | items | layers | largest difference | largest score | same order of 20 |");
    System.out.println("|---|---|---|---|---|---|");
    for (RecordedNetworks.Named each : all) {
      GruNetwork network = each.network();
      Row row = compare(network);
      System.out.printf(
          "| %s | %d | %d | %.1e | %.2f | %d of %d, %d where scores differ by less than %.0e |%n",
          each.name(),
          network.numItems(),
          network.layers().size(),
          row.largest,
          row.score,
          row.sameOrder,
          SESSIONS,
          row.sameButForTies,
          2 * LIMIT);
      assertTrue(row.largest <= LIMIT * Math.max(1, row.score), each.name() + ": " + row);
      assertEquals(SESSIONS, row.sameOrder + row.sameButForTies, each.name());
    }
  }

  private Row compare(GruNetwork network) throws Exception {
    int items = network.numItems();
    List<String> ids = IntStream.range(0, items).mapToObj(Integer::toString).toList();
    FittedModel model = new FittedModel(network, IdMap.of(ids), Map.of(), List.of(), 1L);
    Path file = folder.resolve("m.onnx");
    OnnxFile.writeSessions(model, file);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Random random = new Random(1);
    double largest = 0;
    double score = 0;
    int same = 0;
    int ties = 0;
    try (OrtSession runtime = environment.createSession(file.toString())) {
      for (int i = 0; i < SESSIONS; i++) {
        long[] clicks = random.longs(1 + random.nextInt(12), 0, items).toArray();
        List<Recommendation> ours =
            model
                .recommend(
                    IntStream.range(0, clicks.length).mapToObj(t -> "" + clicks[t]).toList(),
                    items,
                    UnknownItems.FAIL)
                .items();
        int k = Math.min(K, items);
        try (OnnxTensor x = OnnxTensor.createTensor(environment, new long[][] {clicks});
            OnnxTensor n = OnnxTensor.createTensor(environment, new int[] {clicks.length});
            OnnxTensor top = OnnxTensor.createTensor(environment, new long[] {k});
            OrtSession.Result result =
                runtime.run(
                    Map.of("items", x, "lengths", n, "k", top), Set.of("scores", "top_items"))) {
          float[] theirs = ((float[][]) result.get("scores").orElseThrow().getValue())[0];
          long[] best = ((long[][]) result.get("top_items").orElseThrow().getValue())[0];
          for (Recommendation each : ours) {
            float other = theirs[Integer.parseInt(each.item())];
            largest = Math.max(largest, Math.abs(other - each.score()));
            score = Math.max(score, Math.abs(each.score()));
          }
          boolean equal = true;
          boolean equalButForTies = true;
          float[] byItem = new float[items];
          ours.forEach(each -> byItem[Integer.parseInt(each.item())] = each.score());
          for (int place = 0; place < k; place++) {
            boolean here = ours.get(place).item().equals(Long.toString(best[place]));
            float gap = Math.abs(ours.get(place).score() - byItem[(int) best[place]]);
            equal &= here;
            equalButForTies &=
                here || gap <= 2 * LIMIT * Math.max(1, Math.abs(byItem[(int) best[place]]));
          }
          same += equal ? 1 : 0;
          ties += !equal && equalButForTies ? 1 : 0;
        }
      }
    }
    Files.delete(file);
    return new Row(largest, score, same, ties);
  }
}
