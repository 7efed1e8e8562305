package io.gru4j.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.IdMap;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that wait at the same time are worked on together, and none of them can tell. */
class TogetherTest {
  private static final int ITEMS = 20_000; // with 16 hidden units, where the coarse copy is used
  private static final FittedModel MODEL =
      new FittedModel(
          GruNetwork.zeros(ITEMS, 5, 16, 1).initialiseGlorot(5),
          IdMap.of(IntStream.range(0, ITEMS).mapToObj(i -> "item" + i).toList()),
          Map.of(),
          List.of(),
          null);

  @TempDir Path folder;
  private RecommendServer server;
  private Client client;

  @BeforeEach
  void start() throws Exception {
    Path file = folder.resolve("m.safetensors");
    MODEL.save(file);
    server =
        RecommendServer.start(new RecommendServer.Settings(file, "localhost", 0, 1, 256), l -> {});
    client = new Client(server.address().getPort());
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  /** Keeps the model's only thread at work until all requests wait; returns their answers. */
  private List<Client.Reply> atOnce(List<Map<String, Object>> bodies) throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    CountDownLatch busy = new CountDownLatch(1);
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> holding =
          callers.submit(
              () ->
                  server
                      .threads()
                      .run(
                          () -> {
                            busy.countDown();
                            waiting.await();
                            return null;
                          }));
      busy.await();
      List<Future<Client.Reply>> replies = new ArrayList<>();
      for (Map<String, Object> body : bodies) {
        replies.add(callers.submit(() -> client.recommend(body)));
      }
      while (server.threads().waiting() < bodies.size()) {
        Thread.sleep(1);
      }
      waiting.countDown();
      holding.get();
      List<Client.Reply> all = new ArrayList<>();
      for (Future<Client.Reply> each : replies) {
        all.add(each.get());
      }
      return all;
    }
  }

  private static Map<String, Object> body(Random random) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("items", ids(random, 1 + random.nextInt(5)));
    body.put("k", 1 + random.nextInt(random.nextInt(4) == 0 ? 1000 : 30));
    switch (random.nextInt(5)) {
      case 0 -> body.put("exclude", ids(random, 300));
      case 1 -> body.put("candidates", ids(random, 300));
      case 2 -> body.put("exclude_seen", true);
      default -> {}
    }
    return body;
  }

  private static List<String> ids(Random random, int count) {
    return random.ints(count, 0, ITEMS).mapToObj(MODEL.items()::idOf).toList();
  }

  @Test
  void eachAnswerIsThatOfALoneRequestToTheBit() throws Exception {
    Random random = new Random(1);
    for (int count : new int[] {2, 3, 4, 5, 16, 17, 40}) {
      List<Map<String, Object>> bodies = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        bodies.add(body(random));
      }
      List<Client.Reply> together = atOnce(bodies);
      for (int i = 0; i < count; i++) {
        assertEquals(client.recommend(bodies.get(i)).body(), together.get(i).body());
        assertEquals(200, together.get(i).status());
      }
    }
  }

  @Test
  void aWrongRequestSpoilsNoOther() throws Exception {
    Map<String, Object> sound = Map.of("items", List.of("item7"));
    List<Map<String, Object>> bodies = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      bodies.add(sound);
      bodies.add(Map.of("items", List.of("nobody"), "unknown", "fail"));
      bodies.add(Map.of("items", List.of()));
      bodies.add(Map.of("nonsense", 1));
    }
    String alone = client.recommend(sound).body();
    String empty = client.recommend(bodies.get(2)).body();
    List<Client.Reply> together = atOnce(bodies);
    for (int i = 0; i < together.size(); i += 4) {
      assertEquals(alone, together.get(i).body());
      assertTrue(together.get(i + 1).error(400).contains("does not know item \"nobody\""));
      assertEquals(empty, together.get(i + 2).body());
      assertTrue(together.get(i + 3).error(400).contains("unknown key \"nonsense\""));
    }
  }

  @Test
  void passesAreCountedByTheirSize() throws Exception {
    client.recommend(Map.of("items", List.of("item7")));
    List<Map<String, Object>> bodies = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      bodies.add(Map.of("items", List.of("item" + (2 + i))));
    }
    atOnce(bodies);
    String metrics = client.get("/metrics").body();
    for (String line :
        List.of(
            "gru4j_requests_together_bucket{le=\"1\"} 1",
            "gru4j_requests_together_bucket{le=\"2\"} 1",
            "gru4j_requests_together_bucket{le=\"4\"} 2",
            "gru4j_requests_together_bucket{le=\"8\"} 2",
            "gru4j_requests_together_bucket{le=\"16\"} 3",
            "gru4j_requests_together_sum 21",
            "gru4j_requests_together_count 3")) {
      assertTrue(metrics.contains("\n" + line + "\n"), line + " in\n" + metrics);
    }
  }
}
