package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.ChildJvm;
import io.gru4j.http.Client;
import io.gru4j.model.FittedModel;
import io.gru4j.model.UnknownItems;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code gru4j serve} as a process: flags, signals, exit status, slow clients. */
class ServeCommandTest {
  private static final String BODY = "{\"items\": [\"item7\"], \"k\": 3}";

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void save() throws IOException {
    file = folder.resolve("m.safetensors");
    SaveForever.model(1).save(file);
  }

  /** A server in a JVM of its own. */
  private final class Server implements AutoCloseable {
    final ChildJvm jvm;
    final int port;

    Server(String... flags) throws IOException {
      jvm =
          new ChildJvm(
              List.of(),
              List.of(flags),
              "io.gru4j.cli.Main",
              List.of("serve", "--model", file.toString(), "--port", "0"));
      String url = jvm.process().inputReader().readLine();
      assertTrue(url != null && url.matches("http://127\\.0\\.0\\.1:\\d+/"), url);
      port = Integer.parseInt(url.replaceAll(".*:|/", ""));
    }

    Socket connect() throws IOException {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(300_000);
      return socket;
    }

    @Override
    public void close() {
      jvm.process().destroyForcibly();
    }
  }

  @EnabledOnOs({OS.LINUX, OS.MAC})
  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void aSignalLetsTheRequestsInFlightEnd(String signal, int status) throws Exception {
    ChildJvm.assumeHeard(signal);
    try (Server server = new Server();
        Client client = new Client(server.port);
        Socket socket = server.connect()) {
      write(
          socket,
          "POST /recommend HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + "Content-Length: "
              + BODY.length()
              + "\r\n\r\n"
              + BODY.substring(0, 5));
      while (!client.get("/metrics").body().contains("in_flight 2\n")) {
        Thread.onSpinWait();
      }
      server.jvm.signal(signal);
      assertTrue(server.jvm.await("gru4j: lets the requests in flight end"));
      write(socket, BODY.substring(5));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
      String best =
          FittedModel.load(file)
              .recommend(List.of("item7"), 1, UnknownItems.FAIL)
              .items()
              .toString();
      String item = best.replaceAll(".*item=(\\w+),.*", "$1");
      assertTrue(answer.contains("[{\"item\":\"" + item + "\","), answer);
      ChildJvm.End end = server.jvm.end();
      assertEquals(status, end.status(), end.err());
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  @EnabledOnOs({OS.LINUX, OS.MAC})
  @Test
  void hangUpReloadsAndDoesNotEnd() throws Exception {
    ChildJvm.assumeHeard("HUP");
    try (Server server = new Server();
        Client client = new Client(server.port)) {
      Object before = client.get("/health").json().get("model");
      SaveForever.model(2).save(file);
      server.jvm.signal("HUP");
      assertTrue(server.jvm.await("gru4j serve: reload: model "));
      Object after = client.get("/health").json().get("model");
      assertTrue(!before.equals(after), after.toString());
      Files.writeString(file, "no model");
      server.jvm.signal("HUP");
      assertTrue(server.jvm.await("; the old model stays"));
      assertEquals(after, client.get("/health").json().get("model"));
      assertTrue(server.jvm.process().isAlive());
    }
  }

  private static String refused(int status, String... words) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    List<String> all = new ArrayList<>(List.of("serve"));
    all.addAll(List.of(words));
    assertEquals(status, TrainingFiles.run(all, new PrintStream(err, true)), err::toString);
    return err.toString()
        .lines()
        .filter(line -> line.startsWith("gru4j serve: "))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void wrongFlagsAndFilesAreRefused() throws Exception {
    String model = file.toString();
    assertEquals("gru4j serve: --model M is missing", refused(2));
    assertEquals(
        "gru4j serve: --port must be an integer in [0, 65535], got 65536",
        refused(2, "--model", model, "--port", "65536"));
    assertEquals(
        "gru4j serve: --max-waiting must be an integer in [1, 1000000], got 0",
        refused(2, "--model", model, "--max-waiting", "0"));
    assertEquals(
        "gru4j serve: --host must not be empty", refused(2, "--model", model, "--host", " "));
    Path titles =
        Files.writeString(folder.resolve("t.tsv"), "ItemId\tTitle\nitem7\tHat\nitem7\tCap\n");
    assertEquals(
        "gru4j serve: " + titles + ":3: ItemId \"item7\" is there twice, first on line 2",
        refused(1, "--model", model, "--titles", titles.toString()));
    String none = folder.resolve("none").toString();
    assertEquals("gru4j serve: " + none + ": no such file", refused(1, "--model", none));
    assertEquals(
        "gru4j serve: " + folder + ": is a folder, expected a model file",
        refused(1, "--model", folder.toString()));
    assertTrue(
        refused(1, "--model", model, "--host", "no.such.host.invalid")
            .contains("no.such.host.invalid"));
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      assertEquals(
          "gru4j serve: localhost:" + port + ": Address already in use",
          refused(1, "--model", model, "--port", port));
    }
  }
}
