package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.ChildJvm;
import io.gru4j.data.IdMap;
import io.gru4j.http.Client;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code gru4j serve} where heap, descriptors or the reader of its log run out. */
@EnabledOnOs(OS.LINUX)
class ServeProcessTest {
  private static final String BODY = "{\"items\": [\"item7\"], \"k\": 3}";
  private static final String POST =
      "POST /recommend HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

  @TempDir Path folder;
  private Path file;
  private ChildJvm jvm;
  private int port;

  @BeforeEach
  void save() throws IOException {
    file = folder.resolve("m.safetensors");
    SaveForever.model(1).save(file);
  }

  @AfterEach
  void kill() throws InterruptedException {
    if (jvm != null) {
      jvm.kill();
    }
  }

  private void start(List<String> before, List<String> flags, String main, List<String> args)
      throws IOException {
    List<String> all = new ArrayList<>(flags);
    all.add("-XX:TieredStopAtLevel=1");
    jvm = new ChildJvm(before, all, main, args);
    String url = jvm.process().inputReader().readLine();
    assertTrue(url != null && url.matches("http://127\\.0\\.0\\.1:\\d+/"), url);
    port = Integer.parseInt(url.replaceAll(".*:|/", ""));
  }

  private void serve(List<String> before, String... flags) throws IOException {
    List<String> args = List.of("serve", "--model", file.toString(), "--port", "0");
    start(before, List.of(flags), "io.gru4j.cli.Main", args);
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(60_000);
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String post(String body) {
    return POST + "Content-Length: " + body.length() + "\r\nConnection: close\r\n\r\n" + body;
  }

  private String ask(String text) throws IOException {
    try (Socket socket = connect()) {
      write(socket, text);
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void assertServes() throws IOException {
    String answer = ask(post(BODY));
    assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
  }

  private void assertTerminates() throws Exception {
    jvm.signal("TERM");
    assertTrue(jvm.process().waitFor(30, TimeUnit.SECONDS), "lives 30 s after SIGTERM");
    assertEquals(143, jvm.process().exitValue());
  }

  @Test
  void manyLargeBodiesAreRefusedAndServiceGoesOn() throws Exception {
    serve(List.of(), "-Xmx40m");
    byte[] head = (POST + "Content-Length: 262144\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    byte[] spaces = " ".repeat(262_143).getBytes(StandardCharsets.US_ASCII);
    List<Socket> sockets = new ArrayList<>();
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      Socket socket = connect();
      sockets.add(socket);
      writers.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      socket.getOutputStream().write(head);
                      socket.getOutputStream().write(spaces);
                    } catch (IOException e) {
                      return; // refused before all of it was there
                    }
                  }));
    }
    for (int i = 0; i < 20; i++) {
      assertServes();
    }
    for (Thread each : writers) {
      each.join();
    }
    int refused = 0;
    for (Socket each : sockets) {
      try (each) {
        write(each, "}");
        InputStream in = each.getInputStream();
        String status = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
        refused += status.equals("HTTP/1.1 503") ? 1 : 0;
      } catch (SocketException e) {
        continue; // evicted, or refused and closed meanwhile
      }
    }
    assertTrue(refused > 0);
    assertServes();
    assertTerminates();
  }

  @Test
  void aReloadThatDoesNotFitIsRefusedWithTheFiguresAndRequestsAreNot() throws Exception {
    Path[] models = {folder.resolve("a"), folder.resolve("b")};
    for (int i = 0; i < 2; i++) {
      List<String> ids = IntStream.range(0, 40_000).mapToObj(n -> "item" + n).toList();
      GruNetwork network = GruNetwork.zeros(ids.size(), 50, 50, 1).initialise(i);
      new FittedModel(network, IdMap.of(ids), Map.of(), List.of(), null).save(models[i]);
    }
    Files.copy(models[0], file, StandardCopyOption.REPLACE_EXISTING);
    serve(List.of(), "-Xmx40m");
    try (Client client = new Client(port)) {
      Object before = client.get("/health").json().get("model");
      Files.copy(models[1], file, StandardCopyOption.REPLACE_EXISTING);
      for (int i = 0; i < 10; i++) {
        Client.Reply reply = client.send("POST", "/reload", null);
        assertEquals(503, reply.status(), reply.body());
        assertTrue(
            reply.body().matches("(?s).*takes \\d+ MiB of heap, but of \\d+ MiB \\d+ are.*"),
            reply.body());
        assertEquals(200, client.recommend(BODY).status());
      }
      assertEquals(before, client.get("/health").json().get("model"));
      assertTrue(jvm.await("; the old model stays"));
    }
    assertTerminates();
  }

  @Test
  void aFullHeapIsAnsweredOrEndsTheProcessWithStatus3() throws Exception {
    start(List.of(), List.of("-Xmx40m"), "io.gru4j.cli.FullHeap", List.of(file.toString()));
    assertServes();
    jvm.process().outputWriter().append('\n').flush();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (jvm.process().isAlive() && System.nanoTime() < end) {
      try (Socket socket = connect()) {
        socket.setSoTimeout(20_000);
        write(socket, post(BODY));
        int first = socket.getInputStream().read();
        assertTrue(first == 'H' || first == -1, "neither answered nor closed");
      } catch (SocketException e) {
        continue; // the process may just have ended
      }
    }
    ChildJvm.End last = jvm.end();
    assertEquals(3, last.status(), last.err());
    assertEquals(
        1,
        last.err().lines().filter(line -> line.contains("ends with status 3")).count(),
        last.err());
  }

  @Test
  void fewDescriptorsAreEnoughAndNothingSpins() throws Exception {
    serve(List.of("sh", "-c", "ulimit -n 64; exec \"$@\"", "sh"), "-Xmx100m");
    try (Socket kept = connect()) {
      String ask = post(BODY).replace("Connection: close\r\n", "");
      write(kept, ask);
      readAnswer(kept);
      List<Socket> silent = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        silent.add(connect());
      }
      for (int i = 0; i < 20; i++) {
        write(kept, ask);
        assertTrue(readAnswer(kept).startsWith("HTTP/1.1 200 "));
        assertServes();
      }
      long before = cpuMillis();
      Thread.sleep(5000); // silent ones wait, and nobody asks
      long spent = cpuMillis() - before;
      assertTrue(spent < 1000, "a thread spins: " + spent + " ms of CPU in 5 s");
      for (Socket each : silent) {
        each.close();
      }
    }
    assertTrue(jvm.await("gru4j serve: the limit of open files, ulimit -n 64, has room for "));
    assertTrue(jvm.await("gru4j serve: no room for a new connection, at most "));
    assertTerminates();
  }

  /** Those in the system's queue have their turn before a client's patience is at its end. */
  @Test
  void veryFewDescriptorsStarveNobody() throws Exception {
    serve(List.of("sh", "-c", "ulimit -n 32; exec \"$@\"", "sh"), "-Xmx100m");
    List<Socket> silent = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 400; i++) {
        silent.add(connect());
      }
      try (Socket socket = connect()) {
        socket.setSoTimeout(10_000);
        write(socket, "POST /reload HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertTrue(readAnswer(socket).startsWith("HTTP/1.1 200 "));
      }
      assertServes();
    }
    for (Socket each : silent) {
      each.close();
    }
    assertTerminates();
  }

  private static String readAnswer(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    InputStream in = socket.getInputStream();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      assertTrue(c >= 0, "closed after " + head);
      head.append((char) c);
    }
    in.readNBytes(
        Integer.parseInt(head.toString().replaceAll("(?s).*Content-Length: (\\d+).*", "$1")));
    return head.toString();
  }

  private long cpuMillis() {
    return jvm.process().info().totalCpuDuration().orElseThrow().toMillis();
  }

  @Test
  void aLogThatNobodyReadsStopsNothing() throws Exception {
    serve(List.of(), "-Xmx100m");
    Files.writeString(file, "no model");
    // Each line has some 100 bytes, a pipe takes 64 KiB.
    for (int i = 0; i < 1500; i++) {
      String answer = ask("POST /reload HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      assertTrue(answer.startsWith("HTTP/1.1 500 "), answer);
    }
    assertServes();
    SaveForever.model(2).save(file);
    String answer = ask("POST /reload HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
    assertTerminates();
  }

  @Test
  void aPipeInPlaceOfTheModelStopsNothing() throws Exception {
    serve(List.of(), "-Xmx100m");
    Files.delete(file);
    assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
    String reload = "POST /reload HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assertTrue(ask(reload).startsWith("HTTP/1.1 500 "));
    ChildJvm.assumeHeard("HUP");
    jvm.signal("HUP");
    assertTrue(jvm.await("is not a regular file"));
    assertServes();
    Files.delete(file);
    SaveForever.model(2).save(file);
    assertTrue(ask(reload).startsWith("HTTP/1.1 200 "));
    assertTerminates();
    assertFalse(jvm.process().isAlive());
  }
}
