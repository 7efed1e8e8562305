package io.gru4j.http;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Reads the model file again, each time on a thread of its own, which nobody waits for longer than
 * {@link Timeouts#reload}: a file system may hang for ever. A reading that takes longer goes on,
 * and its model is served if it comes to an end before a later one has. Thread-safe.
 */
final class Reloader {
  /** How a model is read. */
  interface Loader extends HeapRoom.Opening {
    @Override
    default FileChannel open(Path file) throws IOException {
      return FileChannel.open(file);
    }

    /** Reads the file; may take as long as the file system does. */
    ServedModel load(Path file) throws IOException, RequestException;
  }

  /** Where the server's model is. */
  interface Slot {
    /** Takes a model; says whether it is another one than before. */
    boolean put(ServedModel model);
  }

  private static final long END_SECONDS = 1;

  private final Path file;
  private final Loader loader;
  private final Slot slot;
  private final long nanos;
  private final Consumer<String> log;
  private final Metrics metrics;
  private final Consumer<Throwable> fatal;
  private final Set<Reading> unended = new LinkedHashSet<>();
  private Reading newest;
  private long readings;
  private long served;

  /** One reading of the file. */
  private final class Reading {
    final long number = ++readings;
    final long begin = System.nanoTime();
    final FutureTask<Boolean> task = new FutureTask<>(this::read);
    final CountDownLatch ended = new CountDownLatch(1);

    long nanosUntilNow() {
      return System.nanoTime() - begin;
    }

    void start() {
      Thread.ofPlatform().daemon().name("gru4j-reload").start(this::run);
    }

    private void run() {
      try {
        task.run();
      } catch (Throwable e) {
        fatal.accept(e);
      } finally {
        end(this);
      }
    }

    private boolean read() throws RequestException {
      try {
        ServedModel model = loader.load(file);
        boolean changed = put(this, model);
        metrics.reload(true);
        log.accept(
            changed
                ? "reload: model %s with %d items"
                    .formatted(model.fingerprint(), model.model().numItems())
                : "reload: the file has the model that is served, " + model.fingerprint());
        return changed;
      } catch (IOException | RuntimeException | OutOfMemoryError e) {
        throw failed(500, reason(e));
      } catch (RequestException e) {
        throw failed(e.status(), e.getMessage());
      } catch (Error e) {
        fatal.accept(e);
        throw e;
      }
    }
  }

  Reloader(
      Path file,
      Loader loader,
      Slot slot,
      Timeouts timeouts,
      Consumer<String> log,
      Metrics metrics,
      Consumer<Throwable> fatal) {
    this.file = file;
    this.loader = loader;
    this.slot = slot;
    this.nanos = timeouts.reload().toNanos();
    this.log = log;
    this.metrics = metrics;
    this.fatal = fatal;
  }

  /**
   * Reads the file.
   *
   * @return whether the model is another one than before
   * @throws RequestException 503 if that is not possible now, 500 if the file is bad
   */
  boolean reload() throws RequestException {
    Reading mine = begin();
    try {
      return mine.task.get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      String message =
          "reload: %s is not read after %d s; the old model stays until it is"
              .formatted(file, TimeUnit.NANOSECONDS.toSeconds(nanos));
      log.accept(message);
      throw new RequestException(503, message, "Retry-After", "10");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ModelThreads.busy("the server stops");
    } catch (ExecutionException e) {
      throw ModelThreads.thrown(e);
    }
  }

  private synchronized Reading begin() throws RequestException {
    if (newest != null && !newest.task.isDone() && newest.nanosUntilNow() < nanos) {
      throw new RequestException(503, "a reload is at work already", "Retry-After", "1");
    }
    List<Reading> hanging = unended.stream().filter(each -> !each.task.isDone()).toList();
    if (hanging.size() >= ServerLimits.RELOADS_HANGING) {
      throw failed(503, tooMany(hanging.size(), hanging.getFirst()));
    }
    newest = new Reading();
    unended.add(newest);
    newest.start();
    return newest;
  }

  private String tooMany(int hanging, Reading oldest) {
    Duration time = Duration.ofNanos(oldest.nanosUntilNow());
    return "%d readings of %s hang in the file system, the first since %s (%d s); when one ends, a reload is possible again"
        .formatted(
            hanging,
            file,
            Instant.now().minus(time).truncatedTo(ChronoUnit.SECONDS),
            time.toSeconds());
  }

  private synchronized boolean put(Reading reading, ServedModel model) {
    if (reading.number < served) {
      return false; // a later one was quicker
    }
    served = reading.number;
    return slot.put(model);
  }

  private synchronized void end(Reading reading) {
    unended.remove(reading);
    reading.ended.countDown();
  }

  private RequestException failed(int status, String reason) {
    metrics.reload(false);
    String message = "reload: " + reason + "; the old model stays";
    log.accept(message);
    return new RequestException(status, message);
  }

  private static String reason(Throwable e) {
    return switch (e) {
      case NoSuchFileException missing -> missing.getFile() + ": no such file";
      case AccessDeniedException denied -> denied.getFile() + ": access denied";
      case OutOfMemoryError full -> "out of memory: a reload needs room for both models";
      default -> e.getMessage() == null ? e.toString() : e.getMessage();
    };
  }

  /** Waits a moment for a reading that is at work; one that hangs ends with the process. */
  void close() {
    Reading last;
    synchronized (this) {
      last = newest;
    }
    try {
      if (last != null) {
        last.ended.await(END_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
