package io.gru4j.tensor.nn;

import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.SieveKernels.CLASSES;

import io.gru4j.tensor.kernel.Kernels;
import io.gru4j.tensor.kernel.RowKernels;
import java.util.Arrays;

/**
 * Finds, by one pass over a {@link Sieve}, the few classes that may be among the k best of a state.
 *
 * <p>Of the lower bounds it keeps the k greatest. The k-th is a threshold that the scores of k
 * classes reach, so a class whose upper bound is below it is none of the k best, ties included. The
 * threshold rises during the pass; a class that was kept early is looked at again at the end. Where
 * more classes stay than exact scores would be cheap for, the pass gives up and says how far it
 * came: the rest of the classes then need exact scores, and so do those it has kept. So the
 * selection costs at most a small share more than exact scores of all. Not thread-safe.
 */
final class SieveSelection {

  /** Panels of codes between two looks at the threshold: their bytes stay in the second cache. */
  static final int CHUNK = 16;

  private static final int CHUNK_CLASSES = CHUNK * CLASSES;
  private static final int ROWS = CHUNK_CLASSES / PANEL; // of 32 classes, as the kernels compare
  private static final int GROUP = 4; // rows of which a lane's best counts for the first threshold
  private static final int GROUPS = ROWS / GROUP * PANEL;
  private static final int SPARE = 64; // classes kept beyond twice k, however few there are

  private final RowKernels rows = Kernels.get().rows();
  private final float[] lower = new float[CHUNK_CLASSES];
  private final float[] upper = new float[CHUNK_CLASSES];
  private final float[] thresholds = new float[ROWS];
  private final int[] lanes = new int[ROWS];
  private final float[] groupBest = new float[GROUPS];
  private int[] kept = new int[0];
  private float[] keptUpper = new float[0];
  private int count;
  private TopK lowest = new TopK(1);
  private float threshold;

  /** Bytes of a selection of the k best of so many classes. */
  static double bytes(int classes, int k) {
    return 4.0 * (2 * CHUNK_CLASSES + 2 * ROWS + GROUPS) + 8.0 * room(classes, k) + TopK.bytes(k);
  }

  /** The most classes that may stay; with as many as a chunk more there is room for all. */
  private static int most(int classes, int k) {
    return (int) Math.min(Integer.MAX_VALUE / 2, 2L * k + SPARE + classes / 512);
  }

  private static int room(int classes, int k) {
    return most(classes, k) + CHUNK_CLASSES;
  }

  /**
   * Makes the pass.
   *
   * @param sieve the coarse copy
   * @param classes number of classes
   * @param h the state, from {@code ho} on
   * @param slack that of the state
   * @param candidates the classes that may be chosen, ascending; null for all
   * @param candidateCount how many of them
   * @param best its k and its filter count; nothing is offered to it
   * @return how many classes it has looked at: all, or a multiple of 1,024; of these only {@link
   *     #kept} may be among the best
   */
  int pass(
      Sieve sieve,
      int classes,
      float[] h,
      int ho,
      float slack,
      int[] candidates,
      int candidateCount,
      TopK best) {
    int k = best.kept();
    int most = most(classes, k);
    start(classes, k);
    int next = 0; // of the candidates
    for (int panel = 0; panel < sieve.panels(); panel += CHUNK) {
      int first = panel * CLASSES;
      int end = Math.min(classes - first, CHUNK_CLASSES) + first;
      if (candidates != null && (next == candidateCount || candidates[next] >= end)) {
        continue;
      }
      int panels = Math.min(CHUNK, sieve.panels() - panel);
      sieve.bounds(lower, upper, panel, panels, h, ho, slack);
      if (panel == 0 && panels == CHUNK && candidates == null && best.rejectsNone()) {
        threshold = firstThreshold();
      }
      int lines = panels * CLASSES / PANEL;
      Arrays.fill(thresholds, 0, lines, threshold);
      rows.lanesAtLeast(lanes, upper, 0, thresholds, lines);
      int before = count;
      for (int row = 0; row < lines; row++) {
        int found = lanes[row];
        if (candidates != null) {
          int some = 0;
          int from = first + row * PANEL;
          for (; next < candidateCount && candidates[next] < from + PANEL; next++) {
            some |= 1 << candidates[next] - from;
          }
          found &= some;
        }
        if (found != 0) {
          keep(first, row * PANEL, found, best);
        }
      }
      if (count > before) {
        threshold = Math.max(threshold, lowest.threshold());
        if (count > most) {
          drop();
          if (count > most) {
            return end;
          }
        }
      }
    }
    drop();
    return classes;
  }

  private void start(int classes, int k) {
    if (lowest.capacity() < k) {
      lowest = new TopK(k);
    }
    lowest.keep(k, null);
    if (kept.length < room(classes, k)) {
      kept = new int[room(classes, k)];
      keptUpper = new float[kept.length];
    }
    count = 0;
    threshold = Float.NEGATIVE_INFINITY;
  }

  /** A threshold from the first chunk: each group's greatest lower bound is another class's. */
  private float firstThreshold() {
    for (int g = 0; g < GROUPS / PANEL; g++) {
      rows.laneMax(groupBest, g * PANEL, lower, g * GROUP * PANEL, PANEL, GROUP);
    }
    for (int g = 0; g < GROUPS; g++) {
      lowest.offer(g, groupBest[g]);
    }
    float bound = lowest.threshold();
    lowest.clear();
    return bound;
  }

  private void keep(int first, int at, int found, TopK best) {
    for (int left = found; left != 0; left &= left - 1) {
      int i = at + Integer.numberOfTrailingZeros(left);
      if (!best.rejects(first + i)) {
        kept[count] = first + i;
        keptUpper[count++] = upper[i];
        lowest.offer(first + i, lower[i]);
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

  /** How many classes the pass has kept: those that may be among the best. */
  int count() {
    return count;
  }

  /** One of them; ascending. */
  int kept(int i) {
    return kept[i];
  }
}
