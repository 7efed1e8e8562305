package io.gru4j.tensor.nn;

import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.SieveKernels.CLASSES;

import io.gru4j.tensor.kernel.Kernels;
import io.gru4j.tensor.kernel.RowKernels;
import java.util.Arrays;

/**
 * Keeps, chunk by chunk, the few classes that may be among the k best of one state, by the bounds
 * of a {@link Sieve}.
 *
 * <p>Of the lower bounds it keeps the k greatest. The k-th is a threshold that the scores of k
 * classes reach, so a class whose upper bound is below it is none of the k best, ties included. The
 * threshold rises during the pass; a class that was kept early is looked at again at the end. Where
 * more classes stay than exact scores would be cheap for, it gives up: the classes behind then need
 * exact scores, as do those it has kept. So the selection costs at most a small share more than
 * exact scores of all. Not thread-safe.
 */
final class SieveSelection {

  /** Panels of codes of a chunk: their bytes stay in the second cache, for several states. */
  static final int CHUNK = 16;

  /** Classes of a chunk. */
  static final int CHUNK_CLASSES = CHUNK * CLASSES;

  private static final int ROWS = CHUNK_CLASSES / PANEL; // of 32 classes, as the kernels compare
  private static final int GROUP = 4; // rows of which a lane's best counts for the first threshold
  private static final int GROUPS = ROWS / GROUP * PANEL;
  private static final int SPARE = 64; // classes kept beyond twice k, however few there are

  private final RowKernels kernels = Kernels.get().rows();
  private final float[] thresholds = new float[ROWS];
  private final int[] lanes = new int[ROWS];
  private final float[] groupBest = new float[GROUPS];
  private TopK lowest = new TopK(1);
  private TopK best; // its filter counts
  private int[] candidates; // or null for all
  private int candidateCount;
  private int next; // of the candidates
  private int most;
  private int[] kept = new int[0];
  private float[] keptUpper = new float[0];
  private int count;
  private float threshold;
  private int end;
  private boolean gaveUp;

  /** Bytes of a selection of the k best of so many classes. */
  static double bytes(int classes, int k) {
    return 4.0 * (2 * ROWS + GROUPS) + 8.0 * room(classes, k) + TopK.bytes(k);
  }

  /** The most classes that may stay. */
  private static int most(int classes, int k) {
    return (int) Math.min(Integer.MAX_VALUE / 2, 2L * k + SPARE + classes / 512);
  }

  private static int room(int classes, int k) {
    return most(classes, k) + CHUNK_CLASSES;
  }

  /**
   * Begins.
   *
   * @param classes number of classes
   * @param candidates the classes that may be chosen, ascending; null for all
   * @param candidateCount how many of them
   * @param best its k and its filter count; nothing is offered to it
   */
  void start(int classes, int[] candidates, int candidateCount, TopK best) {
    int k = best.kept();
    if (lowest.capacity() < k) {
      lowest = new TopK(k);
    }
    lowest.keep(k, null);
    if (kept.length < room(classes, k)) {
      kept = new int[room(classes, k)];
      keptUpper = new float[kept.length];
    }
    this.best = best;
    this.candidates = candidates;
    this.candidateCount = candidateCount;
    most = most(classes, k);
    next = 0;
    count = 0;
    end = 0;
    gaveUp = false;
    threshold = Float.NEGATIVE_INFINITY;
  }

  /** Whether it wants the bounds of the next classes, up to {@code to}. */
  boolean wants(int to) {
    return !gaveUp && (candidates == null || next < candidateCount && candidates[next] < to);
  }

  /** Gives up: the classes from here on need exact scores. */
  void giveUp() {
    gaveUp = true;
  }

  /**
   * Takes the bounds of a chunk of classes.
   *
   * @param first the chunk's first class
   * @param to class behind its last; if it is not the last chunk, {@link #CHUNK_CLASSES} further
   * @param o where its bounds begin
   */
  void take(int first, int to, float[] lower, float[] upper, int o) {
    if (first == 0 && to == CHUNK_CLASSES && candidates == null && best.rejectsNone()) {
      threshold = firstThreshold(lower, o);
    }
    int rows = Math.ceilDiv(to - first, PANEL);
    Arrays.fill(thresholds, 0, rows, threshold);
    kernels.lanesAtLeast(lanes, upper, o, thresholds, rows);
    int before = count;
    for (int row = 0; row < rows; row++) {
      int found = lanes[row];
      if (candidates != null) {
        found &= candidates(first + row * PANEL);
      }
      if (found != 0) {
        keep(first, row * PANEL, found, lower, upper, o);
      }
    }
    end = to;
    if (count > before) {
      threshold = Math.max(threshold, lowest.threshold());
      if (count > most) {
        drop();
        gaveUp = count > most;
      }
    }
  }

  /** The candidates among 32 classes, as lanes. */
  private int candidates(int from) {
    int lanes = 0;
    for (; next < candidateCount && candidates[next] < from + PANEL; next++) {
      lanes |= 1 << candidates[next] - from;
    }
    return lanes;
  }

  /** A threshold from the first chunk: each group's greatest lower bound is another class's. */
  private float firstThreshold(float[] lower, int o) {
    for (int g = 0; g < GROUPS / PANEL; g++) {
      kernels.laneMax(groupBest, g * PANEL, lower, o + g * GROUP * PANEL, PANEL, GROUP);
    }
    for (int g = 0; g < GROUPS; g++) {
      lowest.offer(g, groupBest[g]);
    }
    float bound = lowest.threshold();
    lowest.clear();
    return bound;
  }

  private void keep(int first, int at, int found, float[] lower, float[] upper, int o) {
    for (int left = found; left != 0; left &= left - 1) {
      int i = at + Integer.numberOfTrailingZeros(left);
      if (!best.rejects(first + i)) {
        kept[count] = first + i;
        keptUpper[count++] = upper[o + i];
        lowest.offer(first + i, lower[o + i]);
      }
    }
  }

  /** Drops what is below the threshold by now. */
  private void drop() {
    int to = 0;
    for (int i = 0; i < count; i++) {
      kept[to] = kept[i];
      keptUpper[to] = keptUpper[i];
      to += keptUpper[i] >= threshold ? 1 : 0;
    }
    count = to;
  }

  /**
   * Ends.
   *
   * @param classes number of classes
   * @return how many classes it has looked at: all, or a multiple of {@link #CHUNK_CLASSES}; of
   *     these only {@link #kept} may be among the best
   */
  int end(int classes) {
    drop();
    best = null;
    candidates = null;
    return gaveUp ? end : classes;
  }

  /** How many classes it has kept. */
  int count() {
    return count;
  }

  /** One of them; ascending. */
  int kept(int i) {
    return kept[i];
  }
}
