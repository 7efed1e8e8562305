package io.gru4j.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.model.FittedModel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Clients who hold connections and give nothing for them, and those who come meanwhile. */
class HostileClientsTest {
  private static final FittedModel MODEL = TestModel.make(5);
  private static final List<String> CLICKS = List.of("item3", "item9");
  private static final Duration LONG = Duration.ofMinutes(10);

  @TempDir Path folder;
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());
  private final List<Socket> sockets = new ArrayList<>();
  private RecommendServer server;

  @BeforeEach
  void save() throws IOException {
    MODEL.save(folder.resolve("m.safetensors"));
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket each : sockets) {
      each.close();
    }
    server.close();
  }

  private void start(int connections, Timeouts times) throws IOException {
    server =
        RecommendServer.start(
            new RecommendServer.Settings(
                folder.resolve("m.safetensors"), "127.0.0.1", 0, 1, 9, connections, null),
            times,
            ServedModel::load,
            log::add,
            error -> log.add(error.toString()));
  }

  private static Timeouts times(Duration request, Duration response) {
    return new Timeouts(request, response, LONG, Duration.ofSeconds(2), LONG);
  }

  private Socket connect(String text) throws IOException {
    return connect("127.0.0.1", text);
  }

  /** A client of another address of this machine. */
  private Socket connect(String from, String text) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.setSoTimeout(300_000);
    socket.bind(new InetSocketAddress(from, 0));
    socket.connect(server.address());
    write(socket, text);
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String post(String body) {
    return HttpFramingTest.POST + "Content-Length: " + body.length() + "\r\n\r\n" + body;
  }

  /** The next byte, -1 at the end or a reset. */
  private static int next(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read();
    } catch (SocketException e) {
      return -1;
    }
  }

  /** A right request on a connection of its own is answered rightly. */
  private void assertServes() throws Exception {
    try (Client client = new Client(server.address().getPort())) {
      assertEquals(
          TestModel.expected(MODEL, CLICKS, 20),
          client.recommend(Map.of("items", CLICKS)).recommendations());
    }
  }

  private double metric(String name) throws Exception {
    try (Client client = new Client(server.address().getPort())) {
      String line =
          client
              .get("/metrics")
              .body()
              .lines()
              .filter(each -> each.startsWith(name + " "))
              .findFirst()
              .orElseThrow();
      return Double.parseDouble(line.substring(name.length()));
    }
  }

  @Test
  void silentAndSlowConnectionsMakeRoomAndTheOldestGoesFirst() throws Exception {
    start(50, times(LONG, LONG));
    List<String> begun =
        List.of("", "GET /health HTTP/1.1\r\nHost: lo", HttpFramingTest.POST + "X: ");
    for (int i = 0; i < 200; i++) {
      connect(begun.get(i % 3));
      if (i % 20 == 0) {
        assertServes();
      }
    }
    for (Socket each : sockets.subList(0, 100)) {
      assertEquals(-1, next(each));
    }
    assertServes();
    assertTrue(metric("gru4j_http_connections_closed_total{reason=\"evicted\"}") >= 150);
    assertTrue(metric("gru4j_http_connections") <= 50);
  }

  @Test
  void makingRoomIsLoggedOnceAndNotForEach() throws Exception {
    start(8, times(LONG, LONG));
    for (int i = 0; i < 100; i++) {
      connect("");
    }
    assertServes();
    assertEquals(
        List.of(
            "no room for a new connection, at most 8 are open at once: one that asks nothing, or"
                + " is slow, is closed"),
        log);
  }

  @Test
  void aConnectionThatHasAskedStaysBeforeOneThatHasNot() throws Exception {
    start(8, times(LONG, LONG));
    Socket kept = connect("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assertEquals('H', next(kept));
    for (int i = 0; i < 100; i++) {
      connect("");
    }
    assertServes();
    write(kept, "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    String rest = new String(kept.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(rest.contains("HTTP/1.1 200 OK\r\n"), rest);
  }

  @Test
  void slowBodiesAndNeverReadingClientsMakeRoomAfterASecond() throws Exception {
    start(20, times(LONG, LONG));
    for (int i = 0; i < 10; i++) {
      connect(HttpFramingTest.POST + "Content-Length: 99\r\n\r\n{");
    }
    String page = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Socket socket = connect("");
      writers.add(Thread.ofVirtual().start(() -> writeUntilClosed(socket, page.repeat(100))));
    }
    Thread.sleep(2500);
    assertServes();
    assertServes();
    assertTrue(metric("gru4j_http_connections_closed_total{reason=\"evicted\"}") > 0);
    for (Socket each : sockets) {
      each.close();
    }
    for (Thread each : writers) {
      each.join();
    }
  }

  private static void writeUntilClosed(Socket socket, String text) {
    try {
      while (true) {
        write(socket, text);
      }
    } catch (IOException e) {
      return; // as expected, in the end
    }
  }

  @Test
  void whereAllAreAtWorkAnotherOneIsRefusedWithoutAThread() throws Exception {
    start(4, times(LONG, LONG));
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    Thread busy =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    server
                        .threads()
                        .run(
                            () -> {
                              begun.countDown();
                              return release.await(5, TimeUnit.MINUTES);
                            });
                  } catch (RequestException e) {
                    throw new IllegalStateException(e);
                  }
                });
    begun.await();
    for (int i = 0; i < 4; i++) {
      connect(post(HttpFramingTest.BODY));
    }
    while (server.threads().waiting() < 4) {
      Thread.onSpinWait();
    }
    for (int i = 0; i < 50; i++) {
      String answer = Client.raw(server.address(), "GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
      assertTrue(answer.startsWith("HTTP/1.1 503 Service Unavailable\r\n"), answer);
      assertTrue(answer.contains("Retry-After: 1\r\n"), answer);
      assertTrue(answer.contains("too many connections"), answer);
    }
    assertEquals(1, log.size(), log.toString()); // and not a line for each
    assertTrue(log.getFirst().startsWith("4 connections are open"), log.toString());
    release.countDown();
    busy.join();
    for (Socket each : sockets) {
      assertEquals('H', next(each));
    }
    assertServes();
  }

  /** On Linux all of 127.0.0.0/8 is this machine. */
  @EnabledOnOs(OS.LINUX)
  @Test
  void aNetworkWithManyConnectionsPaysForOneWithFew() throws Exception {
    start(20, times(LONG, LONG));
    String body = HttpFramingTest.POST + "Content-Length: 99\r\n\r\n{";
    Socket few = connect("127.0.0.9", body);
    for (int i = 0; i < 19; i++) {
      connect("127.0.0.2", body); // each of them younger than the one of few
    }
    while (metric("gru4j_http_requests_in_flight") < 20) { // with the one that asks
      Thread.onSpinWait();
    }
    for (int i = 0; i < 10; i++) {
      connect("127.0.0.3", "");
    }
    assertServes();
    write(few, " ".repeat(96) + "}}");
    assertEquals('H', next(few)); // 400, for it is no JSON, and not an end
  }

  @Test
  void slowRequestsAndAnswersAreClosedInTheirTimeAndNobodyElse() throws Exception {
    start(200, times(Duration.ofSeconds(1), Duration.ofSeconds(1)));
    long begin = System.nanoTime();
    for (int i = 0; i < 40; i++) {
      connect(i % 2 == 0 ? "GET /" : HttpFramingTest.POST + "Content-Length: 99\r\n\r\n{");
      assertServes();
    }
    for (Socket each : sockets) {
      assertEquals(-1, next(each)); // by the server: the client still waits to write
    }
    Socket never = connect("");
    writeUntilClosed(never, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100)); // ends
    assertTrue(System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(60));
    assertServes();
    assertTrue(metric("gru4j_http_connections_closed_total{reason=\"late\"}") >= 41);
  }

  /** A byte now and then keeps nothing alive. */
  @Test
  void dribbledBytesDoNotBuyTime() throws Exception {
    start(200, times(Duration.ofSeconds(1), LONG));
    Socket socket = connect("GET /health HTTP/1.1\r\nHost: localhost\r\n");
    long begin = System.nanoTime();
    boolean open = true;
    while (open && System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(60)) {
      try {
        write(socket, "X");
        Thread.sleep(50);
      } catch (SocketException e) {
        open = false;
      }
    }
    assertFalse(open);
  }

  @Test
  void bodiesInFlightHaveABoundAndSmallOnesDoNotFeelIt() throws Exception {
    start(1000, times(LONG, LONG));
    ByteBudget budget = server.budget();
    assertEquals(0, budget.taken());
    budget.take(budget.limit()); // as large bodies would
    String large = "{\"items\": []}" + " ".repeat(100_000);
    String answer = Client.raw(server.address(), post(large));
    assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
    assertTrue(answer.contains(budget.limit() + " they may"), answer);
    assertServes();
    budget.give(budget.limit());
    try (Client client = new Client(server.address().getPort())) {
      assertEquals(200, client.recommend(large).status());
    }
    connect(post(large).substring(0, 50_000));
    while (budget.taken() < 40_000) {
      Thread.onSpinWait();
    }
    sockets.getLast().close();
    while (budget.taken() > 0) {
      Thread.onSpinWait(); // what a broken-off body took is given back
    }
  }

  @Test
  void reopeningClientsAreServedLikeOthers() throws Exception {
    start(100, times(LONG, LONG));
    InetAddress address = server.address().getAddress();
    for (int i = 0; i < 2000; i++) {
      new Socket(address, server.address().getPort()).close();
      if (i % 100 == 0) {
        assertServes();
      }
    }
    while (metric("gru4j_http_connections") > 2) {
      Thread.sleep(1);
    }
  }
}
