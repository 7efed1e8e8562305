package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.ChildJvm;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A right client beside all kinds of hostile ones at once: slow heads, slow bodies, clients who
 * open and close, who never read, and reloads. It prints what the right client saw.
 */
@EnabledOnOs(OS.LINUX)
class HostileLoadTest {
  private static final String POST =
      "POST /recommend HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  private static final String BODY = "{\"items\": [\"item7\"], \"k\": 3}";
  private static final byte[] ASK = bytes(POST + "Content-Length: 28\r\n\r\n" + BODY);

  @TempDir Path folder;
  private ChildJvm jvm;
  private int port;
  private volatile boolean ended;
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();
  private final List<Long> nanos = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void kill() throws InterruptedException {
    ended = true;
    jvm.kill();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void aTenthForFiveSeconds() throws Exception {
    attack(10, 5);
  }

  @Test
  @Tag("long")
  void allForAMinute() throws Exception {
    attack(1, 60);
  }

  private void attack(int part, int seconds) throws Exception {
    Path file = folder.resolve("m.safetensors");
    SaveForever.model(1).save(file);
    List<String> args = List.of("serve", "--model", file.toString(), "--port", "0");
    jvm = new ChildJvm(List.of(), List.of("-Xmx256m"), "io.gru4j.cli.Main", args);
    Thread.ofVirtual().start(() -> drain(jvm.process().getErrorStream()));
    String url = jvm.process().inputReader().readLine();
    port = Integer.parseInt(url.replaceAll(".*:|/", ""));
    ask(new Socket(InetAddress.getLoopbackAddress(), port)); // warm

    List<Thread> threads = new ArrayList<>();
    start(threads, 900 / part, () -> dribble("GET /health HTTP/1.1\r\nX: "));
    start(threads, 900 / part, () -> dribble(POST + "Content-Length: 200000\r\n\r\n"));
    start(threads, 2000 / part, this::reopen);
    start(threads, 300 / part, this::neverRead);
    start(threads, 1, () -> reload(100 / part));
    threads.add(Thread.ofPlatform().start(() -> good(false)));
    threads.add(Thread.ofPlatform().start(() -> good(true)));
    Thread.sleep(TimeUnit.SECONDS.toMillis(seconds));
    ended = true;
    for (Thread each : threads) {
      each.join();
    }
    String metrics = get("/metrics");
    long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
    System.out.printf(
        "HostileLoadTest, a part of 1/%d for %d s: right client %d answered, %d lost, p50 %.1f, p99"
            + " %.1f, max %.1f ms; server's descriptors %d, memory %s%n%s%n",
        part,
        seconds,
        answered.get(),
        lost.get(),
        sorted[sorted.length / 2] / 1e6,
        sorted[(int) (sorted.length * 0.99)] / 1e6,
        sorted[sorted.length - 1] / 1e6,
        descriptors(),
        memory(),
        String.join(
            "\n",
            metrics
                .lines()
                .filter(line -> line.matches("gru4j_(http_conn|model_rel).*"))
                .toList()));
    assertTrue(answered.get() > 5 * seconds, "answered " + answered);
    assertTrue(lost.get() <= answered.get() / 100, lost + " lost of " + answered);
    assertTrue(descriptors() < 1100);
    jvm.signal("TERM");
    assertTrue(jvm.process().waitFor(30, TimeUnit.SECONDS));
    assertEquals(143, jvm.process().exitValue());
  }

  private static void drain(InputStream in) {
    try {
      in.transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException e) {
      return; // the process has ended
    }
  }

  private long descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/" + jvm.process().pid() + "/fd"))) {
      return open.count();
    }
  }

  private String memory() throws IOException {
    return Files.readAllLines(Path.of("/proc/" + jvm.process().pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS"))
        .findFirst()
        .orElseThrow()
        .replaceAll("\\s+", " ");
  }

  /** What a hostile client does with one connection. */
  private interface Attack {
    void run() throws IOException;
  }

  private void start(List<Thread> threads, int count, Attack attack) {
    for (int i = 0; i < count; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    while (!ended) {
                      try {
                        attack.run();
                      } catch (IOException e) {
                        pause(100); // closed by the server: once more
                      }
                    }
                  }));
    }
  }

  private static void pause(long millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(10_000);
    return socket;
  }

  private void dribble(String begin) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(bytes(begin));
      while (!ended) {
        socket.getOutputStream().write('a');
        pause(500);
      }
    }
  }

  private void reopen() throws IOException {
    connect().close();
    pause(1000);
  }

  private void neverRead() throws IOException {
    byte[] page = bytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(20));
    Socket socket = connect();
    Thread.ofVirtual().start(() -> closeAtTheEnd(socket));
    try {
      while (!ended) {
        socket.getOutputStream().write(page);
      }
    } finally {
      socket.close();
    }
  }

  /** What is written blocks until then. */
  private void closeAtTheEnd(Socket socket) {
    while (!ended && !socket.isClosed()) {
      pause(100);
    }
    try {
      socket.close();
    } catch (IOException e) {
      return; // it is as closed as it can be
    }
  }

  private void reload(int perSecond) throws IOException {
    try (Socket socket = connect()) {
      byte[] reload = bytes("POST /reload HTTP/1.1\r\nHost: localhost\r\n\r\n");
      while (!ended) {
        socket.getOutputStream().write(reload);
        answer(socket.getInputStream());
        pause(1000 / perSecond);
      }
    }
  }

  private String get(String path) throws IOException {
    try (Socket socket = connect()) {
      String ask = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(bytes(ask));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void ask(Socket socket) throws IOException {
    socket.getOutputStream().write(ASK);
    String status = answer(socket.getInputStream());
    if (!status.startsWith("HTTP/1.1 200 ")) {
      throw new IOException(status);
    }
  }

  /** Reads an answer; returns its first line. */
  private static String answer(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
      int c = in.read();
      if (c < 0) {
        throw new IOException("closed after " + head);
      }
      head.append((char) c);
    }
    String length = head.toString().replaceAll("(?s).*Content-Length: (\\d+).*", "$1");
    in.readNBytes(Integer.parseInt(length));
    return head.toString();
  }

  /** Asks twenty times a second, each time anew or on a kept connection, which may be lost. */
  private void good(boolean kept) {
    Socket socket = null;
    while (!ended) {
      long begin = System.nanoTime();
      try {
        socket = socket == null ? connect() : socket;
        socket.setTcpNoDelay(true);
        ask(socket);
        answered.incrementAndGet();
        nanos.add(System.nanoTime() - begin);
        if (!kept) {
          socket.close();
          socket = null;
        }
      } catch (IOException e) {
        lost.incrementAndGet();
        socket = null;
      }
      pause(50);
    }
  }
}
