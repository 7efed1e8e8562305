package io.gru4j.http;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
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
  /** Requests that one pass over the output layer's weights serves. */
  static final int TOGETHER = 16;

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
    FutureTask<T> task = new FutureTask<>(work);
    return await(task, task);
  }

  /**
   * Has a request answered and waits for it, together with those that wait then; it never waits for
   * company. 503 if too much waits already.
   */
  Answer run(Recommending request) throws RequestException {
    return await(new Joined(request), request);
  }

  /** A request in the queue. */
  private final class Joined implements Runnable {
    final Recommending request;

    Joined(Recommending request) {
      this.request = request;
    }

    /** Takes company out of the queue, the longest waiting first. */
    @Override
    public void run() {
      List<Recommending> all = new ArrayList<>(TOGETHER);
      all.add(request);
      try {
        for (Runnable each : pool.getQueue()) {
          if (all.size() == TOGETHER) {
            break;
          }
          if (each instanceof Joined other
              && other.request.goesWith(request)
              && pool.getQueue().remove(other)) { // else another thread was quicker
            all.add(other.request);
          }
        }
        Recommending.answer(all);
      } catch (Throwable e) { // such as a full heap: nobody may wait for ever
        all.forEach(each -> each.completeExceptionally(e));
      }
    }
  }

  private <T> T await(Runnable task, Future<T> future) throws RequestException {
    try {
      pool.execute(task);
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
