package io.gru4j.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.model.FittedModel;
import io.gru4j.serve.Recommender;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A new model file, under load and from the wrong caller. */
class ReloadTest {
  private static final FittedModel[] MODELS = {TestModel.make(5), TestModel.make(6)};

  @TempDir Path folder;
  private Path file;
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());
  private RecommendServer server;
  private Client client;

  @BeforeEach
  void start() throws IOException {
    file = folder.resolve("m.safetensors");
    MODELS[0].save(file);
    server =
        RecommendServer.start(new RecommendServer.Settings(file, "localhost", 0, 2, 256), log::add);
    client = new Client(server.address().getPort());
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private static String fingerprint(int model) {
    return "%016x".formatted(new Recommender(MODELS[model]).fingerprint());
  }

  @Test
  void underLoadNoRequestIsDroppedAndEveryAnswerIsOfOneModel() throws Exception {
    Map<String, FittedModel> models = Map.of(fingerprint(0), MODELS[0], fingerprint(1), MODELS[1]);
    Map<String, AtomicInteger> answers = new ConcurrentHashMap<>();
    List<String> faults = Collections.synchronizedList(new ArrayList<>());
    AtomicBoolean ended = new AtomicBoolean();
    List<Thread> callers = new ArrayList<>();
    for (int caller = 0; caller < 4; caller++) {
      Random random = new Random(caller);
      callers.add(Thread.ofPlatform().start(() -> call(random, models, answers, faults, ended)));
    }
    int reloads = 0;
    while (reloads < 40 || answers.values().stream().mapToInt(AtomicInteger::get).sum() < 400) {
      reloads++;
      MODELS[reloads % 2].save(file);
      Map<String, Object> reply = client.send("POST", "/reload", null).json();
      assertEquals(true, reply.get("changed"), reply.toString());
      assertEquals(fingerprint(reloads % 2), reply.get("model"));
    }
    ended.set(true);
    for (Thread each : callers) {
      each.join();
    }
    assertEquals(List.of(), faults);
    assertTrue(answers.get("200 " + fingerprint(0)).get() > 20, answers.toString());
    assertTrue(answers.get("200 " + fingerprint(1)).get() > 20, answers.toString());
    assertTrue(client.get("/metrics").body().contains("{result=\"done\"} " + reloads + "\n"));
  }

  /** Sessions of two requests each, the second with the token of the first. */
  private void call(
      Random random,
      Map<String, FittedModel> models,
      Map<String, AtomicInteger> answers,
      List<String> faults,
      AtomicBoolean ended) {
    try (Client own = new Client(server.address().getPort())) {
      while (!ended.get()) {
        List<String> clicks = TestModel.clicks(random, 5);
        Client.Reply first = own.recommend(Map.of("items", clicks.subList(0, 3)));
        check(first, models, clicks.subList(0, 3), answers, faults);
        Client.Reply then =
            own.recommend(Map.of("session", first.token(), "items", clicks.subList(3, 5)));
        if (then.status() == 409) {
          count("409", answers);
        } else {
          check(then, models, clicks, answers, faults);
          boolean same = then.json().get("model").equals(first.json().get("model"));
          if (then.json().containsKey("taken_over") == same) {
            faults.add("another model went on, and does not say so: " + then.body());
          }
        }
      }
    } catch (Exception | AssertionError e) {
      faults.add(e.toString());
    }
  }

  private static void check(
      Client.Reply reply,
      Map<String, FittedModel> models,
      List<String> clicks,
      Map<String, AtomicInteger> answers,
      List<String> faults) {
    FittedModel model = models.get(reply.json().get("model"));
    if (!TestModel.expected(model, clicks, 20).equals(reply.recommendations())) {
      faults.add(clicks + " got " + reply.body());
    }
    count("200 " + reply.json().get("model"), answers);
  }

  private static void count(String what, Map<String, AtomicInteger> answers) {
    answers.computeIfAbsent(what, w -> new AtomicInteger()).incrementAndGet();
  }

  @Test
  void theSameModelStaysAsItIs() throws Exception {
    Client.Reply before = client.recommend(Map.of("items", List.of("item3")));
    Map<String, Object> reply = client.send("POST", "/reload", null).json();
    assertEquals(
        Map.of("changed", false, "model", fingerprint(0), "items", (long) TestModel.ITEMS), reply);
    assertEquals(200, client.recommend(Map.of("session", before.token())).status());
  }

  @Test
  void aBadFileIsSaidAndTheOldModelStays() throws Exception {
    List<String> clicks = List.of("item3", "item9");
    Client.Reply before = client.recommend(Map.of("items", clicks));
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    String error = client.send("POST", "/reload", null).error(500);
    assertTrue(error.startsWith("reload: " + file + ": "), error);
    assertTrue(error.endsWith("; the old model stays"), error);
    assertEquals(List.of(error), log);

    Files.delete(file);
    assertFalse(server.reload());
    assertEquals("reload: " + file + ": no such file; the old model stays", log.getLast());
    assertEquals(before.body(), client.recommend(Map.of("items", clicks)).body());
    assertTrue(client.get("/metrics").body().contains("{result=\"failed\"} 2\n"));

    MODELS[1].save(file);
    assertTrue(server.reload());
    assertEquals(
        "reload: model " + fingerprint(1) + " with " + TestModel.ITEMS + " items", log.getLast());
  }

  private String reload(String headers) throws IOException {
    return Client.raw(
        server.address(),
        "POST /reload HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n" + headers + "\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: localhost\r\nOrigin: http://evil.example\r\n",
        "Host: localhost\r\nOrigin: null\r\n",
        "Host: localhost\r\nOrigin: https://localhost\r\n",
        "Host: localhost\r\nSec-Fetch-Site: cross-site\r\n",
        "Host: localhost\r\nSec-Fetch-Site: same-site\r\n",
        "Host: localhost\r\nReferer: http://evil.example/page\r\n",
        "Host: localhost\r\nReferer: http://localhost.evil.example/\r\n",
        "Host: localhost\r\nReferer: https://localhost/\r\n",
        "Host: localhost\r\nOrigin: http://localhost\r\nReferer: http://evil.example/\r\n",
        "Host: localhost\r\nX-Forwarded-For: 10.0.0.9\r\n",
        "Host: localhost\r\nForwarded: for=10.0.0.9\r\n",
        "Host: localhost\r\nVia: 1.1 proxy\r\n",
      })
  void aPageOfAnotherOriginAndAProxyAreRefused(String headers) throws Exception {
    MODELS[1].save(file);
    String answer = reload(headers);
    assertTrue(answer.startsWith("HTTP/1.1 403 "), answer);
    assertTrue(answer.contains("\"error\":\"/reload does not answer "), answer);
    assertTrue(client.get("/health").body().contains(fingerprint(0)));
  }

  @Test
  void anotherNameIsRefused() throws Exception {
    assertTrue(reload("Host: evil.example\r\n").startsWith("HTTP/1.1 421 "));
  }

  @Test
  void theOwnOriginMayReload() throws Exception {
    String own =
        "Host: localhost:80\r\nOrigin: http://localhost:80\r\nSec-Fetch-Site: same-origin\r\n";
    assertTrue(reload(own).startsWith("HTTP/1.1 200 "));
    for (String referer : List.of("http://localhost:80/?q=a", "http://LOCALHOST:80")) {
      String answer = reload("Host: localhost:80\r\nReferer: " + referer + "\r\n");
      assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
    }
  }

  @Test
  void aServerForAllAnswersToAnyNameButReloadsForItsOwn() throws Exception {
    server.close();
    server =
        RecommendServer.start(new RecommendServer.Settings(file, "0.0.0.0", 0, 1, 1), log::add);
    String health =
        Client.raw(
            new InetSocketAddress("127.0.0.1", server.address().getPort()),
            "GET /health HTTP/1.1\r\nConnection: close\r\nHost: shop.example\r\n\r\n");
    assertTrue(health.startsWith("HTTP/1.1 200 "), health);
    String reload =
        Client.raw(
            new InetSocketAddress("127.0.0.1", server.address().getPort()),
            "POST /reload HTTP/1.1\r\nConnection: close\r\nHost: shop.example\r\n\r\n");
    assertTrue(reload.startsWith("HTTP/1.1 421 "), reload);
  }
}
