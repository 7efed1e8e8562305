package io.gru4j.serve;

import io.gru4j.file.OneLine;
import io.gru4j.model.Explanation;
import io.gru4j.model.Recommendation;
import io.gru4j.model.Trace;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One visitor's session, live: clicks go in, recommendations come out.
 *
 * <p>It holds the hidden state, {@code layers x H} floats, and the numbers of the items clicked,
 * and is independent of other sessions. Not thread-safe: one thread at a time; the model behind it
 * is shared by all. Made by {@link Recommender#newSession} or {@link Recommender#read}.
 */
public final class Session {
  private final Recommender recommender;
  private final float[] hidden; // layer by layer
  private long clicks;
  private int[] order = new int[4]; // of the clicks, up to SessionBytes.ORDERED of them
  private int[] seen = new int[4]; // ascending, each once
  private int seenCount;
  private boolean inBatch;

  Session(Recommender recommender, int hiddenLength) {
    this.recommender = recommender;
    this.hidden = new float[hiddenLength];
  }

  /**
   * Takes a click: one step of the GRU. A click on an item that the model does not know changes
   * nothing.
   *
   * @param item the item's id
   * @return whether the model knows the item
   */
  public boolean click(String item) {
    int number = recommender.model().items().indexOf(item);
    if (number < 0) {
      return false;
    }
    click(number);
    return true;
  }

  /** Takes a click on an item by its number. */
  void click(int number) {
    Workspace workspace = recommender.workspaces().take();
    workspace.put(0, this, number);
    workspace.click(1);
    recommender.workspaces().giveBack(workspace);
  }

  /**
   * Returns the items likeliest to be clicked next, of the whole catalogue.
   *
   * @param k how many, at least 1
   * @return as {@link #top(int, ItemFilter)} with {@link ItemFilter#ALL}
   * @throws IllegalArgumentException if {@code k} is below 1
   */
  public List<Recommendation> top(int k) {
    return top(k, ItemFilter.ALL);
  }

  /**
   * Returns the items likeliest to be clicked next. Costs one pass over the output layer's weights,
   * or, with candidates, over the weights of those.
   *
   * @param k how many, at least 1
   * @param filter which items may be among them
   * @return at most {@code k} items, best first, fewer if the filter leaves fewer, none before the
   *     first click; of equal scores the item with the lower number comes first. Unmodifiable
   * @throws IllegalArgumentException if {@code k} is below 1, or a set of the filter is of another
   *     model
   */
  public List<Recommendation> top(int k, ItemFilter filter) {
    int kept = recommender.checkTop(k, filter);
    if (clicks == 0) {
      return List.of();
    }
    Workspace workspace = recommender.workspaces().take();
    workspace.put(0, this);
    workspace.top(1, kept, filter);
    List<Recommendation> result = workspace.result(0);
    recommender.workspaces().giveBack(workspace);
    return result;
  }

  /**
   * Returns the score of one item.
   *
   * @param item the item's id
   * @return its logit
   * @throws IllegalArgumentException if the model does not know the item
   * @throws IllegalStateException before the first click
   */
  public float score(String item) {
    int number = recommender.model().items().indexOf(item);
    if (number < 0) {
      throw new IllegalArgumentException("the model does not know item " + OneLine.quoted(item));
    }
    checkClicked();
    Workspace workspace = recommender.workspaces().take();
    workspace.put(0, this);
    float score = workspace.score(number);
    recommender.workspaces().giveBack(workspace);
    return score;
  }

  /**
   * Computes the scores of all items.
   *
   * @param scores out: the logits by item number, as {@link io.gru4j.data.IdMap} numbers them
   * @throws IllegalArgumentException if the array's length is not the number of items
   * @throws IllegalStateException before the first click
   */
  public void scores(float[] scores) {
    int numItems = recommender.model().numItems();
    if (scores.length != numItems) {
      throw new IllegalArgumentException(
          "scores: expected %d floats, got %d".formatted(numItems, scores.length));
    }
    checkClicked();
    Workspace workspace = recommender.workspaces().take();
    workspace.put(0, this);
    workspace.scores(scores);
    recommender.workspaces().giveBack(workspace);
  }

  /**
   * Returns how likely items are to be clicked next, by the softmax over the whole catalogue: what
   * a model was trained to say, if it was trained with cross-entropy against the catalogue. Costs
   * one pass over the output layer's weights.
   *
   * @param items what {@link #top} has returned after the last click
   * @return one number for each of them
   * @throws IllegalStateException before the first click
   */
  public double[] probabilities(List<Recommendation> items) {
    checkClicked();
    Workspace workspace = recommender.workspaces().take();
    workspace.put(0, this);
    double logSumExp = workspace.logSumExp();
    recommender.workspaces().giveBack(workspace);
    return items.stream().mapToDouble(each -> Math.exp(each.score() - logSumExp)).toArray();
  }

  /**
   * Says why items have their scores: what each click of the session does to them.
   *
   * @param items ids of the items to explain
   * @return as {@link io.gru4j.model.FittedModel#explain(List, List)} does for the session's clicks
   * @throws IllegalArgumentException if the model does not know an item
   * @throws IllegalStateException before the first click, and after more than 1,000 clicks, whose
   *     order is not kept
   */
  public List<Explanation> explain(List<String> items) {
    return recommender.model().explain(clickedItems(), items);
  }

  /**
   * Says what the gates of the network did at each click.
   *
   * @return as {@link io.gru4j.model.FittedModel#trace} does for the session's clicks
   * @throws IllegalStateException before the first click, and after more than 1,000 clicks, whose
   *     order is not kept
   */
  public Trace trace() {
    return recommender.model().trace(clickedItems());
  }

  /** Ids of the items of all clicks, the oldest first. */
  private List<String> clickedItems() {
    checkClicked();
    if (!isOrdered()) {
      throw new IllegalStateException(
          "the session has %,d clicks, of at most %,d it keeps the order"
              .formatted(clicks, SessionBytes.ORDERED));
    }
    return IntStream.range(0, (int) clicks)
        .mapToObj(t -> recommender.model().items().idOf(order[t]))
        .toList();
  }

  private void checkClicked() {
    if (clicks == 0) {
      throw new IllegalStateException("the session has no click yet, so no scores");
    }
  }

  /**
   * Returns the number of clicks on items that the model knows.
   *
   * @return at least 0; {@link Long#MAX_VALUE} stays as it is
   */
  public long clicks() {
    return clicks;
  }

  /** Forgets all clicks: the session is as new. */
  public void reset() {
    Arrays.fill(hidden, 0f);
    clicks = 0;
    seenCount = 0;
  }

  /**
   * Returns the session as bytes, for a session store: 29 bytes, 4 for each unit of the hidden
   * state and 4 for each click; after more than 1,000 clicks, for each item clicked. {@link
   * Recommender#read} takes them. They name the model by its {@link Recommender#fingerprint}; they
   * are not encrypted and not signed.
   *
   * @return a new array
   */
  public byte[] toBytes() {
    return SessionBytes.write(this, recommender.fingerprint());
  }

  Recommender recommender() {
    return recommender;
  }

  float[] hidden() {
    return hidden;
  }

  int[] seen() {
    return seen;
  }

  int seenCount() {
    return seenCount;
  }

  /** Whether the order of all clicks is known. */
  boolean isOrdered() {
    return clicks <= SessionBytes.ORDERED;
  }

  /** The items of all clicks in their order, if that is known; may be longer. */
  int[] order() {
    return order;
  }

  /** Notes a click that the hidden state has taken in. */
  void clicked(int item) {
    if (clicks < SessionBytes.ORDERED) {
      if (clicks == order.length) {
        order = Arrays.copyOf(order, 2 * order.length);
      }
      order[(int) clicks] = item;
    }
    clicks += clicks == Long.MAX_VALUE ? 0 : 1; // a count that was read may be the largest
    see(item);
  }

  private void see(int item) {
    int at = Arrays.binarySearch(seen, 0, seenCount, item);
    if (at < 0) {
      at = -at - 1;
      if (seenCount == seen.length) {
        seen = Arrays.copyOf(seen, 2 * seenCount);
      }
      System.arraycopy(seen, at, seen, at + 1, seenCount - at);
      seen[at] = item;
      seenCount++;
    }
  }

  /** Takes what bytes have held: the clicks in their order, or, of too many, the items seen. */
  void restore(long clicks, int[] items, float[] hidden) {
    this.clicks = clicks;
    System.arraycopy(hidden, 0, this.hidden, 0, hidden.length);
    if (isOrdered()) {
      order = Arrays.copyOf(items, Math.max(4, items.length));
      IntStream.of(items).sorted().distinct().forEach(this::see);
    } else {
      seen = items;
      seenCount = items.length;
    }
  }

  /** Marks a session as taken into a batch, or not any more; returns the mark before. */
  boolean mark(boolean inBatch) {
    boolean before = this.inBatch;
    this.inBatch = inBatch;
    return before;
  }

  /** Returns the number of clicks, such as {@code Session(3 clicks)}. */
  @Override
  public String toString() {
    return "Session(" + clicks + (clicks == 1 ? " click)" : " clicks)");
  }
}
