package io.gru4j.bench;

import io.gru4j.data.IdMap;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * {@code gru4j serve} under a constant rate of requests, on loopback.
 *
 * <p>Open loop: request i is due at {@code start + i / rate} however long the answers before it
 * took, and its latency counts from then on. So a stall of the server shows in the latency of every
 * request that had to wait. Each connection goes through sessions of ten clicks, one click a
 * request, with the token of the answer before; it asks for the top 20. The server is a JVM of its
 * own on the same machine, its model untrained (the time of an answer does not depend on the
 * values).
 *
 * <pre>
 * java -cp bench/target/benchmarks.jar io.gru4j.bench.HttpLoad --rate 1000 --seconds 60 --items 10000
 * </pre>
 */
public final class HttpLoad {
  private static final int WARM_UP_SECONDS = 6;
  private static final int CLICKS = 10;
  private static final byte[] OK = "HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII);

  private final int port;
  private final int items;
  private final int rate;
  private final AtomicInteger next = new AtomicInteger();
  private final long[] latencies;
  private final long[] lags;
  private final AtomicInteger errors = new AtomicInteger();
  private volatile String firstError;
  private long start;

  private HttpLoad(int port, int items, int rate, int seconds) {
    this.port = port;
    this.items = items;
    this.rate = rate;
    this.latencies = new long[rate * seconds];
    this.lags = new long[rate * seconds];
  }

  /**
   * Runs.
   *
   * @param args {@code --rate}, {@code --seconds}, {@code --items}, {@code --hidden}, {@code
   *     --connections}, each with a number
   * @throws IOException if the server cannot be started
   * @throws InterruptedException never, nobody interrupts it
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    int rate = 1000;
    int seconds = 60;
    int items = 10_000;
    int hidden = 100;
    int connections = 64;
    for (Iterator<String> words = List.of(args).iterator(); words.hasNext(); ) {
      String flag = words.next();
      int value = Integer.parseInt(words.next());
      switch (flag) {
        case "--rate" -> rate = value;
        case "--seconds" -> seconds = value;
        case "--items" -> items = value;
        case "--hidden" -> hidden = value;
        case "--connections" -> connections = value;
        default -> throw new IllegalArgumentException("unknown flag " + flag);
      }
    }
    Path file = Files.createTempFile("load", ".safetensors");
    Process server = null;
    try {
      saveModel(file, items, hidden);
      server = serve(file);
      BufferedReader out = server.inputReader();
      String url = out.readLine();
      if (url == null) {
        throw new IOException("the server ended with " + server.waitFor());
      }
      int port = Integer.parseInt(url.replaceAll(".*:|/", ""));
      new HttpLoad(port, items, rate, WARM_UP_SECONDS).run(connections);
      HttpLoad load = new HttpLoad(port, items, rate, seconds);
      load.run(connections);
      load.print(seconds, hidden, connections);
      if (load.errors.get() > 0) {
        throw new IllegalStateException("not every request was answered");
      }
    } finally {
      if (server != null) {
        server.destroy();
        server.waitFor();
      }
      Files.delete(file);
    }
  }

  private static void saveModel(Path file, int items, int hidden) throws IOException {
    GruNetwork network = GruNetwork.zeros(items, hidden, hidden, 1).initialise(1);
    IdMap ids = IdMap.of(IntStream.range(0, items).mapToObj(i -> "item" + i).toList());
    new FittedModel(network, ids, Map.of(), List.of(), null).save(file);
  }

  private static Process serve(Path file) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules=jdk.incubator.vector",
            "-XX:+UseG1GC",
            "-cp",
            System.getProperty("java.class.path"),
            "io.gru4j.cli.Main",
            "serve",
            "--model",
            file.toString(),
            "--port",
            "0")
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private void run(int connections) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    start = System.nanoTime() + 100_000_000;
    for (int i = 0; i < connections; i++) {
      int seed = i;
      threads.add(Thread.ofVirtual().start(() -> connection(seed)));
    }
    for (Thread each : threads) {
      each.join();
    }
  }

  private void connection(int seed) {
    Random random = new Random(seed);
    int mine = -1;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 14);
      String token = "";
      for (int clicks = random.nextInt(CLICKS); ; clicks++) {
        mine = next.getAndIncrement();
        if (mine >= latencies.length) {
          return;
        }
        String session = clicks % CLICKS == 0 || token.isEmpty() ? "" : token;
        byte[] request = request(session, random.nextInt(items));
        long due = start + (long) (mine * (1e9 / rate));
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        lags[mine] = System.nanoTime() - due;
        socket.getOutputStream().write(request);
        token = token(answer(in));
        latencies[mine] = System.nanoTime() - due;
      }
    } catch (IOException | RuntimeException e) {
      fail(mine, e.toString());
    }
  }

  /** A connection ends; the others take its later requests. */
  private void fail(int request, String error) {
    errors.incrementAndGet();
    if (request >= 0) {
      latencies[request] = Long.MAX_VALUE; // never answered
    }
    firstError = firstError == null ? "request " + request + ": " + error : firstError;
  }

  private static byte[] request(String token, int item) {
    String session = token.isEmpty() ? "" : "\"session\":\"" + token + "\",";
    String body = "{" + session + "\"items\":[\"item" + item + "\"],\"k\":20}";
    String head =
        "POST /recommend HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n";
    return (head + body).getBytes(StandardCharsets.US_ASCII);
  }

  /** Reads one answer and returns its body. */
  private static String answer(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
      int c = in.read();
      if (c < 0) {
        throw new IOException("the server closed after: " + head);
      }
      head.append((char) c);
    }
    String text = head.toString();
    int at = text.indexOf("Content-Length: ") + "Content-Length: ".length();
    int length = Integer.parseInt(text.substring(at, text.indexOf('\r', at)));
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    byte[] status = text.substring(0, OK.length).getBytes(StandardCharsets.US_ASCII);
    if (!Arrays.equals(OK, status)) {
      throw new IOException(text.lines().findFirst().orElse("") + " " + body);
    }
    if (body.split("\"score\":", -1).length != 21) {
      throw new IOException("expected 20 items, got " + body);
    }
    return body;
  }

  private static String token(String body) {
    int at = body.indexOf("\"session\":\"") + "\"session\":\"".length();
    return body.substring(at, body.indexOf('"', at));
  }

  private void print(int seconds, int hidden, int connections) {
    long[] sorted = latencies.clone();
    Arrays.sort(sorted);
    System.out.printf(
        "%,d items, %d hidden units, %,d requests/s for %d s, %d connections, %d errors%n",
        items, hidden, rate, seconds, connections, errors.get());
    if (firstError != null) {
      System.out.println("first error: " + firstError);
    }
    System.out.printf(
        "latency ms: p50 %.2f, p90 %.2f, p99 %.2f, p99.9 %.2f, max %.2f%n",
        at(sorted, 0.5), at(sorted, 0.9), at(sorted, 0.99), at(sorted, 0.999), at(sorted, 1));
    Arrays.sort(lags);
    System.out.printf(
        "sent late by ms: p50 %.2f, p99 %.2f, max %.2f%n",
        at(lags, 0.5), at(lags, 0.99), at(lags, 1));
  }

  private static double at(long[] sorted, double part) {
    int i = (int) Math.ceil(part * sorted.length) - 1;
    return sorted[Math.max(0, i)] / 1e6;
  }
}
