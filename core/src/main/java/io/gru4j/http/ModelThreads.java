package io.gru4j.http;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that do a model's work for the requests, and one that reloads. Virtual threads are
 * not taken from their carriers while they compute: on them, work on a large catalogue would hold
 * up those that read and refuse, and there would be no queue to bound.
 *
 * <p>Measured with {@code io.gru4j.bench.HttpLoad} on two cores. At 1,000 requests/s and 10,000
 * items this, all work on the virtual threads, and all work on 32 platform threads are alike (p99 3
 * to 3.6 ms). At 2,500 requests/s and 100,000 items, more than the machine can do, this refuses
 * what does not fit and answers {@code /health} within 19 ms (p99); the others queue it all, up to
 * 5 seconds, and take 460 and 540 ms for {@code /health}.
 */
final class ModelThreads implements AutoCloseable {
  private final ThreadPoolExecutor pool;
  private final ExecutorService reloader;

  ModelThreads(int threads, int maxWaiting) {
    pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(maxWaiting),
            Thread.ofPlatform().name("gru4j-model-", 0).factory());
    reloader =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().name("gru4j-reload").factory());
  }

  /** How many requests wait for a thread. */
  int waiting() {
    return pool.getQueue().size();
  }

  /** Runs work and waits for it. 503 if too much waits already. */
  <T> T run(Callable<T> work) throws RequestException {
    return await(pool, work);
  }

  /** Runs a reload and waits for it. */
  <T> T reload(Callable<T> work) throws RequestException {
    return await(reloader, work);
  }

  private static <T> T await(ExecutorService executor, Callable<T> work) throws RequestException {
    try {
      Future<T> future = executor.submit(work);
      return future.get();
    } catch (RejectedExecutionException e) {
      throw busy("too many requests wait already");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw busy("the server stops");
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RequestException wrong -> throw wrong;
        case RuntimeException bug -> throw bug;
        case Error error -> throw error;
        default -> throw new IllegalStateException(e.getCause());
      }
    }
  }

  private static RequestException busy(String why) {
    return new RequestException(503, why + ": try again later", "Retry-After", "1");
  }

  @Override
  public void close() {
    pool.shutdownNow();
    reloader.shutdownNow();
    RecommendServer.awaitEnd(pool);
    RecommendServer.awaitEnd(reloader);
  }
}
