package io.gru4j.training;

/**
 * The time steps that one optimizer step trains on, packed by time. Rows are sorted, the longest
 * first. The items and targets of all rows at the first time step come first, then those of the
 * rows that have a second one, and so on. Reused; its arrays grow to the largest chunk.
 */
final class Chunk {
  int T; // time steps
  int[] activeRows = new int[0]; // rows of each time step, not increasing
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

  /** Makes room for so many time steps and targets. */
  void reserve(int timeSteps, int targets) {
    if (activeRows.length < timeSteps) {
      activeRows = new int[timeSteps];
    }
    if (items.length < targets) {
      items = new int[targets];
      this.targets = new int[targets];
    }
  }
}
