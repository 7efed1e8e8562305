package io.gru4j.http;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Serves the model of a file over HTTP until it is closed.
 *
 * <p>Thread-safe. {@link #close} lets the requests in flight end, and afterwards no thread of the
 * server is left.
 */
public final class RecommendServer implements AutoCloseable {
  private static final int BACKLOG = 1024;
  private static final int IDLE_LOOKS = 10;
  private static final int LOOK_MILLIS = 10;

  private final Path file;
  private final Consumer<String> log;
  private final HttpServer server;
  private final ModelThreads threads;
  private final ExecutorService requests;

  /** Requests that are being read, answered or written. */
  private final AtomicInteger inFlight = new AtomicInteger();

  private final ReentrantLock reloading = new ReentrantLock();
  private final Metrics metrics = new Metrics();
  private volatile ServedModel model;
  private volatile boolean closing;

  private RecommendServer(Settings settings, ServedModel model, Consumer<String> log)
      throws IOException {
    this.file = settings.file();
    this.model = model;
    this.log = log;
    ServerLimits.apply();
    InetAddress address = InetAddress.getByName(settings.host());
    try {
      server = HttpServer.create(new InetSocketAddress(address, settings.port()), BACKLOG);
    } catch (IOException e) {
      String where = settings.host() + ":" + settings.port();
      throw new IOException(where + ": " + e.getMessage(), e);
    }
    threads = new ModelThreads(settings.threads(), settings.maxWaiting());
    requests = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("gru4j-http").factory());
    server.createContext("/", new RequestHandler(this, new Callers(address, settings.host())));
    server.setExecutor(this::execute);
    server.start();
  }

  private void execute(Runnable request) {
    inFlight.incrementAndGet();
    try {
      requests.execute(
          () -> {
            try {
              request.run();
            } finally {
              inFlight.decrementAndGet();
            }
          });
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      inFlight.decrementAndGet();
      throw e;
    }
  }

  /**
   * What a server needs to know.
   *
   * @param file the model file
   * @param host name or address to listen at
   * @param port to listen at; 0 for any that is free
   * @param threads threads of the model, at least 1
   * @param maxWaiting requests that may wait for one of them, at least 1; more get 503
   */
  public record Settings(Path file, String host, int port, int threads, int maxWaiting) {}

  /**
   * Reads the model and begins to serve it.
   *
   * @param settings what to serve, and where
   * @param log gets a line for each reload and each unexpected error; thread-safe
   * @return a server that answers
   * @throws IOException if the file is no model, or the address cannot be listened at
   */
  public static RecommendServer start(Settings settings, Consumer<String> log) throws IOException {
    return new RecommendServer(settings, ServedModel.load(settings.file()), log);
  }

  /**
   * Returns where the server listens.
   *
   * @return the address, with the port
   */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /**
   * Reads the model file again. Requests that have begun stay with the old model, later ones get
   * the new one; if the file is bad the old model stays. What came of it is logged.
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
   * @throws RequestException 503 if a reload is at work, 500 if the file is bad
   */
  boolean reloadOrThrow() throws RequestException {
    if (!reloading.tryLock()) {
      throw new RequestException(503, "a reload is at work already", "Retry-After", "1");
    }
    try {
      ServedModel before = model;
      ServedModel now = ServedModel.load(file);
      boolean changed = !now.fingerprint().equals(before.fingerprint());
      if (changed) {
        model = now;
      }
      metrics.reload(true);
      log.accept(
          changed
              ? "reload: model %s with %d items".formatted(now.fingerprint(), items(now))
              : "reload: the file has the model that is served, " + now.fingerprint());
      return changed;
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      metrics.reload(false);
      String message = "reload: " + reason(e) + "; the old model stays";
      log.accept(message);
      throw new RequestException(500, message);
    } finally {
      reloading.unlock();
    }
  }

  private static int items(ServedModel model) {
    return model.model().numItems();
  }

  private static String reason(Throwable e) {
    return switch (e) {
      case NoSuchFileException missing -> missing.getFile() + ": no such file";
      case AccessDeniedException denied -> denied.getFile() + ": access denied";
      case OutOfMemoryError full -> "out of memory: a reload needs room for both models";
      default -> e.getMessage() == null ? e.toString() : e.getMessage();
    };
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

  boolean closing() {
    return closing;
  }

  void log(String line) {
    log.accept(line);
  }

  /**
   * Takes no more connections, gives the requests in flight some seconds to end, and ends all
   * threads. A second call does nothing.
   */
  @Override
  public void close() {
    closing = true;
    try (ExecutorService watcher = Executors.newVirtualThreadPerTaskExecutor()) {
      watcher.execute(this::stopWhenIdle);
      server.stop(ServerLimits.DRAIN_SECONDS);
      requests.shutdownNow();
    }
    threads.close();
    awaitEnd(requests);
  }

  /**
   * The JDK's server looks whether all is done when an answer ends, and counts some requests for
   * ever whose clients closed their connections: then it would wait its full time for nothing. One
   * that it has taken and not yet handed over is in no count, hence several looks.
   */
  private void stopWhenIdle() {
    for (int looks = 0; looks < IDLE_LOOKS && !requests.isShutdown(); ) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
      looks = inFlight.get() == 0 ? looks + 1 : 0;
    }
    server.stop(0);
  }

  static void awaitEnd(ExecutorService executor) {
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = executor.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
