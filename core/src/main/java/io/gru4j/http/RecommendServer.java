package io.gru4j.http;

import io.gru4j.data.IdMap;
import io.gru4j.data.ItemTitles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Serves the model of a file over HTTP until it is closed.
 *
 * <p>Thread-safe. {@link #close} lets the requests in flight end, and afterwards no thread of the
 * server is left, but one that reads a file which never comes to an end: it is a daemon.
 */
public final class RecommendServer implements AutoCloseable {
  private final Consumer<String> log;
  private final Consumer<Throwable> fatal;
  private final AtomicBoolean broken = new AtomicBoolean();
  private final HttpListener listener;
  private final InetSocketAddress address;
  private final ByteBudget budget;
  private final ModelThreads threads;
  private final Thread preparing =
      Thread.ofPlatform().daemon().name("gru4j-prepare").unstarted(() -> prepare(model()));
  private final Reloader reloader;
  private final Metrics metrics = new Metrics();
  private volatile ServedModel model;
  private volatile boolean closing;

  private RecommendServer(
      Settings settings,
      Timeouts timeouts,
      Reloader.Loader loader,
      Consumer<String> log,
      Consumer<Throwable> fatal)
      throws IOException {
    this.log = log;
    this.fatal = fatal;
    InetAddress host = InetAddress.getByName(settings.host());
    budget = ByteBudget.ofHeap();
    RequestHandler handler = new RequestHandler(this, new Callers(host, settings.host()), budget);
    Connections connections = new Connections(settings.maxConnections());
    try {
      listener =
          new HttpListener(
              this,
              new InetSocketAddress(host, settings.port()),
              handler,
              connections,
              budget,
              timeouts);
      address = listener.address();
    } catch (IOException e) {
      String where = settings.host() + ":" + settings.port();
      throw new IOException(where + ": " + e.getMessage(), e);
    }
    threads = new ModelThreads(settings.threads(), settings.maxWaiting());
    HeapRoom room = new HeapRoom(budget);
    reloader =
        new Reloader(
            settings.file(),
            file -> {
              checkRegular(file);
              long taken = room.take(file, settings.titlesOrNull(), loader);
              try {
                ServedModel now = titled(loader.load(file), settings, log);
                prepare(now);
                return now;
              } finally {
                room.give(taken);
              }
            },
            this::put,
            timeouts,
            log,
            metrics,
            this::fatal);
  }

  /**
   * What a server needs to know.
   *
   * @param file the model file
   * @param host name or address to listen at
   * @param port to listen at; 0 for any that is free
   * @param threads threads of the model, at least 1
   * @param maxWaiting requests that may wait for one of them, at least 1; more get 503
   * @param maxConnections connections at once, at least 1; beyond them idle ones are closed
   * @param titlesOrNull the file of the items' titles, as {@link ItemTitles} reads it; null: none
   */
  public record Settings(
      Path file,
      String host,
      int port,
      int threads,
      int maxWaiting,
      int maxConnections,
      Path titlesOrNull) {
    /** As many connections as heap and open files have room for, and no titles. */
    public Settings(Path file, String host, int port, int threads, int maxWaiting) {
      this(file, host, port, threads, maxWaiting, defaultConnections(), null);
    }

    /** These settings with a file of titles. */
    Settings withTitles(Path titles) {
      return new Settings(file, host, port, threads, maxWaiting, maxConnections, titles);
    }
  }

  /**
   * Returns how many connections the heap and the process's limit of open files have room for.
   *
   * @return at most 1,000
   */
  public static int defaultConnections() {
    int ofHeap = connectionsOfHeap();
    return Math.min(ofHeap, OpenFiles.now().map(OpenFiles::connections).orElse(ofHeap));
  }

  /**
   * Says whether the process's limit of open files leaves fewer connections than the heap has room
   * for, or than are wanted.
   *
   * @param maxConnections connections at once
   * @return a line for the log with the limit, what follows from it, and how to raise it; empty if
   *     it is high enough, or not known
   */
  public static Optional<String> shortageOfFiles(int maxConnections) {
    return OpenFiles.now().flatMap(files -> files.shortage(maxConnections, connectionsOfHeap()));
  }

  private static int connectionsOfHeap() {
    return ServerLimits.connectionsOfHeap(Runtime.getRuntime().maxMemory());
  }

  /**
   * Reads the model and begins to serve it. After an error that it cannot go on from the server
   * closes its port.
   *
   * @param settings what to serve, and where
   * @param log gets a line for each reload and each unexpected error; thread-safe, and does not
   *     block
   * @return a server that answers
   * @throws IOException if the file is no model, or the address cannot be listened at
   */
  public static RecommendServer start(Settings settings, Consumer<String> log) throws IOException {
    return start(settings, log, error -> log.accept("the server ends: " + error));
  }

  /**
   * As the other, for a caller who ends the process.
   *
   * @param settings what to serve, and where
   * @param log gets a line for each reload and each unexpected error; thread-safe, and does not
   *     block
   * @param fatal gets, once, an error that a thread of the server has ended with, such as a full
   *     heap; the server is of no use then
   * @return a server that answers
   * @throws IOException if the file is no model, or the address cannot be listened at
   */
  public static RecommendServer start(
      Settings settings, Consumer<String> log, Consumer<Throwable> fatal) throws IOException {
    return start(settings, Timeouts.DEFAULT, ServedModel::load, log, fatal);
  }

  static RecommendServer start(
      Settings settings,
      Timeouts timeouts,
      Reloader.Loader loader,
      Consumer<String> log,
      Consumer<Throwable> fatal)
      throws IOException {
    checkRegular(settings.file());
    ServedModel first = titled(ServedModel.load(settings.file()), settings, log);
    RecommendServer server = new RecommendServer(settings, timeouts, loader, log, fatal);
    server.model = first;
    server.listener.start();
    server.preparing.start(); // beside the first requests, which do not wait for it
    return server;
  }

  /** Makes what a large catalogue's best items are found with; without it answers take longer. */
  private void prepare(ServedModel model) {
    try {
      model.prepare(1); // the requests meanwhile need the other processors
    } catch (OutOfMemoryError e) {
      log.accept("no memory for a coarse copy of the output layer: answers take longer (-Xmx)");
    }
  }

  /** Opening anything else, such as a named pipe, could wait for ever. */
  private static void checkRegular(Path file) throws IOException {
    checkRegular(file, "a model file");
  }

  private static void checkRegular(Path file, String expected) throws IOException {
    if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
      throw new IOException(file + ": is not a regular file, expected " + expected);
    }
  }

  /** The model with the titles of its items, if there is a file of them. */
  private static ServedModel titled(ServedModel model, Settings settings, Consumer<String> log)
      throws IOException {
    Path file = settings.titlesOrNull();
    if (file == null) {
      return model;
    }
    checkRegular(file, "a table of titles");
    IdMap items = model.model().items();
    ItemTitles titles = ItemTitles.read(file, items);
    log.accept(
        "%s: %,d of %,d items have a title; rows of items that the model does not know: %,d"
            .formatted(file, titles.count(), items.size(), titles.unknown()));
    return model.withTitles(titles);
  }

  /**
   * Returns where the server listens.
   *
   * @return the address, with the port
   */
  public InetSocketAddress address() {
    return address;
  }

  /**
   * Reads the model file again. Requests that have begun stay with the old model, later ones get
   * the new one; if the file is bad, or has no room in the heap beside the old one, the old model
   * stays. What came of it is logged. Returns after half a minute even if the file system hangs.
   *
   * @return whether the server now has the model of the file
   */
  public boolean reload() {
    try {
      reloadOrThrow();
      return true;
    } catch (RequestException e) {
      return false; // logged
    }
  }

  /**
   * As {@link #reload}.
   *
   * @return whether the model is another one than before
   * @throws RequestException 503 if a reload is at work, takes too long or more heap than there is,
   *     500 if the file is bad
   */
  boolean reloadOrThrow() throws RequestException {
    return reloader.reload();
  }

  private boolean put(ServedModel now) {
    boolean changed = !now.fingerprint().equals(model.fingerprint());
    model = changed ? now.after(model) : model.withTitles(now.titles());
    return changed;
  }

  /** The model that a request is to use, to its end. */
  ServedModel model() {
    return model;
  }

  Metrics metrics() {
    return metrics;
  }

  ModelThreads threads() {
    return threads;
  }

  ByteBudget budget() {
    return budget;
  }

  boolean closing() {
    return closing;
  }

  void log(String line) {
    log.accept(line);
  }

  /** Something that no thread of the server may go on after. */
  void fatal(Throwable error) {
    if (broken.compareAndSet(false, true)) {
      try {
        fatal.accept(error);
      } finally {
        listener.stopListening();
      }
    }
  }

  /**
   * Takes no more connections, gives the requests in flight some seconds to end, and ends all
   * threads. A second call does nothing.
   */
  @Override
  public void close() {
    closing = true;
    listener.close(TimeUnit.SECONDS.toNanos(ServerLimits.DRAIN_SECONDS));
    threads.close();
    reloader.close();
    try {
      preparing.join(); // it computes alone, for less than a second
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
