package io.gru4j.model;

import io.gru4j.tensor.nn.TopK;
import java.util.Arrays;

/** Keeps the scores after each session's last item, in rows of a sparse matrix. */
final class PredictVisitor implements SessionRunner.Visitor {

  private final int numItems;
  private final int[][] items;
  private final float[][] scores;
  private final TopK[] top;

  /**
   * Prepares one thread's part.
   *
   * @param stored how many scores to keep of each row
   * @param items by user, out: the items kept, ascending
   * @param scores by user, out: their scores
   */
  PredictVisitor(int stored, int numItems, int[][] items, float[][] scores) {
    this.numItems = numItems;
    this.items = items;
    this.scores = scores;
    this.top = stored < numItems ? new TopK[SessionRunner.BLOCK] : null;
    if (top != null) {
      Arrays.setAll(top, i -> new TopK(stored));
    }
  }

  /** The bytes of one thread's part, scores apart. */
  static double bytes(int stored, int numItems) {
    return stored < numItems ? SessionRunner.BLOCK * TopK.bytes(stored) : 0;
  }

  @Override
  public void advanced(SessionRunner.Block block, int position, int rows) {}

  @Override
  public void ended(SessionRunner.Block block) {
    if (top != null) {
      block.scorer.select(block.state.top(), 0, block.rows, top);
    }
    for (int r = 0; r < block.rows; r++) {
      int user = block.users[r];
      if (top == null) {
        items[user] = new int[numItems];
        Arrays.setAll(items[user], i -> i);
        scores[user] = new float[numItems];
        block.scorer.scores(block.state.top(), r, scores[user]);
      } else {
        store(user, top[r]);
      }
    }
  }

  private void store(int user, TopK best) {
    items[user] = new int[best.size()];
    scores[user] = new float[best.size()];
    best.takeByClass(items[user], scores[user]);
  }
}
