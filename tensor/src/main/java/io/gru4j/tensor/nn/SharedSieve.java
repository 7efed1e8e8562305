package io.gru4j.tensor.nn;

import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The coarse copy that all scorers of an output layer share, made once: when it is asked for, or
 * beside the requests after the first few, which do not wait for it. Says where it is faster than
 * exact scores of all classes. Thread-safe.
 */
final class SharedSieve {

  // The crossover, measured: core/docs/speed.md has the table.
  private static final int LEAST_CLASSES = 8192;
  private static final int LEAST_INPUTS = 16;
  private static final int CLASSES_OF_K = 500; // for each of the k best
  private static final int MOST_ROWS = 3;
  private static final int CLASSES_OF_CANDIDATE = 50;

  /** Passes over all classes that come first: making the copy takes as long as some more. */
  private static final int PASSES_BEFORE = 8;

  /** Never makes one. */
  static final SharedSieve NEVER = new SharedSieve(null, null, 0);

  private final Parameter weight;
  private final float[] bias;
  private final int classes;
  private final AtomicInteger passes = new AtomicInteger();
  private volatile Sieve sieve;
  private volatile boolean always;

  SharedSieve(Parameter weight, float[] bias, int classes) {
    this.weight = weight;
    this.bias = bias;
    this.classes = classes;
  }

  /** Whether a coarse copy of so many classes is ever used. */
  static boolean pays(int classes, int H) {
    return classes >= LEAST_CLASSES && H >= LEAST_INPUTS && Sieve.fits(classes, H);
  }

  /** Makes the copy now, unless it is there or would not be used. */
  synchronized void prepare(Parallel parallel) {
    if (sieve == null && weight != null && (always || pays(classes, weight.cols()))) {
      sieve = Sieve.of(weight, bias, classes, parallel);
    }
  }

  /** Uses the copy whatever is faster, for tests. */
  void prepareAlways(Parallel parallel) {
    always = true;
    prepare(parallel);
  }

  /**
   * Returns the copy to take for the k best of all classes for so many rows at a time, or null if
   * it is not the faster way, or not there yet.
   */
  Sieve forRows(int rows, int k) {
    boolean faster = rows <= MOST_ROWS && (long) CLASSES_OF_K * k <= classes;
    return always || faster ? get() : null;
  }

  /** The same for one row and some classes. */
  Sieve forCandidates(int count, int k) {
    boolean faster = always || (long) CLASSES_OF_CANDIDATE * count >= classes;
    return count > 0 && faster ? forRows(1, k) : null;
  }

  private Sieve get() {
    Sieve made = sieve;
    if (made == null
        && weight != null
        && pays(classes, weight.cols())
        && passes.get() < PASSES_BEFORE
        && passes.incrementAndGet() == PASSES_BEFORE) {
      Thread.ofPlatform().daemon().name("gru4j-sieve").start(this::makeBeside);
    }
    return made;
  }

  private void makeBeside() {
    try (Parallel one = new Parallel(1)) {
      prepare(one);
    } catch (OutOfMemoryError e) {
      System.getLogger("io.gru4j")
          .log(
              Level.WARNING,
              "no memory for a coarse copy of the output layer, {0} MB: the best items of {1} take"
                  + " a pass over all weights each; give the JVM more heap (-Xmx)",
              Math.round(Sieve.bytes(classes, weight.cols()) / 1e6),
              classes);
    }
  }
}
