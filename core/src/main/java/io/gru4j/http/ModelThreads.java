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
 * <p>{@code io.gru4j.bench.HttpLoad} measures it. With more requests than the machine can do, the
 * queue refuses what does not fit, and what needs no model is still answered at once.
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
