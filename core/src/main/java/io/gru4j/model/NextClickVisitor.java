package io.gru4j.model;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.metrics.NextClickMetrics;
import io.gru4j.metrics.NextClickProtocol;
import io.gru4j.metrics.Ties;
import io.gru4j.tensor.nn.TopK;
import java.util.Arrays;

/**
 * Ranks the click after each prefix of the sessions of a block, and keeps what was on the lists.
 */
final class NextClickVisitor implements SessionRunner.Visitor {
  private final InteractionMatrix sessions;
  private final NextClickProtocol protocol;
  private final NextClickMetrics metrics;
  private final boolean lists;
  private final int[] firstRanks; // null if the last ones are enough
  private final TopK[] top = new TopK[SessionRunner.BLOCK];
  private final SeenItems[] seen = new SeenItems[SessionRunner.BLOCK];
  private final int[] list;

  /**
   * Prepares one thread's part.
   *
   * @param metrics of this part
   * @param lists whether to look at the lists, which takes as long as the ranks
   */
  NextClickVisitor(
      InteractionMatrix sessions,
      NextClickProtocol protocol,
      NextClickMetrics metrics,
      boolean lists) {
    this.sessions = sessions;
    this.protocol = protocol;
    this.metrics = metrics;
    this.lists = lists;
    this.firstRanks = protocol.ties() == Ties.AGAINST ? null : new int[SessionRunner.BLOCK];
    int k = Math.min(protocol.largest(), sessions.numItems());
    list = new int[k];
    for (int row = 0; row < top.length; row++) {
      SeenItems items = new SeenItems();
      seen[row] = items;
      top[row] = new TopK(k);
      if (protocol.seenExcluded()) {
        top[row].keep(k, items::contains);
      }
    }
  }

  @Override
  public void advanced(SessionRunner.Block block, int position, int rows) {
    if (protocol.seenExcluded()) {
      for (int row = 0; row < rows; row++) {
        if (position == 0) {
          seen[row].clear();
        }
        seen[row].add(sessions.item(block.users[row], position));
      }
    }
    int n = 0;
    while (n < rows && sessions.historyLength(block.users[n]) > position + 1) {
      block.items[n] = sessions.item(block.users[n], position + 1);
      n++;
    }
    block.scorer.ranks(block.state.top(), block.items, n, firstRanks, block.ranks);
    for (int row = 0; row < n; row++) {
      if (protocol.isTarget(block.items[row])) {
        metrics.ranks().add(rank(block, row));
      }
    }
    if (lists) {
      block.scorer.top(block.state.top(), 0, n, top);
      for (int row = 0; row < n; row++) {
        if (protocol.isTarget(block.items[row])) {
          addList(top[row]);
        }
      }
    }
  }

  private void addList(TopK best) {
    for (int i = 0; i < best.size(); i++) {
      list[i] = best.classAt(i);
    }
    metrics.lists().add(list, best.size());
  }

  /** The rank among the items that may be recommended. */
  private double rank(SessionRunner.Block block, int row) {
    int target = block.items[row];
    SeenItems excluded = seen[row]; // empty if they may be recommended
    if (excluded.contains(target)) {
      return Double.POSITIVE_INFINITY;
    }
    int last = block.ranks[row];
    int first = firstRanks == null ? last : firstRanks[row];
    if (excluded.size > 0) {
      float score = block.scorer.score(block.state.top(), row, target);
      for (int i = 0; i < excluded.size; i++) {
        float other = block.scorer.score(block.state.top(), row, excluded.items[i]);
        first -= other > score ? 1 : 0;
        last -= other >= score ? 1 : 0;
      }
    }
    return protocol.ties().rank(first, last);
  }

  @Override
  public void ended(SessionRunner.Block block) {}

  /** The distinct items of a session, ascending. */
  private static final class SeenItems {
    int[] items = new int[8];
    int size;

    void clear() {
      size = 0;
    }

    void add(int item) {
      int at = Arrays.binarySearch(items, 0, size, item);
      if (at >= 0) {
        return;
      }
      if (size == items.length) {
        items = Arrays.copyOf(items, 2 * size);
      }
      System.arraycopy(items, ~at, items, ~at + 1, size - ~at);
      items[~at] = item;
      size++;
    }

    boolean contains(int item) {
      return Arrays.binarySearch(items, 0, size, item) >= 0;
    }
  }
}
