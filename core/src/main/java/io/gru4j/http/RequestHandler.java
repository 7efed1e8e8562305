package io.gru4j.http;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Has a request answered, and writes the answer. */
final class RequestHandler {
  private static final String JSON = "application/json";

  private final RecommendServer server;
  private final Callers callers;
  private final ByteBudget budget;
  private final Throttled outOfMemory;
  private final Throttled unexpected;
  private final IndexPage page = IndexPage.load();

  RequestHandler(RecommendServer server, Callers callers, ByteBudget budget) {
    this.server = server;
    this.callers = callers;
    this.budget = budget;
    this.outOfMemory = new Throttled(server::log);
    this.unexpected = new Throttled(server::log);
  }

  /**
   * Answers a request.
   *
   * @return whether the connection may stay open
   * @throws IOException if the client is gone
   */
  boolean handle(Request request, BodyReader body, Connection connection) throws IOException {
    long begin = System.nanoTime();
    server.metrics().begin();
    Endpoint endpoint = Endpoint.of(request.path());
    String status = "aborted";
    long held = 0;
    try {
      Answer answer = answer(request, endpoint, body, connection);
      body.close(); // its bytes are not needed any more
      try {
        held = hold(answer);
      } catch (RequestException e) {
        answer = Answer.of(e);
      }
      connection.writing();
      boolean close = server.closing() || !request.persistent() || !body.canEnd();
      boolean withBody = !request.method().equals("HEAD");
      ResponseWriter.write(connection.channel(), answer, withBody, close);
      status = Integer.toString(answer.status());
      return !close;
    } finally {
      budget.give(held);
      server.metrics().end(endpoint, status, System.nanoTime() - begin);
    }
  }

  /** Answers what could not be read as a request. */
  void refuse(RequestException e, WritableByteChannel out) throws IOException {
    long begin = System.nanoTime();
    server.metrics().begin();
    String status = "aborted";
    try {
      ResponseWriter.write(out, Answer.of(e), true, true);
      status = Integer.toString(e.status());
    } finally {
      server.metrics().end(Endpoint.OTHER, status, System.nanoTime() - begin);
    }
  }

  /** Counts an answer that a client may let lie as long as it likes. */
  private long hold(Answer answer) throws RequestException {
    long bytes = Math.max(0, answer.body().length - ServerLimits.BUFFER_BYTES);
    budget.take(bytes);
    return bytes;
  }

  /** Answers in every case but that of a client who is gone. */
  private Answer answer(Request request, Endpoint endpoint, BodyReader body, Connection connection)
      throws IOException {
    try {
      callers.check(request);
      endpoint.check(request.method(), request.path());
      return switch (endpoint) {
        case PAGE -> page.answer();
        case HEALTH -> health();
        case METRICS -> metrics();
        case ITEMS -> items(request, connection);
        case RECOMMEND -> recommend(request, body, connection);
        case TRACE -> trace(request, body, connection);
        case RELOAD -> reload(request, body, connection);
        case OTHER -> throw new IllegalStateException("checked above");
      };
    } catch (RequestException e) {
      return Answer.of(e);
    } catch (OutOfMemoryError e) {
      outOfMemory.say("out of memory at " + endpoint.path());
      return Answer.error(503, "out of memory: try again later").with("Retry-After", "1");
    } catch (RuntimeException e) {
      unexpected.say("unexpected error at " + endpoint.path() + ", please report it: " + trace(e));
      return Answer.error(500, "unexpected error; the server's log says more");
    }
  }

  static String trace(RuntimeException e) {
    StringBuilder trace = new StringBuilder(e.toString());
    for (StackTraceElement each : e.getStackTrace()) {
      trace.append("\n  at ").append(each);
    }
    return trace.toString();
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

  private Answer items(Request request, Connection connection) throws RequestException {
    Map<String, String> query = query(request.query());
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
    connection.answering();
    return server
        .threads()
        .run(() -> Answer.json(200, model.search(text, Integer.parseInt(limit))));
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

  private Answer recommend(Request request, BodyReader body, Connection connection)
      throws IOException, RequestException {
    byte[] bytes = json(request, body);
    ServedModel model = server.model();
    connection.answering();
    return server.threads().run(new Recommending(model, bytes, server.metrics()));
  }

  private Answer trace(Request request, BodyReader body, Connection connection)
      throws IOException, RequestException {
    byte[] bytes = json(request, body);
    ServedModel model = server.model();
    connection.answering();
    return server.threads().run(() -> Answer.json(200, model.trace(TraceRequest.parse(bytes))));
  }

  private static byte[] json(Request request, BodyReader body)
      throws IOException, RequestException {
    String type = request.header("content-type");
    if (type == null || !type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(JSON)) {
      String got = type == null ? "none" : RequestException.quote(type);
      throw new RequestException(
          415, "the Content-Type must be " + JSON + ", got " + got, "Accept-Post", JSON);
    }
    return body.read();
  }

  private Answer reload(Request request, BodyReader body, Connection connection)
      throws IOException, RequestException {
    callers.checkReload(request);
    body.read(); // nothing is expected in it
    connection.answering();
    boolean changed = server.reloadOrThrow();
    ServedModel model = server.model();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("changed", changed);
    answer.put("model", model.fingerprint());
    answer.put("items", model.model().numItems());
    return Answer.json(200, answer);
  }
}
