package io.gru4j.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.model.FittedModel;
import io.gru4j.model.Recommendation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bytes that are nearly a request, and bytes that are none: each is answered or its connection
 * closed within its time, nothing reaches the log, and right requests between them get right
 * answers.
 */
class HttpFuzzTest {
  private static final FittedModel MODEL = TestModel.make(5);
  private static final Duration TIME = Duration.ofSeconds(3);

  /** More than a request's time, and less than any other that a connection has. */
  private static final int SLACK_MILLIS = 20_000;

  private static final List<String> PIECES =
      List.of(
          "\r\n",
          "\n",
          "\r",
          "\r\n\r\n",
          "\0",
          " ",
          "\t",
          ":",
          ";",
          "%",
          "%00",
          "//",
          "?",
          "#",
          "*",
          "Content-Length: 5\r\n",
          "Content-Length: 99999999999\r\n",
          "Host: localhost\r\n",
          "Transfer-Encoding: chunked\r\n",
          "Expect: 100-continue\r\n",
          "Connection: close\r\n",
          "ffffffff\r\n",
          "0\r\n\r\n",
          "7fffffff\r\n",
          "-1",
          "+1",
          "HTTP/1.0",
          "HTTP/2.0",
          "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
          "\u00ff\u00fe",
          "{",
          "}",
          "\"",
          "[[[[[[[[");

  @TempDir Path folder;
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());
  private final List<Throwable> fatal = Collections.synchronizedList(new ArrayList<>());
  private RecommendServer server;

  @BeforeEach
  void start() throws IOException {
    Path file = folder.resolve("m.safetensors");
    MODEL.save(file);
    Timeouts times = new Timeouts(TIME, TIME, TIME, TIME, TIME);
    server =
        RecommendServer.start(
            new RecommendServer.Settings(file, "localhost", 0, 2, 64),
            times,
            ServedModel::load,
            log::add,
            fatal::add);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void twoThousand() throws Exception {
    fuzz(2_000, 1);
  }

  @Test
  @Tag("long")
  void aHundredThousand() throws Exception {
    fuzz(100_000, 2);
  }

  private void fuzz(int requests, long seed) throws Exception {
    Map<String, Integer> seen = Collections.synchronizedMap(new TreeMap<>());
    List<String> faults = Collections.synchronizedList(new ArrayList<>());
    List<Thread> callers = new ArrayList<>();
    int count = 40;
    for (int caller = 0; caller < count; caller++) {
      Random random = new Random(seed * 1000 + caller);
      callers.add(Thread.ofVirtual().start(() -> call(requests / count, random, seen, faults)));
    }
    for (Thread each : callers) {
      each.join();
    }
    assertEquals(List.of(), faults.stream().limit(5).toList());
    assertEquals(List.of(), log);
    assertEquals(List.of(), fatal);
    assertTrue(seen.get("200") > requests / 20, seen.toString());
    assertTrue(seen.get("400") > requests / 20, seen.toString());
    assertTrue(!seen.containsKey("500"), seen.toString());
    System.out.println("HttpFuzzTest: " + requests + " requests, first answers: " + seen);
  }

  private void call(int count, Random random, Map<String, Integer> seen, List<String> faults) {
    try {
      for (int i = 0; i < count; i++) {
        byte[] bytes = bytes(random);
        String end = send(bytes, random);
        seen.merge(end, 1, Integer::sum);
        if (end.equals("silence")) {
          faults.add("no answer and no end: " + new String(bytes, StandardCharsets.ISO_8859_1));
        }
        if (i % 20 == 0) {
          ask(TestModel.clicks(random, 3), faults);
        }
      }
    } catch (Exception | AssertionError e) {
      faults.add(e.toString());
    }
  }

  /** A right request, on a connection of its own: a kept one would end between two of them. */
  private void ask(List<String> clicks, List<String> faults) throws Exception {
    try (Client good = new Client(server.address().getPort())) {
      List<Recommendation> answer = good.recommend(Map.of("items", clicks)).recommendations();
      if (!TestModel.expected(MODEL, clicks, 20).equals(answer)) {
        faults.add("a wrong answer to " + clicks);
      }
    }
  }

  private static byte[] bytes(Random random) {
    if (random.nextInt(10) == 0) {
      byte[] noise = new byte[random.nextInt(3000)];
      random.nextBytes(noise);
      return noise;
    }
    StringBuilder text = new StringBuilder(valid(random));
    for (int edits = random.nextInt(4); edits > 0; edits--) {
      int at = random.nextInt(text.length() + 1);
      switch (random.nextInt(5)) {
        case 0 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
        case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(8)));
        case 2 -> text.insert(at, (char) random.nextInt(256));
        case 3 -> text.insert(at, text.substring(at, Math.min(text.length(), at + 30)));
        default -> text.setLength(Math.max(1, at));
      }
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String valid(Random random) {
    String body = "{\"items\":[\"item" + (2 + random.nextInt(80)) + "\"],\"k\":3}";
    String chunks =
        "a\r\n" + body.substring(0, 10) + "\r\n" + Integer.toHexString(body.length() - 10);
    return switch (random.nextInt(5)) {
      case 0 -> "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
      case 1 -> "GET /items?q=item%37&limit=3 HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n";
      case 2 ->
          HttpFramingTest.POST
              + "Transfer-Encoding: chunked\r\n\r\n"
              + chunks
              + "\r\n"
              + body.substring(10)
              + "\r\n0\r\n\r\n";
      default -> HttpFramingTest.POST + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    };
  }

  /** The status of the first answer, {@code closed} without one, or {@code silence}. */
  private String send(byte[] bytes, Random random) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try (Socket socket = new Socket("localhost", server.address().getPort())) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(SLACK_MILLIS);
      int cut = random.nextInt(bytes.length + 1);
      socket.getOutputStream().write(bytes, 0, cut);
      socket.getOutputStream().write(bytes, cut, bytes.length - cut);
      if (random.nextInt(50) > 0) {
        socket.shutdownOutput(); // else the server's own clock ends it
      }
      socket.getInputStream().transferTo(answer);
    } catch (SocketTimeoutException e) {
      return "silence";
    } catch (SocketException e) {
      return answer.size() == 0 ? "closed" : status(answer);
    }
    return answer.size() == 0 ? "closed" : status(answer);
  }

  private static String status(ByteArrayOutputStream answer) {
    byte[] bytes = answer.toByteArray();
    String line = new String(Arrays.copyOf(bytes, 13), StandardCharsets.ISO_8859_1);
    return line.startsWith("HTTP/1.1 ") ? line.substring(9, 12) : "no HTTP: " + line;
  }
}
