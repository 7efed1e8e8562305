package io.gru4j.serve;

import io.gru4j.data.IdMap;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.model.Recommendation;
import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.nn.GruState;
import io.gru4j.tensor.nn.OutputScorer;
import io.gru4j.tensor.nn.TopK;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The buffers that one call needs, for up to {@link #ROWS} sessions at once. Calls borrow them, so
 * a session need not own any. Not thread-safe.
 */
final class Workspace {
  /** Sessions that go through the output layer's weights together. */
  static final int ROWS = 32;

  /** Places for best items that a row keeps until the next call; a place takes 16 bytes. */
  private static final int MOST_KEPT = 1024;

  private final IdMap ids;
  private final GruState state;
  private final int layers;
  private final OutputScorer scorer;
  private final Exclusion[] exclusions = new Exclusion[ROWS];
  private final TopK[] top = new TopK[ROWS];
  private final int[] items = new int[ROWS];
  private final Session[] sessions = new Session[ROWS];

  Workspace(FittedModel model, OutputScorer scorer) {
    GruNetwork network = model.network();
    this.ids = model.items();
    this.state = new GruState(network.embedding(), network.layers(), ROWS);
    this.layers = network.layers().size();
    this.scorer = scorer.copy();
    Arrays.setAll(exclusions, i -> new Exclusion());
    Arrays.setAll(top, i -> new TopK(1));
  }

  /** Puts a session, and the item that it clicks, into a row. */
  void put(int row, Session session, int item) {
    put(row, session);
    items[row] = item;
  }

  /** Puts a session into a row. */
  void put(int row, Session session) {
    sessions[row] = session;
    int from = 0;
    for (int layer = 0; layer < layers; layer++) {
      Matrix hidden = state.layer(layer);
      int H = hidden.cols();
      System.arraycopy(session.hidden(), from, hidden.data(), row * H, H);
      from += H;
    }
  }

  /** Moves the first rows on by their items. */
  void click(int rows) {
    state.advance(items, rows);
    for (int row = 0; row < rows; row++) {
      int to = 0;
      for (int layer = 0; layer < layers; layer++) {
        Matrix hidden = state.layer(layer);
        int H = hidden.cols();
        copyState(hidden.data(), row * H, sessions[row].hidden(), to, H);
        to += H;
      }
      sessions[row].clicked(items[row]);
    }
  }

  /** What rounding adds, click by click, stays within what a session's bytes may hold. */
  private static void copyState(float[] from, int fromAt, float[] to, int toAt, int H) {
    for (int i = 0; i < H; i++) {
      to[toAt + i] = Math.clamp(from[fromAt + i], -SessionBytes.LARGEST, SessionBytes.LARGEST);
    }
  }

  /** Computes the best items of the first rows. */
  void top(int rows, int k, ItemFilter filter) {
    for (int row = 0; row < rows; row++) {
      ask(row, k, filter);
    }
    if (filter.candidates().isPresent()) {
      int[] candidates = filter.candidates().get().numbers();
      for (int row = 0; row < rows; row++) {
        scorer.topOf(state.top(), row, candidates, candidates.length, top[row]);
      }
    } else {
      topOfAll(rows);
    }
  }

  /** Says how many items a row is to have, and which may not be among them. */
  void ask(int row, int k, ItemFilter filter) {
    if (top[row].capacity() < k) {
      top[row] = new TopK(k);
    }
    Exclusion exclusion = exclusions[row];
    exclusion.start(sessions[row], filter);
    top[row].keep(k, exclusion.isEmpty() ? null : exclusion);
  }

  /** Computes the best of all items that the first rows have asked for, together. */
  void topOfAll(int rows) {
    scorer.top(state.top(), 0, rows, top);
  }

  /** The best items of a row, as the caller receives them. */
  List<Recommendation> result(int row) {
    return list(top[row], ids);
  }

  /** The same of any items that are sorted. */
  static List<Recommendation> list(TopK best, IdMap ids) {
    List<Recommendation> result = new ArrayList<>(best.size());
    for (int i = 0; i < best.size(); i++) {
      result.add(new Recommendation(ids.idOf(best.classAt(i)), best.scoreAt(i)));
    }
    return Collections.unmodifiableList(result);
  }

  /** The score of one item for row 0. */
  float score(int item) {
    return scorer.score(state.top(), 0, item);
  }

  /** The scores of all items for row 0. */
  void scores(float[] scores) {
    scorer.scores(state.top(), 0, scores);
  }

  /** The logarithm of the softmax's denominator for row 0. */
  double logSumExp() {
    return scorer.logSumExp(state.top(), 0);
  }

  /** Forgets the sessions, and the buffers that only the largest calls need. */
  void clear() {
    Arrays.fill(sessions, null);
    for (int row = 0; row < ROWS; row++) {
      exclusions[row].clear();
      if (top[row].capacity() > MOST_KEPT) {
        top[row] = new TopK(1);
      }
    }
  }
}
