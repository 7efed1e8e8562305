package io.gru4j.cli;

import io.gru4j.file.OneLine;
import io.gru4j.http.RecommendServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/** {@code gru4j serve}. */
final class ServeCommand implements Command {
  /** After a signal the process ends, whatever hangs: the requests have less. */
  private static final Duration END_TIME = Duration.ofSeconds(25);

  @Override
  public String name() {
    return "serve";
  }

  @Override
  public String summary() {
    return "answer over HTTP, with a page to click through";
  }

  @Override
  public String usage() {
    return "--model M [--port 8080] [--host localhost] [flags]";
  }

  @Override
  public String details() {
    return "POST /recommend takes JSON, such as {\"items\": [\"a\", \"b\"], \"k\": 20}, and answers"
        + " {\"model\": fingerprint, \"session\": token, \"clicks\": n, \"unknown\":"
        + " [items], \"recommendations\": [{\"item\": id, \"score\": x}, ...]}. With"
        + " \"session\": token and the new clicks alone in \"items\" a session goes on. Also"
        + " \"unknown\": \"skip\" or \"fail\", \"candidates\": [items], \"exclude\":"
        + " [items], \"exclude_seen\": true, \"probability\": true, \"why\": true (what"
        + " each click does to each score). The token of an earlier"
        + " model goes on, with \"taken_over\": true; one of a stranger gets 409: send all"
        + " items again. POST /trace answers with the gates and states of each click.\n"
        + "GET / is a page to click through, GET /items?q=TEXT&limit=N searches ids, GET"
        + " /health and GET /metrics (Prometheus) are for machines. POST /reload, on the"
        + " machine itself only, or SIGHUP reads the model file again: requests in flight"
        + " end with the old model, and it stays where the file is bad.\n"
        + "A wrong request gets a 4xx with {\"status\": n, \"error\": text}; too many at"
        + " once get 503 with Retry-After. SIGTERM and SIGINT let the requests in flight"
        + " end. There is no TLS and no login: --host beyond localhost is for networks that"
        + " you trust.\n"
        + "stdout gets the address, stderr reloads and errors. Exit status 3 means that the"
        + " server could not go on, such as without memory, and is to be started again.";
  }

  @Override
  public List<Option> options() {
    return List.of(
        new Option("model", "M", "the model file"),
        new Option(
            "titles",
            "FILE",
            "titles of the items for page and answers: a table with the columns ItemId, Title and,"
                + " if it has them, Picture (an address, as text); a reload reads it again"),
        new Option("port", "N", "the port (default 8080); 0 for any that is free"),
        new Option("host", "NAME", "the name or address to listen at (default localhost)"),
        new Option("threads", "N", "threads of the model (default: all processors)"),
        new Option(
            "max-waiting",
            "N",
            "requests that may wait for one of those threads (default 256); more get 503"),
        new Option(
            "max-connections",
            "N",
            "connections at once (default 1000, or what heap and open files have room for);"
                + " beyond them those that ask nothing are closed"));
  }

  @Override
  public void run(CommandLine line, Console console)
      throws UsageException, WorkException, IOException {
    Path file = line.requirePath("model");
    int port = line.integer("port", 8080, 0, 65_535);
    String host = line.get("host").orElse("localhost");
    if (host.isBlank()) {
      throw new UsageException("--host must not be empty");
    }
    int threads = SessionInput.threads(line);
    int maxWaiting = line.integer("max-waiting", 256, 1, 1_000_000);
    int maxConnections =
        line.integer("max-connections", RecommendServer.defaultConnections(), 1, 1_000_000);
    Optional<String> shortage = RecommendServer.shortageOfFiles(maxConnections);
    if (Files.isDirectory(file)) {
      throw new WorkException(file + ": is a folder, expected a model file");
    }
    Path titles = line.path("titles").orElse(null);
    serve(
        new RecommendServer.Settings(file, host, port, threads, maxWaiting, maxConnections, titles),
        shortage,
        console);
  }

  private static void serve(
      RecommendServer.Settings settings, Optional<String> shortage, Console console)
      throws IOException {
    CountDownLatch stop = new CountDownLatch(1);
    LastLine lastLine = new LastLine();
    // Threads of the JDK that the server needs may end with an error too.
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    try (LogQueue log = new LogQueue(console.err());
        StopSignal signal =
            new StopSignal(
                stop::countDown, "lets the requests in flight end", log::println, END_TIME);
        RecommendServer server =
            RecommendServer.start(
                settings, text -> log.println("gru4j serve: " + lines(text)), lastLine::end)) {
      Thread.setDefaultUncaughtExceptionHandler((thread, e) -> uncaught(e, log, lastLine));
      signal.listen();
      shortage.ifPresent(text -> log.println("gru4j serve: " + text));
      ReloadSignal.listen(server::reload);
      console.out().println(url(server.address()));
      console.out().flush();
      if (!server.address().getAddress().isLoopbackAddress()) {
        log.println("gru4j serve: other machines can send requests, without a login");
      }
      stop.await();
    } catch (InterruptedException e) {
      // An interrupt of the command's thread ends it in the same way as a signal.
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  private static void uncaught(Throwable e, LogQueue log, LastLine lastLine) {
    if (e instanceof Error) {
      lastLine.end(e);
    } else {
      log.println("gru4j serve: unexpected error, please report it: " + e);
    }
  }

  private static String url(InetSocketAddress address) {
    InetAddress at = address.getAddress();
    String host = at.isAnyLocalAddress() ? "localhost" : at.getHostAddress();
    return "http://"
        + (host.contains(":") ? "[" + host + "]" : host)
        + ":"
        + address.getPort()
        + "/";
  }

  /** The lines of a stack trace stay lines; whatever strangers have sent into it steers nothing. */
  private static String lines(String text) {
    return text.lines().map(OneLine::of).collect(Collectors.joining("\n"));
  }
}
