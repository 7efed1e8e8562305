package io.gru4j.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gru4j.file.Json;
import io.gru4j.model.Recommendation;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Speaks HTTP to a server under test. Types of the JDK's client stay in here: the module under test
 * does not read java.net.http before this class is initialised.
 */
public final class Client implements AutoCloseable {
  static {
    Client.class.getModule().addReads(ModuleLayer.boot().findModule("java.net.http").orElseThrow());
  }

  private final String root;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** What came back. */
  public record Reply(int status, Map<String, List<String>> headers, String body) {
    /** The body as a JSON object. */
    @SuppressWarnings("unchecked")
    public Map<String, Object> json() {
      assertEquals("application/json", header("content-type").orElseThrow());
      return (Map<String, Object>) Json.parse(body.strip());
    }

    Optional<String> header(String name) {
      return headers.getOrDefault(name, List.of()).stream().findFirst();
    }

    /** The recommendations; scores as the floats they were. */
    List<Recommendation> recommendations() {
      assertEquals(200, status, body);
      List<Recommendation> result = new ArrayList<>();
      for (Object each : (List<?>) json().get("recommendations")) {
        Map<?, ?> entry = (Map<?, ?>) each;
        float score = ((Number) entry.get("score")).floatValue();
        result.add(new Recommendation((String) entry.get("item"), score));
      }
      return result;
    }

    String token() {
      return (String) json().get("session");
    }

    /** What an error says, whose JSON names the status too. */
    String error(int expected) {
      assertEquals(expected, status, body);
      assertEquals((long) expected, json().get("status"));
      return (String) json().get("error");
    }
  }

  /** Speaks to a server on this machine. */
  public Client(int port) {
    root = "http://127.0.0.1:" + port;
  }

  /** Sends a request; headers are names and values in turn. */
  public Reply send(String method, String path, byte[] body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(root + path))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> answer =
        http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    return new Reply(answer.statusCode(), answer.headers().map(), answer.body());
  }

  /** GET. */
  public Reply get(String path) throws IOException, InterruptedException {
    return send("GET", path, null);
  }

  Reply recommend(Map<String, Object> body) throws IOException, InterruptedException {
    return recommend(Json.write(body));
  }

  /** POST /recommend with a JSON body. */
  public Reply recommend(String body) throws IOException, InterruptedException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return send("POST", "/recommend", bytes, "Content-Type", "application/json");
  }

  @Override
  public void close() {
    http.close();
  }

  /**
   * Sends bytes that no well-behaved client would, and reads until the server closes.
   *
   * @param text what to send, in ISO 8859-1
   * @return all that came back
   */
  static String raw(InetSocketAddress server, String text) throws IOException {
    try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
      socket.setSoTimeout(300_000);
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** As {@link #raw}, where the server may close with a reset because it has not read all. */
  static String closed(InetSocketAddress server, String text) throws IOException {
    try {
      return raw(server, text);
    } catch (SocketException e) {
      return "";
    }
  }
}
