package io.gru4j.tensor.nn;

import static io.gru4j.tensor.kernel.SieveKernels.CLASSES;

import io.gru4j.tensor.Matrix;
import java.util.Arrays;

/**
 * One pass over a {@link Sieve} for some states at a time: each chunk of the coarse copy is read
 * from memory once, and what it says of a state goes to the state's {@link SieveSelection}. Not
 * thread-safe.
 */
final class SievePass {

  /** The most states of one pass. */
  static final int MOST_ROWS = 16;

  private final float[] lower = new float[SieveSelection.CHUNK_CLASSES];
  private final float[] upper = new float[SieveSelection.CHUNK_CLASSES];
  private CoarseState[] states = new CoarseState[0];
  private SieveSelection[] selections = new SieveSelection[0];

  /** Bytes of a pass for so many states, each for the k best of so many classes. */
  static double bytes(int classes, int H, int rows, int k) {
    return 4.0 * 2 * SieveSelection.CHUNK_CLASSES
        + rows * (2.0 * H + SieveSelection.bytes(classes, k));
  }

  /**
   * Makes the pass.
   *
   * @param sieve the coarse copy
   * @param classes number of classes
   * @param hidden states
   * @param from row of the first
   * @param rows how many, at most {@link #MOST_ROWS}
   * @param candidates the classes that may be chosen, ascending, for one row alone; null for all
   * @param count how many of them
   * @param best one for each row from {@code b} on: its k and its filter count; nothing is offered
   *     to it
   */
  void run(
      Sieve sieve,
      int classes,
      Matrix hidden,
      int from,
      int rows,
      int[] candidates,
      int count,
      TopK[] best,
      int b) {
    int H = hidden.cols();
    makeRoom(rows, H);
    for (int r = 0; r < rows; r++) {
      selections[r].start(classes, candidates, count, best[b + r]);
      sieve.code(hidden.data(), (from + r) * H, states[r]);
      if (Float.isNaN(states[r].slack())) {
        selections[r].giveUp();
      }
    }
    for (int panel = 0; panel < sieve.panels(); panel += SieveSelection.CHUNK) {
      int first = panel * CLASSES;
      int to = first + Math.min(classes - first, SieveSelection.CHUNK_CLASSES);
      int panels = Math.min(SieveSelection.CHUNK, sieve.panels() - panel);
      for (int r = 0; r < rows; r++) {
        if (selections[r].wants(to)) {
          sieve.bounds(lower, upper, 0, panel, panels, states[r]);
          selections[r].take(first, to, lower, upper, 0);
        }
      }
    }
  }

  private void makeRoom(int rows, int H) {
    if (selections.length < rows) {
      int before = selections.length;
      selections = Arrays.copyOf(selections, rows);
      states = Arrays.copyOf(states, rows);
      for (int r = before; r < rows; r++) {
        selections[r] = new SieveSelection();
        states[r] = new CoarseState(H);
      }
    }
  }

  /** What the last pass has found for a row. */
  SieveSelection selection(int row) {
    return selections[row];
  }
}
