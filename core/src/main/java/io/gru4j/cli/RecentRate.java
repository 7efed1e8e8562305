package io.gru4j.cli;

import io.gru4j.progress.BatchProgress;

/**
 * How fast training goes now: the first seconds, in which the JVM compiles, soon do not count any
 * more. The rate is that since a sample in the second half of the training, at most so many samples
 * ago as are kept.
 */
final class RecentRate {
  private static final int SAMPLES = 64;
  private static final double LEAST_BETWEEN = 0.2; // seconds
  private static final double MOST_BETWEEN = 0.5; // so that two of the longest windows are kept
  private static final double LEAST_WINDOW = 2; // seconds; two windows are compared
  private static final double MOST_WINDOW = 15;
  private static final double CLIMB = 1.2; // of a window to the next one: the JVM still compiles

  private final double[] seconds = new double[SAMPLES]; // of the training, oldest overwritten
  private final double[] targets = new double[SAMPLES];
  private int count;
  private double begin; // seconds of the complete epochs
  private int epoch;
  private double epochSeconds;
  private double now;
  private double done;
  private boolean settled;

  /** Takes a report, in the order in which they come. */
  void add(BatchProgress p) {
    if (p.epoch() != epoch) {
      begin += epochSeconds;
      epoch = p.epoch();
    }
    epochSeconds = p.seconds();
    now = begin + p.seconds();
    done = (p.epoch() - 1.0) * p.targetsPerEpoch() + p.targetsDone();
    if (count == 0 || now - seconds[(count - 1) % SAMPLES] >= between()) {
      seconds[count % SAMPLES] = now;
      targets[count % SAMPLES] = done;
      count++;
    }
    settled = settled || hasSettled();
  }

  /** What is slow takes longer to become fast: samples and windows grow with the training. */
  private double between() {
    return Math.clamp(now / 50, LEAST_BETWEEN, MOST_BETWEEN);
  }

  private double window() {
    return Math.clamp(now / 4, LEAST_WINDOW, MOST_WINDOW);
  }

  /** Whether the rate of the last window is hardly above that of the window before it. */
  private boolean hasSettled() {
    int middle = newest(now - window());
    int first = middle < 0 ? -1 : newest(seconds[middle] - window());
    if (first < 0) {
      return false;
    }
    double before = (targets[middle] - targets[first]) / (seconds[middle] - seconds[first]);
    return before > 0 && (done - targets[middle]) / (now - seconds[middle]) <= CLIMB * before;
  }

  /** The place of the newest sample that is not after a time; -1 if there is none. */
  private int newest(double time) {
    for (int i = count - 1; i >= Math.max(0, count - SAMPLES); i--) {
      if (seconds[i % SAMPLES] <= time) {
        return i % SAMPLES;
      }
    }
    return -1;
  }

  /**
   * Targets per second as far as they tell how long the rest takes: NaN until the rate has settled,
   * as the first seconds can be a hundred times as slow as what follows.
   */
  double forecast() {
    int from = settled ? newest(now - window()) : -1;
    return from < 0 ? Double.NaN : (done - targets[from]) / (now - seconds[from]);
  }

  /** Targets per second; NaN where there is too little to tell. */
  double perSecond() {
    for (int i = Math.max(0, count - SAMPLES); i < count; i++) {
      int at = i % SAMPLES;
      boolean recent = seconds[at] >= now / 2 || i == count - 2;
      if (recent && now > seconds[at]) {
        return (done - targets[at]) / (now - seconds[at]);
      }
    }
    return Double.NaN;
  }
}
