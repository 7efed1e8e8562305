package io.gru4j.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.file.Json;
import io.gru4j.model.FittedModel;
import io.gru4j.model.Recommendation;
import io.gru4j.serve.Recommender;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers and refusals, over real sockets. */
class RecommendServerTest {
  private static final FittedModel MODEL = TestModel.make(5);

  @TempDir static Path folder;
  private static RecommendServer server;
  private static Client client;

  @BeforeAll
  static void start() throws IOException {
    Path file = folder.resolve("m.safetensors");
    MODEL.save(file);
    server =
        RecommendServer.start(new RecommendServer.Settings(file, "localhost", 0, 1, 1), line -> {});
    client = new Client(server.address().getPort());
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  private static Client.Reply post(String body) throws Exception {
    return client.recommend(body.replace('\'', '"'));
  }

  @Test
  void theScoresAreThoseOfTheModelToTheLastBit() throws Exception {
    Random random = new Random(1);
    for (int round = 0; round < 100; round++) {
      List<String> clicks = TestModel.clicks(random, 1 + random.nextInt(12));
      int k = 1 + random.nextInt(100);
      Client.Reply whole = client.recommend(Map.of("items", clicks, "k", k));
      assertEquals(TestModel.expected(MODEL, clicks, k), whole.recommendations());

      int cut = random.nextInt(clicks.size() + 1);
      Client.Reply first = client.recommend(Map.of("items", clicks.subList(0, cut)));
      List<String> rest = clicks.subList(cut, clicks.size());
      Client.Reply then = client.recommend(Map.of("session", first.token(), "items", rest, "k", k));
      assertEquals(whole.body(), then.body());
      assertEquals((long) clicks.size(), then.json().get("clicks"));
    }
  }

  @Test
  void filtersLeaveOutWhatTheySayAndKeepTheOrder() throws Exception {
    Random random = new Random(2);
    for (int round = 0; round < 100; round++) {
      List<String> clicks = TestModel.clicks(random, 1 + random.nextInt(6));
      List<String> out = TestModel.clicks(random, random.nextInt(40));
      List<String> candidates = TestModel.clicks(random, random.nextInt(60));
      Map<String, Object> body = new HashMap<>(Map.of("items", clicks, "k", TestModel.ITEMS));
      boolean only = random.nextBoolean();
      boolean unseen = random.nextBoolean();
      if (only) {
        body.put("candidates", candidates);
      }
      body.put("exclude", out);
      body.put("exclude_seen", unseen);
      List<Recommendation> left =
          new ArrayList<>(TestModel.expected(MODEL, clicks, TestModel.ITEMS));
      left.removeIf(
          r ->
              out.contains(r.item())
                  || only && !candidates.contains(r.item())
                  || unseen && clicks.contains(r.item()));
      assertEquals(left, client.recommend(body).recommendations(), body.toString());
    }
  }

  @Test
  void anUnknownItemIsSkippedOrRefused() throws Exception {
    Client.Reply skipped = post("{'items': ['item3', 'hat', 'item4']}");
    assertEquals(List.of("hat"), skipped.json().get("unknown"));
    assertEquals(
        TestModel.expected(MODEL, List.of("item3", "item4"), 20), skipped.recommendations());
    assertEquals(List.of(), post("{'items': ['hat']}").recommendations());
    assertEquals(
        "the model does not know item \"hat\"; \"unknown\": \"skip\" leaves such items out",
        post("{'items': ['item3', 'hat'], 'unknown': 'fail'}").error(400));
  }

  @Test
  void aSessionMayBeginWithoutAClick() throws Exception {
    Client.Reply empty = post("{'items': []}");
    assertEquals(List.of(), empty.recommendations());
    Client.Reply one =
        client.recommend(Map.of("session", empty.token(), "items", List.of("item3")));
    assertEquals(TestModel.expected(MODEL, List.of("item3"), 20), one.recommendations());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'items': ['a',]} | the body is not the JSON that is accepted here: a value cannot start"
            + " with ']' at character 15",
        "{'items': [] | the body is not the JSON that is accepted here: expected ',' or '}', found"
            + " the end at character 12",
        "['a'] | the body must be a JSON object such as {'items': ['a', 'b']}",
        "{} | give items, or the session of an earlier answer, or both",
        "{'k': 3} | give items, or the session of an earlier answer, or both",
        "{'item': ['a']} | unknown key 'item'; the keys are session, items, k, unknown, candidates,"
            + " exclude, exclude_seen, probability, why",
        "{'items': [], 'why': 1} | why must be true or false, got 1",
        "{'items': [], 'probability': 'yes'} | probability must be true or false, got 'yes'",
        "{'items': [], 'k': 101, 'why': true} | k must be an integer in [1, 100] with why, got 101",
        "{'items': 'a'} | items must be an array of ids, got 'a'",
        "{'items': ['a', 3.5]} | items[1] must be a text or an integer, got 3.5",
        "{'items': ['a'], 'k': 99999999999999999999} | k must be an integer in [1, 1000], got"
            + " 99999999999999999999",
        "{'items': [null]} | items[0] must be a text or an integer, got null",
        "{'items': [], 'k': 0} | k must be an integer in [1, 1000], got 0",
        "{'items': [], 'k': 1001} | k must be an integer in [1, 1000], got 1001",
        "{'items': [], 'k': 2.0} | k must be an integer in [1, 1000], got 2.0",
        "{'items': [], 'k': '2'} | k must be an integer in [1, 1000], got '2'",
        "{'items': [], 'unknown': 'drop'} | unknown must be 'skip' or 'fail', got 'drop'",
        "{'items': [], 'unknown': null} | unknown must be 'skip' or 'fail', got null",
        "{'items': [], 'exclude_seen': 1} | exclude_seen must be true or false, got 1",
        "{'items': [], 'exclude': {}} | exclude must be an array of ids, got an object",
        "{'items': [], 'candidates': null} | candidates must be an array of ids, got null",
        "{'session': 5} | session must be a text, got 5",
        "{'session': 'a b'} | the session is no token: it is not base64url; send the session of an"
            + " earlier answer as it came",
        "{'session': 'aaaa'} | the bytes are no session: they do not start with GRUS; send the"
            + " session of an earlier answer as it came",
      })
  void aWrongBodyIsRefusedWithWhatIsWrong(String body, String error) throws Exception {
    assertEquals(
        error
            .replace('\'', '"')
            .replace("\",\" or \"}\"", "',' or '}'")
            .replace("with \"]\"", "with ']'"),
        post(body).error(400));
  }

  @Test
  void aChangedTokenIsRefused() throws Exception {
    byte[] bytes = Base64.getUrlDecoder().decode(post("{'items': ['item3']}").token());
    bytes[bytes.length / 2] ^= 1;
    String token = Base64.getUrlEncoder().encodeToString(bytes);
    String error = client.recommend(Map.of("session", token)).error(400);
    assertTrue(error.startsWith("the session was changed or cut"), error);
  }

  @Test
  void aTokenOfAnotherModelIsAConflict() throws Exception {
    var other = new Recommender(TestModel.make(6)).newSession();
    other.click("item3");
    String token = Base64.getUrlEncoder().encodeToString(other.toBytes());
    String error = client.recommend(Map.of("session", token)).error(409);
    assertTrue(error.startsWith("the session is of model "), error);
    assertTrue(error.endsWith("; send the session's items again, without the token"), error);
  }

  @Test
  void theBodyMustBeUtf8() throws Exception {
    byte[] body = "{\"items\": [\"\u00e9\"]}".getBytes(StandardCharsets.ISO_8859_1);
    assertEquals(
        "the body is not UTF-8 from byte 12 on",
        client.send("POST", "/recommend", body, "Content-Type", "application/json").error(400));
  }

  @Test
  void theBodyMustBeJson() throws Exception {
    byte[] body = "{\"items\": []}".getBytes(StandardCharsets.UTF_8);
    for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "json")) {
      Client.Reply reply = client.send("POST", "/recommend", body, "Content-Type", type);
      assertEquals(
          "the Content-Type must be application/json, got \"" + type + "\"", reply.error(415));
      assertEquals("application/json", reply.header("accept-post").orElseThrow());
    }
    assertEquals(
        "the Content-Type must be application/json, got none",
        client.send("POST", "/recommend", body).error(415));
    String type = "Application/JSON; charset=utf-8";
    assertEquals(200, client.send("POST", "/recommend", body, "Content-Type", type).status());
  }

  @Test
  void whatIsTooMuchIsRefused() throws Exception {
    String many = ids(ServerLimits.CLICKS + 1);
    assertEquals(
        "items has 1001 clicks, at most 1000 can be given at once",
        client.recommend("{\"items\": [" + many + "]}").error(400));
    assertEquals(200, client.recommend("{\"items\": [" + ids(ServerLimits.CLICKS) + "]}").status());
    String values = "{\"items\": [" + "1,".repeat(ServerLimits.JSON_VALUES) + "1]}";
    String error = client.recommend(values).error(400);
    assertTrue(error.contains("more than 50000 values at character "), error);
    String deep = "[".repeat(100);
    assertTrue(client.recommend(deep).error(400).contains("nested deeper than 64"));
    String spaces = " ".repeat(ServerLimits.BODY_BYTES - 13);
    assertEquals(200, client.recommend("{\"items\": []}" + spaces).status());
    for (int more : new int[] {1, 100_000, ServerLimits.DISCARDED_BYTES / 2}) {
      assertEquals(
          "the body has more than 262144 bytes",
          client.recommend("{\"items\": []}" + spaces + " ".repeat(more)).error(413));
    }
    Client.Reply headers = client.send("GET", "/health", null, "X-Long", "a".repeat(17_000));
    assertTrue(headers.error(431).endsWith(" bytes, at most 16384 are read"), headers.body());
    assertEquals(200, client.get("/health").status());
  }

  private static String ids(int count) {
    return IntStream.range(0, count).mapToObj(i -> "\"item3\"").collect(Collectors.joining(","));
  }

  @Test
  void chunkedBodiesAreReadAndLimited() throws IOException {
    String head =
        "POST /recommend HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    String body = "d\r\n{\"items\": []}\r\n0\r\n\r\n";
    assertTrue(Client.raw(server.address(), head + body).startsWith("HTTP/1.1 200 "));
    String chunk = "10000\r\n" + " ".repeat(0x10000) + "\r\n";
    String large = Client.raw(server.address(), head + chunk.repeat(5) + "0\r\n\r\n");
    assertTrue(large.startsWith("HTTP/1.1 413 "), large);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/nope", "/recommend/", "/other", "/index.html", "/..%2fhealth"})
  void anUnknownPathIsNotFound(String path) throws Exception {
    String error = client.get(path).error(404);
    assertTrue(error.startsWith("there is no path \""), error);
    assertTrue(
        error.endsWith(
            "; there are GET /, GET /health, GET /items, GET /metrics, POST"
                + " /recommend, POST /trace, POST /reload"),
        error);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /recommend, POST",
    "PUT, /recommend, POST",
    "OPTIONS, /recommend, POST",
    "HEAD, /reload, POST",
    "POST, /health, 'GET, HEAD'",
    "DELETE, /, 'GET, HEAD'",
    "POST, /metrics, 'GET, HEAD'",
    "PATCH, /items, 'GET, HEAD'",
  })
  void aWrongMethodIsToldTheRightOne(String method, String path, String allow) throws Exception {
    Client.Reply reply = client.send(method, path, null);
    assertEquals(405, reply.status());
    assertEquals(allow, reply.header("allow").orElseThrow());
    if (!method.equals("HEAD")) {
      assertEquals(path + " takes " + allow + ", not \"" + method + '"', reply.error(405));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/health", "/metrics", "/items"})
  void headIsGetWithoutABody(String path) throws Exception {
    Client.Reply get = client.get(path);
    Client.Reply head = client.send("HEAD", path, null);
    assertEquals(200, head.status());
    assertEquals("", head.body());
    assertEquals(get.header("content-type"), head.header("content-type"));
    assertTrue(Integer.parseInt(head.header("content-length").orElseThrow()) > 10);
  }

  @Test
  void searchFindsIdsByAPart() throws Exception {
    assertEquals(
        List.of("item7", "item70", "item71"),
        client.get("/items?q=ITEM7&limit=3").json().get("items"));
    Map<String, Object> part = client.get("/items?q=m8&limit=1000").json();
    assertEquals(List.of("item8", "item80", "item81", "item82"), part.get("items"));
    assertEquals(false, part.get("more"));
    assertEquals(83L, part.get("catalogue"));
    assertEquals(List.of(TestModel.HOSTILE), client.get("/items?q=%3Cimg+src").json().get("items"));
    Map<String, Object> all = client.get("/items").json();
    assertEquals(20, ((List<?>) all.get("items")).size());
    assertEquals(true, all.get("more"));
    assertEquals(List.of(), client.get("/items?q=nothing").json().get("items"));
  }

  @ParameterizedTest
  @CsvSource({
    "limit=0, 'limit must be an integer in [1, 1000], got \"0\"'",
    "limit=1001, 'limit must be an integer in [1, 1000], got \"1001\"'",
    "limit=x, 'limit must be an integer in [1, 1000], got \"x\"'",
    "k=3, 'unknown parameter \"k\"; there are q, limit'",
    "q=a&q=b, the parameter q is given twice",
  })
  void aWrongSearchIsRefused(String query, String error) throws Exception {
    assertEquals(error, client.get("/items?" + query).error(400));
  }

  @Test
  void aSearchHasALength() throws Exception {
    assertEquals(200, client.get("/items?q=" + "a".repeat(200)).status());
    assertEquals(
        "q must have at most 200 characters", client.get("/items?q=" + "a".repeat(201)).error(400));
  }

  @Test
  void healthNamesTheModel() throws Exception {
    Map<String, Object> health = client.get("/health").json();
    assertEquals("ok", health.get("status"));
    assertEquals(83L, health.get("items"));
    assertEquals("%016x".formatted(new Recommender(MODEL).fingerprint()), health.get("model"));
    assertEquals(health.get("model"), post("{'items': []}").json().get("model"));
  }

  private static String host(String path, String host) throws IOException {
    String head = "GET " + path + " HTTP/1.1\r\nConnection: close\r\n" + host + "\r\n";
    return Client.raw(server.address(), head);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1", "LOCALHOST:99", "[::1]", "[::1]:8080"})
  void itsOwnNamesAreAnswered(String host) throws IOException {
    String answer = host("/health", "Host: " + host + "\r\n");
    assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"evil.example", "localhost.evil.example", "127.0.0.1.nip.io:80", "[::2]", ""})
  void aNameThatLeadsHereIsNotEnough(String host) throws IOException {
    String answer = host("/items", "Host: " + host + "\r\n");
    assertTrue(answer.startsWith("HTTP/1.1 421 "), answer);
    assertTrue(answer.contains("this server does not answer to the Host"), answer);
    assertFalse(answer.contains("item7"), answer);
  }

  @Test
  void thereIsOneHost() throws IOException {
    assertTrue(host("/health", "").startsWith("HTTP/1.1 400 "));
    assertTrue(host("/health", "Host: a\r\nHost: localhost\r\n").startsWith("HTTP/1.1 400 "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense\r\n\r\n",
        "GET\r\n\r\n",
        "GET /% HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "POST /recommend HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        "POST /recommend HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        "POST /recommend HTTP/1.1\r\n"
            + "Host: a\r\n"
            + "Content-Length: 1\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n",
      })
  void whatIsNotHttpIsRefused(String text) throws IOException {
    String answer = Client.raw(server.address(), text);
    assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
  }

  @Test
  void endlessHeadersAreRefused() throws IOException {
    String head = "GET /health HTTP/1.1\r\nHost: localhost\r\n";
    String answer = Client.raw(server.address(), head + "X-A: " + "a".repeat(70_000));
    assertTrue(answer.startsWith("HTTP/1.1 431 "), answer);
    assertTrue(answer.contains("at least 16385 bytes, at most 16384 are read"), answer);
    StringBuilder many = new StringBuilder(head);
    for (int i = 0; i < ServerLimits.HEADERS; i++) {
      many.append("X-").append(i).append(": a\r\n");
    }
    answer = Client.raw(server.address(), many + "\r\n");
    assertTrue(answer.startsWith("HTTP/1.1 431 "), answer);
    assertTrue(answer.contains("more than 100 headers"), answer);
  }

  @Test
  void aFullQueueIsAnsweredWithLaterWhileHealthAnswers() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Thread busy = submit(begun, release); // the only thread of the model
    begun.await();
    Thread waits = submit(new CountDownLatch(1), release); // the only place in the queue
    while (server.threads().waiting() < 1) {
      Thread.onSpinWait();
    }
    Client.Reply reply = post("{'items': ['item3']}");
    assertEquals("too many requests wait already: try again later", reply.error(503));
    assertEquals("1", reply.header("retry-after").orElseThrow());
    assertEquals(503, client.get("/items").status());
    assertEquals(200, client.get("/health").status());
    assertTrue(client.get("/metrics").body().contains("\ngru4j_http_requests_waiting 1\n"));
    release.countDown();
    busy.join();
    waits.join();
    assertEquals(200, post("{'items': ['item3']}").status());
  }

  private static Thread submit(CountDownLatch begun, CountDownLatch release) {
    return Thread.ofPlatform()
        .start(
            () -> {
              try {
                server
                    .threads()
                    .run(
                        () -> {
                          begun.countDown();
                          release.await();
                          return null;
                        });
              } catch (RequestException e) {
                throw new IllegalStateException(e);
              }
            });
  }

  @Test
  void oneConnectionTakesManyRequests() throws IOException {
    String request = "GET /health HTTP/1.1\r\nHost: localhost\r\n";
    String more = request + "\r\n";
    String answers =
        Client.raw(server.address(), more.repeat(5) + request + "Connection: close\r\n\r\n");
    assertEquals(6, answers.split("HTTP/1.1 200 OK", -1).length - 1, answers);
  }

  @Test
  void aClientWhoLeavesHarmsNobody() throws Exception {
    InetSocketAddress address = server.address();
    for (int i = 0; i < 20; i++) {
      try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
        String head =
            "POST /recommend HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: 100\r\n\r\n{";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.setSoLinger(true, 0); // leaves with a reset
      }
    }
    assertEquals(200, post("{'items': ['item3']}").status());
  }

  @Test
  void theAnswersAreJsonThatParsesBack() throws Exception {
    List<String> clicks = List.of(TestModel.HOSTILE, "item4");
    Client.Reply reply = client.recommend(Map.of("items", clicks, "k", 83));
    assertEquals(TestModel.expected(MODEL, clicks, 83), reply.recommendations());
    assertEquals(reply.body().strip(), Json.write(reply.json()));
    assertEquals("no-store", reply.header("cache-control").orElseThrow());
    assertEquals("nosniff", reply.header("x-content-type-options").orElseThrow());
  }

  /** Whatever a message quotes is cut between characters: the answer always arrives. */
  @Test
  void anUnknownItemIsNamedWhereverItIsCut() throws Exception {
    for (int letters = 90; letters <= 101; letters++) {
      String item = "a".repeat(letters) + "\ud83d\ude00".repeat(10);
      String error = client.recommend(Map.of("items", List.of(item), "unknown", "fail")).error(400);
      assertTrue(error.startsWith("the model does not know item \"" + "a".repeat(90)), error);
      assertTrue(error.contains("...\"; "), error);
      String key = client.recommend(Map.of(item, 1)).error(400);
      assertTrue(key.startsWith("unknown key \"" + "a".repeat(90)), key);
      String path = client.get("/" + item.replace("\ud83d\ude00", "%F0%9F%98%80")).error(404);
      assertTrue(path.startsWith("there is no path \"/" + "a".repeat(90)), path);
    }
  }

  @Test
  void whatAMessageQuotesSteersNoTerminal() throws Exception {
    String error = post("{'items': ['\\u001b[2J\\u202e\\u009b\\n'], 'unknown': 'fail'}").error(400);
    assertTrue(error.contains("\"\\u001b[2J\\u202e\\u009b\\n\""), error);
    String lone = post("{'items': ['\\ud800']}").error(400);
    assertTrue(lone.contains("unpaired surrogate U+D800"), lone);
  }

  /** Strangers can make up tokens: what is answered to one is a token that is taken. */
  @Test
  void noTokenIsGivenOutThatIsRefused() throws Exception {
    String token = client.recommend(Map.of("items", List.of("item0"))).token();
    byte[] bytes = Base64.getUrlDecoder().decode(token);
    ByteBuffer.wrap(bytes).putLong(13, Long.MAX_VALUE); // the number of clicks
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - 4);
    ByteBuffer.wrap(bytes).putInt(bytes.length - 4, (int) crc.getValue());
    token = Base64.getUrlEncoder().encodeToString(bytes);
    for (int i = 0; i < 3; i++) {
      Client.Reply reply =
          client.recommend(Map.of("session", token, "items", List.of("item" + (2 + i))));
      assertEquals(200, reply.status(), reply.body());
      assertEquals(Long.MAX_VALUE, reply.json().get("clicks"));
      token = reply.token();
    }
  }

  /** A long session's token has four bytes for each item; a body takes so many and no more. */
  @Test
  void aSessionOfVeryManyItemsEndsWithAClearRefusal() throws Exception {
    int items = 50_000;
    FittedModel model = TestModel.make(1, items);
    Path file = folder.resolve("large.safetensors");
    model.save(file);
    try (RecommendServer large =
            RecommendServer.start(
                new RecommendServer.Settings(file, "localhost", 0, 1, 1), line -> {});
        Client guest = new Client(large.address().getPort())) {
      String token = null;
      for (int i = 0; i < items; i += 1000) {
        Map<String, Object> body = new HashMap<>();
        body.put("items", model.items().ids().subList(i, i + 1000));
        body.put("k", 1);
        if (token != null) {
          body.put("session", token);
        }
        Client.Reply reply = guest.recommend(body);
        if (reply.status() != 200) {
          assertTrue(i >= 45_000, i + ": " + reply.body());
          String error = reply.error(400);
          assertTrue(error.contains("begin a new session with the newest items"), error);
          return;
        }
        token = reply.token();
      }
      throw new AssertionError("a token of " + token.length() + " characters");
    }
  }
}
