package io.gru4j.spark;

import io.gru4j.serve.Recommender;
import io.gru4j.tensor.Backend;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The models of this JVM's tasks: each read once, by the task that comes first, shared by all, and
 * freed when none has used it for a minute, or when a task asks for another.
 */
final class SharedModels {
  private static final Logger LOGGER = System.getLogger(SharedModels.class.getName());
  private static final Map<Long, Shared> MODELS = new HashMap<>(); // by fingerprint
  private static final AtomicBoolean WARNED = new AtomicBoolean();

  /** After which a model that no task uses is freed. Tests have no minute. */
  static volatile Duration idle = Duration.ofMinutes(1);

  private SharedModels() {}

  /** A task's share of a model; closing it gives it back. */
  record Lease(Recommender recommender, boolean read, Runnable back) implements AutoCloseable {
    @Override
    public void close() {
      back.run();
    }
  }

  /** Takes a model, which is read if this JVM has it not. */
  static Lease take(SentModel sent) throws IOException {
    long fingerprint = sent.fingerprint();
    Shared shared;
    synchronized (MODELS) {
      MODELS.values().removeIf(each -> each.fingerprint != fingerprint && each.uses == 0);
      shared = MODELS.computeIfAbsent(fingerprint, Shared::new);
      shared.use();
    }
    try {
      boolean read = shared.read(sent);
      return new Lease(shared.recommender, read, shared::release);
    } catch (IOException | RuntimeException e) {
      shared.release();
      throw e;
    }
  }

  /** How many models this JVM has. */
  static int size() {
    synchronized (MODELS) {
      return MODELS.size();
    }
  }

  /** Whether this JVM computes without the Vector API, of which its log is told once. */
  static boolean isScalar() {
    boolean scalar = Backend.description().equals("scalar");
    if (scalar && WARNED.compareAndSet(false, true)) {
      LOGGER.log(
          Level.WARNING,
          "this executor has scalar kernels: the same scores, some ten times slower; its JVM needs"
              + " --add-modules=jdk.incubator.vector (spark.executor.extraJavaOptions)");
    }
    return scalar;
  }

  /** One model. */
  private static final class Shared {
    private static final ScheduledThreadPoolExecutor CLOCK = clock();

    private final long fingerprint;
    private int uses; // guarded by MODELS
    private ScheduledFuture<?> end; // guarded by MODELS; null while in use
    private volatile Recommender recommender;

    Shared(long fingerprint) {
      this.fingerprint = fingerprint;
    }

    private static ScheduledThreadPoolExecutor clock() {
      ScheduledThreadPoolExecutor clock =
          new ScheduledThreadPoolExecutor(
              1, Thread.ofPlatform().daemon().name("gru4j-models").factory());
      clock.setRemoveOnCancelPolicy(true);
      return clock;
    }

    void use() {
      uses++;
      if (end != null) {
        end.cancel(false);
        end = null;
      }
    }

    /** Reads the model if no task has yet; returns whether this one has. */
    synchronized boolean read(SentModel sent) throws IOException {
      if (recommender != null) {
        return false;
      }
      recommender = new Recommender(sent.read());
      return true;
    }

    void release() {
      synchronized (MODELS) {
        uses--;
        if (uses == 0 && recommender == null) {
          MODELS.remove(fingerprint, this); // it could not be read
        } else if (uses == 0) {
          end = CLOCK.schedule(this::free, idle.toMillis(), TimeUnit.MILLISECONDS);
        }
      }
    }

    private void free() {
      synchronized (MODELS) {
        if (uses == 0) {
          MODELS.remove(fingerprint, this);
        }
      }
    }
  }
}
