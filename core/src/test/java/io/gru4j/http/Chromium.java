package io.gru4j.http;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.file.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A headless Chromium with one page, driven over its DevTools protocol by the JDK's own web socket:
 * no driver is installed. Mouse and keys are the browser's, so what is covered or disabled is not
 * clicked.
 */
final class Chromium implements AutoCloseable {
  static {
    Chromium.class
        .getModule()
        .addReads(ModuleLayer.boot().findModule("java.net.http").orElseThrow());
  }

  private static final long SECONDS = 300;
  private static final String LISTENS = "DevTools listening on ";

  private final Process process;
  private final HttpClient http = HttpClient.newHttpClient();
  private final WebSocket socket;
  private final AtomicLong ids = new AtomicLong();
  private final Map<Long, CompletableFuture<Map<?, ?>>> replies = new ConcurrentHashMap<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private final List<String> requested = new CopyOnWriteArrayList<>();
  private final String session;

  /** The program, if there is one. */
  static Optional<Path> program() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.of("chromium", "chromium-browser", "google-chrome")
        .flatMap(name -> Stream.of(path.split(":")).map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  Chromium(Path program, Path profile, String url) throws Exception {
    process =
        new ProcessBuilder(
                program.toString(),
                "--headless",
                "--no-sandbox", // a container's root has none
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader err = process.errorReader();
    String line = err.readLine();
    while (line != null && !line.startsWith(LISTENS)) {
      line = err.readLine();
    }
    assertTrue(line != null, "Chromium ended before it listened");
    Thread.ofVirtual().start(() -> drain(err));
    URI browser = URI.create(line.substring(LISTENS.length()));
    socket =
        http.newWebSocketBuilder()
            .buildAsync(browser, new Listener())
            .get(SECONDS, TimeUnit.SECONDS);
    Map<?, ?> target = call(null, "Target.createTarget", Map.of("url", "about:blank"));
    Map<?, ?> attached =
        call(
            null,
            "Target.attachToTarget",
            Map.of("targetId", target.get("targetId"), "flatten", true));
    session = (String) attached.get("sessionId");
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      call(domain + ".enable", Map.of());
    }
    call("Page.navigate", Map.of("url", url));
  }

  private static void drain(BufferedReader reader) {
    try {
      while (reader.readLine() != null) {
        continue;
      }
    } catch (IOException e) {
      return; // it was ended
    }
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      message.append(data);
      if (last) {
        received((Map<?, ?>) Json.parse(message.toString()));
        message.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  private void received(Map<?, ?> message) {
    if (message.get("id") instanceof Long id) {
      replies.remove(id).complete(message);
      return;
    }
    Map<?, ?> params = (Map<?, ?>) message.get("params");
    switch ((String) message.get("method")) {
      case "Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled" ->
          complaints.add(Json.write(params));
      case "Network.requestWillBeSent" ->
          requested.add((String) ((Map<?, ?>) params.get("request")).get("url"));
      default -> {} // of no interest
    }
  }

  private Map<?, ?> call(String method, Map<String, Object> params) throws Exception {
    return call(session, method, params);
  }

  private Map<?, ?> call(String toSession, String method, Map<String, Object> params)
      throws Exception {
    long id = ids.incrementAndGet();
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("id", id);
    message.put("method", method);
    message.put("params", params);
    if (toSession != null) {
      message.put("sessionId", toSession);
    }
    CompletableFuture<Map<?, ?>> reply = new CompletableFuture<>();
    replies.put(id, reply);
    socket.sendText(Json.write(message), true).get(SECONDS, TimeUnit.SECONDS);
    Map<?, ?> answer = reply.get(SECONDS, TimeUnit.SECONDS);
    if (answer.containsKey("error")) {
      throw new AssertionError(method + ": " + answer.get("error"));
    }
    return (Map<?, ?>) answer.get("result");
  }

  /** The value of a JavaScript expression, as JSON has it. */
  Object evaluate(String expression) throws Exception {
    Map<?, ?> answer =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (answer.containsKey("exceptionDetails")) {
      throw new AssertionError(expression + ": " + answer.get("exceptionDetails"));
    }
    return ((Map<?, ?>) answer.get("result")).get("value");
  }

  /** Waits until an expression is true. */
  void await(String expression) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!Boolean.TRUE.equals(evaluate(expression))) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "never true: " + expression + "; the page: " + evaluate("document.body.innerText"));
      }
      Thread.sleep(10);
    }
  }

  /** Clicks the middle of what an expression finds. */
  void click(String element) throws Exception {
    List<?> at = place(element, 0.5, 0.5);
    mouse("mousePressed", at);
    mouse("mouseReleased", at);
  }

  /** Points at a place in what an expression finds, given by its shares of width and height. */
  void point(String element, double x, double y) throws Exception {
    mouse("mouseMoved", place(element, x, y));
  }

  private List<?> place(String element, double x, double y) throws Exception {
    Object at =
        evaluate(
            "(e => { e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect();"
                + " return [r.x + r.width * %s, r.y + r.height * %s]; })(%s)"
                    .formatted(x, y, element));
    return (List<?>) at;
  }

  private void mouse(String type, List<?> at) throws Exception {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("type", type);
    event.put("x", at.get(0));
    event.put("y", at.get(1));
    if (!type.equals("mouseMoved")) {
      event.put("button", "left");
      event.put("clickCount", 1);
    }
    call("Input.dispatchMouseEvent", event);
  }

  /** Types a text where the focus is. */
  void type(String text) throws Exception {
    call("Input.insertText", Map.of("text", text));
  }

  /** Presses a key, such as {@code Tab}. */
  void press(String key, int code, String text) throws Exception {
    Map<String, Object> down = new LinkedHashMap<>();
    down.put("type", text.isEmpty() ? "rawKeyDown" : "keyDown");
    down.put("key", key);
    down.put("code", key);
    down.put("windowsVirtualKeyCode", code);
    down.put("text", text);
    call("Input.dispatchKeyEvent", down);
    call("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", key, "code", key));
  }

  /** Makes the window so large, in a light or dark environment. */
  void window(int width, int height, boolean dark) throws Exception {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    String scheme = dark ? "dark" : "light";
    call(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  /** Writes a picture of the window. */
  void screenshot(Path file) throws Exception {
    Map<?, ?> picture = call("Page.captureScreenshot", Map.of("format", "png"));
    Files.write(file, Base64.getDecoder().decode((String) picture.get("data")));
  }

  /** What the page wrote to its console, and the browser about it. */
  List<String> complaints() {
    return complaints;
  }

  /** Every address that the page asked for. */
  List<String> requested() {
    return requested;
  }

  @Override
  public void close() {
    try {
      call(null, "Browser.close", Map.of());
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("Chromium does not end");
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    } finally {
      socket.abort();
      http.close();
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
