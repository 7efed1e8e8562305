package io.gru4j.training;

/**
 * The data of one optimizer step, packed by time. Rows are sorted, the longest first. The items and
 * targets of all rows in the first step come first, then those of the rows that have a second step,
 * and so on. Reused from step to step; its arrays grow to the largest chunk.
 */
final class Chunk {
  int T; // steps
  int[] activeRows = new int[0]; // rows of each step, not increasing
  int numTargets; // their sum
  int[] items = new int[0];
  int[] targets = new int[0];

  /**
   * Where each row's hidden state comes from: a track, or -1 for a new session. Null if the rows
   * are the tracks themselves, and all have a state.
   */
  int[] fromTrack;

  /** The track that each row's hidden state goes to, or -1 where its session ends. */
  int[] toTrack;

  /** Makes room for so many steps and targets. */
  void reserve(int steps, int targets) {
    if (activeRows.length < steps) {
      activeRows = new int[steps];
    }
    if (items.length < targets) {
      items = new int[targets];
      this.targets = new int[targets];
    }
  }
}
