package io.gru4j.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.model.FittedModel;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of a server: what is in flight ends too, and nothing is left. */
class ServerCloseTest {
  private static final FittedModel MODEL = TestModel.make(5);

  @TempDir Path folder;
  private RecommendServer server;

  @BeforeEach
  void start() throws IOException {
    Path file = folder.resolve("m.safetensors");
    MODEL.save(file);
    server =
        RecommendServer.start(new RecommendServer.Settings(file, "localhost", 0, 2, 4), line -> {});
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(
            name ->
                name.startsWith("gru4j-model")
                    || name.startsWith("gru4j-reload")
                    || name.startsWith("gru4j-accept")
                    || name.startsWith("gru4j-sweep"))
        .toList();
  }

  @Test
  void requestsInFlightAreAnsweredAndNewOnesAreNot() throws Exception {
    InetSocketAddress address = server.address();
    String body = "{\"items\": [\"item3\", \"item9\"]}";
    List<Socket> inFlight = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Socket socket = new Socket(address.getAddress(), address.getPort());
      socket.setSoTimeout(300_000);
      String head =
          "POST /recommend HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + "Content-Length: "
              + body.length()
              + "\r\n\r\n"
              + body.substring(0, i + 3);
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      inFlight.add(socket);
    }
    try (Client client = new Client(address.getPort())) {
      while (!client.get("/metrics").body().contains("in_flight 6\n")) {
        Thread.onSpinWait(); // until the server has begun to read all five
      }
    }
    AtomicReference<Throwable> fault = new AtomicReference<>();
    Thread closer = Thread.ofPlatform().start(server::close);
    closer.setUncaughtExceptionHandler((thread, e) -> fault.set(e));
    while (!server.closing()) {
      Thread.onSpinWait();
    }
    awaitRefused(address);
    for (int i = 0; i < 5; i++) {
      try (Socket socket = inFlight.get(i)) {
        socket.getOutputStream().write(body.substring(i + 3).getBytes(StandardCharsets.US_ASCII));
        String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
        assertTrue(answer.contains("Connection: close\r\n"), answer);
        String json = answer.substring(answer.indexOf("\r\n\r\n") + 4);
        assertEquals(
            TestModel.expected(MODEL, List.of("item3", "item9"), 20),
            new Client.Reply(200, Map.of("content-type", List.of("application/json")), json)
                .recommendations());
      }
    }
    closer.join();
    assertEquals(null, fault.get());
    assertNoThreadIsLeft();
  }

  /** A connection that is still in the backlog may be taken once more. */
  private static void awaitRefused(InetSocketAddress address) throws InterruptedException {
    boolean refused = false;
    while (!refused) {
      try {
        new Socket(address.getAddress(), address.getPort()).close();
        Thread.sleep(1);
      } catch (IOException e) {
        refused = true;
      }
    }
  }

  private static void assertNoThreadIsLeft() throws InterruptedException {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (!threads().isEmpty() && System.nanoTime() < deadline) {
      Thread.sleep(1);
    }
    assertEquals(List.of(), threads());
  }

  @Test
  void anIdleServerClosesAtOnceAndTwice() throws Exception {
    assertFalse(threads().isEmpty());
    InetSocketAddress address = server.address();
    try (Client client = new Client(address.getPort())) {
      assertEquals(200, client.get("/health").status());
      server.close();
      server.close();
      assertThrows(ConnectException.class, () -> client.get("/health"));
    }
    assertNoThreadIsLeft();
  }

  @Test
  void clientsThatCloseMeanwhileAreNotWaitedFor() throws Exception {
    for (int round = 0; round < 40; round++) {
      InetSocketAddress address = server.address();
      List<Socket> sockets = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        // A body that is not read, for the path is unknown, and then nothing.
        String request = "POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        sockets.add(socket);
      }
      for (Socket each : sockets.subList(0, round % 8)) {
        assertEquals('H', each.getInputStream().read());
      }
      for (Socket each : sockets) {
        each.close();
      }
      long begin = System.nanoTime();
      server.close();
      double seconds = (System.nanoTime() - begin) / 1e9;
      assertTrue(seconds < ServerLimits.DRAIN_SECONDS - 1, "waited " + seconds + " s");
      start();
    }
    server.close();
  }

  @Test
  void clientsThatWereGoneBeforeAreNotWaitedFor() throws Exception {
    for (int i = 0; i < 100; i++) {
      try (Socket socket = new Socket("localhost", server.address().getPort())) {
        socket.setSoLinger(true, 0); // a reset
        String request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      }
    }
    try (Client client = new Client(server.address().getPort())) {
      while (!client.get("/metrics").body().contains("in_flight 1\n")) {
        Thread.onSpinWait();
      }
    }
    long begin = System.nanoTime();
    server.close();
    double seconds = (System.nanoTime() - begin) / 1e9;
    assertTrue(seconds < ServerLimits.DRAIN_SECONDS - 1, "waited " + seconds + " s");
  }

  @Test
  void aReloadAfterTheEndIsHarmless() {
    server.close();
    assertTrue(server.reload());
  }
}
