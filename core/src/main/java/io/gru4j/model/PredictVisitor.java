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

  @Override
  public void stepped(SessionRunner.Block block, int position, int rows) {}

  @Override
  public void ended(SessionRunner.Block block) {
    if (top != null) {
      block.scorer.top(block.state.top(), 0, block.rows, top);
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
    long[] byItem = new long[best.size()]; // item, then place among the best
    for (int i = 0; i < byItem.length; i++) {
      byItem[i] = (long) best.classAt(i) << 32 | i;
    }
    Arrays.sort(byItem);
    items[user] = new int[byItem.length];
    scores[user] = new float[byItem.length];
    for (int i = 0; i < byItem.length; i++) {
      items[user][i] = (int) (byItem[i] >> 32);
      scores[user][i] = best.scoreAt((int) byItem[i]);
    }
  }
}
