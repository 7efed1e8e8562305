package io.gru4j.http;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that do a model's work for the requests. Virtual threads are not taken from their
 * carriers while they compute: on them, work on a large catalogue would hold up those that read and
 * refuse, and there would be no queue to bound.
 *
 * <p>{@code io.gru4j.bench.HttpLoad} measures it. With more requests than the machine can do, the
 * queue refuses what does not fit, and what needs no model is still answered at once.
 */
final class ModelThreads implements AutoCloseable {
  private static final int END_SECONDS = 5;

  private final ThreadPoolExecutor pool;

  ModelThreads(int threads, int maxWaiting) {
    pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(maxWaiting),
            Thread.ofPlatform().daemon().name("gru4j-model-", 0).factory());
  }

  /** How many requests wait for a thread. */
  int waiting() {
    return pool.getQueue().size();
  }

  /** Runs work and waits for it. 503 if too much waits already. */
  <T> T run(Callable<T> work) throws RequestException {
    Future<T> future = null;
    try {
      future = pool.submit(work);
      return future.get();
    } catch (RejectedExecutionException e) {
      throw busy("too many requests wait already");
    } catch (InterruptedException e) {
      future.cancel(false); // nobody waits for it any more
      Thread.currentThread().interrupt();
      throw busy("the server stops");
    } catch (ExecutionException e) {
      throw thrown(e);
    }
  }

  /** What work threw, if it is not thrown here itself. */
  static RequestException thrown(ExecutionException e) {
    return switch (e.getCause()) {
      case RequestException wrong -> wrong;
      case RuntimeException bug -> throw bug;
      case Error error -> throw error;
      default -> throw new IllegalStateException(e.getCause());
    };
  }

  static RequestException busy(String why) {
    return new RequestException(503, why + ": try again later", "Retry-After", "1");
  }

  /** Ends the threads; one that is at work still after some seconds is left to end by itself. */
  @Override
  public void close() {
    pool.shutdownNow();
    try {
      pool.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
