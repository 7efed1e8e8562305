package io.gru4j.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.file.Json;
import io.gru4j.model.Contribution;
import io.gru4j.model.Explanation;
import io.gru4j.model.FittedModel;
import io.gru4j.model.Recommendation;
import io.gru4j.model.Trace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Why, how likely, and what the gates did: over HTTP they are what the model says. */
class SessionAnswerTest {
  private static final FittedModel MODEL = TestModel.make(5);

  @TempDir static Path folder;
  private static RecommendServer server;
  private static Client client;

  @BeforeAll
  static void start() throws IOException {
    Path file = folder.resolve("m.safetensors");
    MODEL.save(file);
    server =
        RecommendServer.start(
            new RecommendServer.Settings(file, "localhost", 0, 1, 256), line -> {});
    client = new Client(server.address().getPort());
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  private static Client.Reply trace(Map<String, Object> body) throws Exception {
    byte[] bytes = Json.write(body).getBytes(StandardCharsets.UTF_8);
    return client.send("POST", "/trace", bytes, "Content-Type", "application/json");
  }

  private static List<Map<?, ?>> maps(Object list) {
    return ((List<?>) list).stream().<Map<?, ?>>map(each -> (Map<?, ?>) each).toList();
  }

  private static float number(Map<?, ?> from, String key) {
    return ((Number) from.get(key)).floatValue();
  }

  private static List<Contribution> why(Map<?, ?> recommendation) {
    return maps(recommendation.get("why")).stream()
        .map(
            each ->
                new Contribution(
                    (String) each.get("item"),
                    number(each, "leave_one_out"),
                    ((Number) each.get("log_probability")).doubleValue(),
                    number(each, "gradient_times_input")))
        .toList();
  }

  private static void check(List<String> clicks, int k, boolean why, boolean probability)
      throws Exception {
    Map<String, Object> body = new HashMap<>(Map.of("items", clicks, "k", k));
    body.put("why", why);
    body.put("probability", probability);
    Client.Reply reply = client.recommend(body);
    List<Explanation> expected = MODEL.explain(clicks, k);
    assertEquals(
        expected.stream().map(e -> new Recommendation(e.item(), e.score())).toList(),
        reply.recommendations());
    List<Map<?, ?>> got = maps(reply.json().get("recommendations"));
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(why, got.get(i).containsKey("why"));
      assertEquals(probability, got.get(i).containsKey("probability"));
      if (why) {
        assertEquals(expected.get(i).clicks(), why(got.get(i)));
      }
      if (probability) {
        assertEquals(expected.get(i).probability(), (Double) got.get(i).get("probability"));
      }
    }
  }

  @Test
  void whyAndProbabilityAreThoseOfTheModel() throws Exception {
    Random random = new Random(1);
    for (int round = 0; round < 40; round++) {
      List<String> clicks = TestModel.clicks(random, 1 + random.nextInt(12));
      check(clicks, 1 + random.nextInt(100), random.nextBoolean(), random.nextBoolean());
    }
    check(TestModel.clicks(random, 100), 100, true, true); // the most
  }

  @Test
  void aTokenIsExplainedWithAllItsClicks() throws Exception {
    List<String> clicks = List.of("item3", "item9", "item3", "item14");
    String token = client.recommend(Map.of("items", clicks.subList(0, 3))).token();
    Map<String, Object> rest =
        Map.of("session", token, "items", clicks.subList(3, 4), "k", 5, "why", true);
    Client.Reply then = client.recommend(rest);
    List<List<Contribution>> expected =
        MODEL.explain(clicks, 5).stream().map(Explanation::clicks).toList();
    assertEquals(
        expected,
        maps(then.json().get("recommendations")).stream().map(SessionAnswerTest::why).toList());

    Map<String, Object> traced = new HashMap<>(Map.of("session", then.token()));
    checkTrace(MODEL.trace(clicks), trace(traced).json());
    traced.put("items", List.of("item2", "?"));
    Map<String, Object> longer = trace(traced).json();
    checkTrace(MODEL.trace(Stream.concat(clicks.stream(), Stream.of("item2")).toList()), longer);
    assertEquals(List.of("?"), longer.get("unknown"));
  }

  private static void checkTrace(Trace expected, Map<String, Object> got) {
    assertEquals(server.model().fingerprint(), got.get("model"));
    assertEquals(
        expected.items(), maps(got.get("clicks")).stream().map(each -> each.get("item")).toList());
    List<Map<?, ?>> layers = maps(got.get("layers"));
    assertEquals(expected.layers().size(), layers.size());
    for (int i = 0; i < layers.size(); i++) {
      Trace.Layer layer = expected.layers().get(i);
      checkRows(layer.reset(), layers.get(i).get("reset"));
      checkRows(layer.update(), layers.get(i).get("update"));
      checkRows(layer.candidate(), layers.get(i).get("candidate"));
      checkRows(layer.state(), layers.get(i).get("state"));
    }
  }

  private static void checkRows(float[][] expected, Object got) {
    List<?> rows = (List<?>) got;
    assertEquals(expected.length, rows.size());
    for (int t = 0; t < expected.length; t++) {
      List<?> row = (List<?>) rows.get(t);
      float[] numbers = new float[row.size()];
      IntStream.range(0, numbers.length)
          .forEach(i -> numbers[i] = ((Number) row.get(i)).floatValue());
      assertArrayEquals(expected[t], numbers);
    }
  }

  /** In one pass with others, each answer is the one that it would be alone. */
  @Test
  void requestsThatWaitTogetherGetTheirOwn() throws Exception {
    Random random = new Random(3);
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Callable<Void>> all =
          Collections.nCopies(
              60,
              () -> {
                List<String> clicks;
                boolean why;
                synchronized (random) {
                  clicks = TestModel.clicks(random, 1 + random.nextInt(9));
                  why = random.nextBoolean();
                }
                check(clicks, 7, why, !why);
                return null;
              });
      for (Future<Void> each : threads.invokeAll(all)) {
        each.get();
      }
    }
  }

  @Test
  void whatCannotBeExplainedIsRefused() throws Exception {
    List<String> clicks = Collections.nCopies(101, "item3");
    String more = " is for sessions of at most 100 clicks, this one has 101";
    assertEquals("why" + more, client.recommend(Map.of("items", clicks, "why", true)).error(400));
    assertEquals("a trace" + more, trace(Map.of("items", clicks)).error(400));
    assertEquals(200, client.recommend(Map.of("items", clicks, "probability", true)).status());
    String token = client.recommend(Map.of("items", clicks.subList(0, 100))).token();
    Map<String, Object> longer = Map.of("session", token, "items", List.of("item3"), "why", true);
    assertEquals("why" + more, client.recommend(longer).error(400));
    assertEquals(
        "there is nothing to trace: the model knows no item of the session",
        trace(Map.of("items", List.of("?"))).error(400));
    assertEquals(
        "unknown key \"k\"; the keys are session, items, unknown",
        trace(Map.of("items", List.of(), "k", 3)).error(400));
    assertEquals(405, client.get("/trace").status());
    assertEquals(415, client.send("POST", "/trace", new byte[2]).status());
    Client.Reply empty = client.recommend(Map.of("items", List.of(), "why", true));
    assertEquals(List.of(), empty.recommendations());
    assertFalse(empty.body().contains("probability"));
    assertTrue(client.get("/metrics").body().contains("path=\"/trace\",status=\"400\""));
  }
}
