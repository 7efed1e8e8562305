package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.http.Client;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of README, one after the other, in the folder with the sessions that its demo
 * writes, of which there are fewer here. A server that one of them starts answers those that
 * follow, at a port that is free.
 */
class ReadmeCommandsTest {
  private static final String GRU4J = "    gru4j ";
  private static final String CURL = "    curl ";
  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

  @TempDir Path folder;
  private final ByteArrayOutputStream serverOut = new ByteArrayOutputStream();
  private final AtomicInteger serverStatus = new AtomicInteger(-1);
  private Thread server;
  private Client client;
  private String token;

  @AfterEach
  void stop() throws InterruptedException {
    if (server != null) {
      server.interrupt();
      server.join();
    }
  }

  @Test
  void everyCommandDoesItsWork() throws Exception {
    int commands = 0;
    int requests = 0;
    for (String line : Files.readAllLines(Path.of("../README.md"))) {
      if (line.startsWith(GRU4J)) {
        run(line.substring(GRU4J.length()));
        commands++;
      } else if (line.startsWith(CURL)) {
        request(line.substring(CURL.length()));
        requests++;
      }
    }
    assertTrue(commands >= 9, commands + " commands");
    assertTrue(Files.size(folder.resolve("recs.tsv")) > 0);
    assertTrue(requests >= 6, requests + " requests");
    client.close();
    server.interrupt();
    server.join();
    assertEquals(0, serverStatus.get());
  }

  private void run(String command) throws InterruptedException {
    String[] words = Stream.of(command.split(" ")).map(this::inFolder).toArray(String[]::new);
    if (words[0].equals("serve")) {
      serve(words);
      return;
    }
    if (words[0].equals("demo") && words.length > 1) {
      assertEquals("--write shop", words[1] + " " + words[2]);
      words = new String[] {"demo", "--write", folder.toString(), "--sessions=400", "--items=100"};
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status = Main.run(words, InputStream.nullInputStream(), printer(out), printer(err));
    assertEquals(0, status, () -> "gru4j " + command + "\n" + err);
    boolean silent = command.contains(" --out ");
    assertTrue(silent || out.size() > 0, command);
  }

  private void serve(String[] words) throws InterruptedException {
    int port = List.of(words).indexOf("--port") + 1;
    assertEquals("8080", words[port]);
    words[port] = "0";
    InputStream in = InputStream.nullInputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    server =
        Thread.ofPlatform()
            .start(() -> serverStatus.set(Main.run(words, in, printer(serverOut), printer(err))));
    while (!serverOut.toString(StandardCharsets.UTF_8).endsWith("/\n")) {
      assertTrue(server.isAlive(), err::toString);
      Thread.sleep(1);
    }
    client = new Client(Integer.parseInt(serverOut.toString().replaceAll(".*:|/\\s*", "")));
  }

  /** What curl does with -X, -H and -d. */
  private void request(String command) throws Exception {
    String method = "GET";
    byte[] body = null;
    String path = null;
    List<String> headers = new ArrayList<>();
    Iterator<String> words =
        WORD.matcher(command)
            .results()
            .map(m -> m.group(1) == null ? m.group(2) : m.group(1))
            .iterator();
    while (words.hasNext()) {
      String word = words.next();
      switch (word) {
        case "-X" -> method = words.next();
        case "-H" -> headers.addAll(List.of(words.next().split(": ", 2)));
        case "-d" -> {
          method = "POST";
          body = words.next().replace("R1J...", String.valueOf(token)).getBytes();
        }
        default -> {
          assertTrue(word.startsWith("localhost:8080/"), word);
          path = word.substring("localhost:8080".length());
        }
      }
    }
    Client.Reply reply = client.send(method, path, body, headers.toArray(String[]::new));
    assertEquals(200, reply.status(), () -> command + "\n" + reply.body());
    if (path.equals("/recommend")) {
      token = (String) reply.json().get("session");
      assertTrue(reply.body().contains("{\"item\":"), reply.body());
    }
  }

  /** File names have a dot and a letter after it. */
  private String inFolder(String word) {
    return word.matches("[\\w-]+\\.[a-z]\\w*(=.*)?") ? folder.resolve(word).toString() : word;
  }

  private static PrintStream printer(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, false, StandardCharsets.UTF_8);
  }
}
