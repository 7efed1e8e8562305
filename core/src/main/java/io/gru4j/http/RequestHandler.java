package io.gru4j.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads a request, has it answered, and writes the answer. */
final class RequestHandler implements HttpHandler {
  private static final String JSON = "application/json";

  private final RecommendServer server;
  private final Callers callers;
  private final IndexPage page = IndexPage.load();

  RequestHandler(RecommendServer server, Callers callers) {
    this.server = server;
    this.callers = callers;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    long begin = System.nanoTime();
    server.metrics().begin();
    String path = exchange.getRequestURI().getPath();
    Endpoint endpoint = Endpoint.of(path);
    String status = "aborted";
    try (exchange) {
      Answer answer = answer(exchange, endpoint, path);
      send(exchange, answer);
      status = Integer.toString(answer.status());
    } finally {
      server.metrics().end(endpoint, status, System.nanoTime() - begin);
    }
  }

  /** Answers in every case but that of a client who is gone. */
  private Answer answer(HttpExchange exchange, Endpoint endpoint, String path) throws IOException {
    try {
      checkHeaders(exchange.getRequestHeaders());
      callers.check(exchange);
      endpoint.check(exchange.getRequestMethod(), path);
      return switch (endpoint) {
        case PAGE -> page.answer();
        case HEALTH -> health();
        case METRICS -> metrics();
        case ITEMS -> items(exchange);
        case RECOMMEND -> recommend(exchange);
        case RELOAD -> reload(exchange);
        case OTHER -> throw new IllegalStateException("checked above");
      };
    } catch (RequestException e) {
      return Answer.of(e);
    } catch (OutOfMemoryError e) {
      server.log("out of memory at " + endpoint.path());
      return Answer.error(503, "out of memory: try again later").with("Retry-After", "1");
    } catch (RuntimeException e) {
      server.log("unexpected error at " + endpoint.path() + ", please report it: " + trace(e));
      return Answer.error(500, "unexpected error; the server's log says more");
    }
  }

  private static String trace(RuntimeException e) {
    StringBuilder trace = new StringBuilder(e.toString());
    for (StackTraceElement each : e.getStackTrace()) {
      trace.append("\n  at ").append(each);
    }
    return trace.toString();
  }

  private static void checkHeaders(Headers headers) throws RequestException {
    long bytes = 0;
    for (Map.Entry<String, List<String>> each : headers.entrySet()) {
      for (String value : each.getValue()) {
        bytes += each.getKey().length() + value.length() + 4L;
      }
    }
    if (bytes > ServerLimits.HEADER_BYTES) {
      throw new RequestException(
          431,
          "the headers have %d bytes, at most %d are read"
              .formatted(bytes, ServerLimits.HEADER_BYTES));
    }
  }

  private Answer health() {
    ServedModel model = server.model();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("status", server.closing() ? "closing" : "ok");
    body.put("model", model.fingerprint());
    body.put("items", model.model().numItems());
    body.put("loaded", model.loaded().toString());
    return Answer.json(server.closing() ? 503 : 200, body);
  }

  private Answer metrics() {
    String text = server.metrics().text(server.model(), server.threads().waiting());
    return new Answer(200, Metrics.CONTENT_TYPE, text.getBytes(StandardCharsets.UTF_8));
  }

  private Answer items(HttpExchange exchange) throws RequestException {
    Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
    String text = query.getOrDefault("q", "");
    if (text.length() > ServerLimits.SEARCH_CHARS) {
      throw new RequestException(
          400, "q must have at most " + ServerLimits.SEARCH_CHARS + " characters");
    }
    String limit = query.getOrDefault("limit", "20");
    if (!limit.matches("[1-9]\\d{0,3}") || Integer.parseInt(limit) > ServerLimits.TOP) {
      throw new RequestException(
          400,
          "limit must be an integer in [1, %d], got %s"
              .formatted(ServerLimits.TOP, RequestException.quote(limit)));
    }
    ServedModel model = server.model();
    return Answer.json(
        200, server.threads().run(() -> model.search(text, Integer.parseInt(limit))));
  }

  private static Map<String, String> query(String raw) throws RequestException {
    Map<String, String> query = new HashMap<>();
    if (raw == null || raw.isEmpty()) {
      return query;
    }
    for (String part : raw.split("&")) {
      int equals = part.indexOf('=');
      String name = equals < 0 ? part : part.substring(0, equals);
      if (!name.equals("q") && !name.equals("limit")) {
        throw new RequestException(
            400, "unknown parameter " + RequestException.quote(name) + "; there are q, limit");
      }
      String value = equals < 0 ? "" : part.substring(equals + 1);
      if (query.put(name, URLDecoder.decode(value, StandardCharsets.UTF_8)) != null) {
        throw new RequestException(400, "the parameter " + name + " is given twice");
      }
    }
    return query;
  }

  private Answer recommend(HttpExchange exchange) throws IOException, RequestException {
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    if (type == null || !type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(JSON)) {
      String got = type == null ? "none" : RequestException.quote(type);
      throw new RequestException(
          415, "the Content-Type must be " + JSON + ", got " + got, "Accept-Post", JSON);
    }
    byte[] body = body(exchange);
    ServedModel model = server.model();
    return Answer.json(
        200, server.threads().run(() -> model.recommend(RecommendRequest.parse(body))));
  }

  private static byte[] body(HttpExchange exchange) throws IOException, RequestException {
    InputStream in = exchange.getRequestBody();
    byte[] body = in.readNBytes(ServerLimits.BODY_BYTES + 1);
    if (body.length > ServerLimits.BODY_BYTES) {
      // A client that still writes when the connection is closed might not see the answer.
      discard(in);
      throw new RequestException(
          413,
          "the body has more than " + ServerLimits.BODY_BYTES + " bytes",
          "Connection",
          "close");
    }
    return body;
  }

  private static void discard(InputStream in) throws IOException {
    byte[] buffer = new byte[8192];
    int read = 0;
    int left = ServerLimits.DISCARDED_BYTES;
    while (read >= 0 && left > 0) {
      read = in.read(buffer);
      left -= read;
    }
  }

  private Answer reload(HttpExchange exchange) throws IOException, RequestException {
    callers.checkReload(exchange);
    body(exchange); // nothing is expected in it
    boolean changed = server.threads().reload(server::reloadOrThrow);
    ServedModel model = server.model();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("changed", changed);
    answer.put("model", model.fingerprint());
    answer.put("items", model.model().numItems());
    return Answer.json(200, answer);
  }

  private void send(HttpExchange exchange, Answer answer) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", answer.type());
    headers.set("Cache-Control", "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
    for (int i = 0; i < answer.headers().size(); i += 2) {
      headers.set(answer.headers().get(i), answer.headers().get(i + 1));
    }
    if (server.closing()) {
      headers.set("Connection", "close");
    }
    int length = answer.body().length;
    if (exchange.getRequestMethod().equals("HEAD")) {
      headers.set("Content-Length", Integer.toString(length));
      exchange.sendResponseHeaders(answer.status(), -1);
    } else {
      exchange.sendResponseHeaders(answer.status(), length);
      exchange.getResponseBody().write(answer.body());
    }
  }
}
