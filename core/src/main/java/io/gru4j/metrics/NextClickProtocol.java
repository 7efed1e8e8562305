package io.gru4j.metrics;

import java.util.Arrays;
import java.util.BitSet;

/**
 * How predictions of next clicks are judged. Immutable: each method returns a new protocol.
 *
 * <p>After every prefix of every session the item that was clicked next is ranked among the whole
 * catalogue.
 */
public final class NextClickProtocol {
  private final Ties ties;
  private final boolean seenExcluded;
  private final BitSet targets; // null: all items
  private final int[] cutoffs;

  private NextClickProtocol(Ties ties, boolean seenExcluded, BitSet targets, int[] cutoffs) {
    this.ties = ties;
    this.seenExcluded = seenExcluded;
    this.targets = targets;
    this.cutoffs = cutoffs;
  }

  /**
   * Makes the usual protocol: ties count against the prediction, and an item that the session has
   * clicked may be predicted again.
   *
   * @param cutoffs values of k for {@code recall@k} and so on, at least one, each at least 1
   * @return the protocol
   * @throws IllegalArgumentException if there is no cut-off or one is below 1
   */
  public static NextClickProtocol at(int... cutoffs) {
    if (cutoffs.length == 0) {
      throw new IllegalArgumentException("metrics need a cut-off");
    }
    int[] sorted = Arrays.stream(cutoffs).sorted().distinct().toArray();
    if (sorted[0] < 1) {
      throw new IllegalArgumentException("a cut-off must be >= 1, got " + sorted[0]);
    }
    return new NextClickProtocol(Ties.AGAINST, false, null, sorted);
  }

  /**
   * Returns this protocol with another rank for ties.
   *
   * @param ties which
   * @return a new protocol
   */
  public NextClickProtocol ties(Ties ties) {
    return new NextClickProtocol(ties, seenExcluded, targets, cutoffs);
  }

  /**
   * Returns this protocol with or without the items that the session has clicked.
   *
   * @param excluded whether they are left out of the ranking and of the lists; a click on one of
   *     them is then a miss at every k
   * @return a new protocol
   */
  public NextClickProtocol excludeSeen(boolean excluded) {
    return new NextClickProtocol(ties, excluded, targets, cutoffs);
  }

  /**
   * Returns this protocol for the clicks on some items alone: what was clicked before them may be
   * any item, and the catalogue that they are ranked among stays whole.
   *
   * @param items numbers of the items whose clicks are judged; copied
   * @return a new protocol
   */
  public NextClickProtocol targets(BitSet items) {
    return new NextClickProtocol(ties, seenExcluded, (BitSet) items.clone(), cutoffs);
  }

  /**
   * Returns whether clicks on an item are judged.
   *
   * @param item its number
   * @return whether they are
   */
  public boolean isTarget(int item) {
    return targets == null || targets.get(item);
  }

  /**
   * Returns which rank an item has among those of its score.
   *
   * @return which
   */
  public Ties ties() {
    return ties;
  }

  /**
   * Returns whether items that the session has clicked are left out.
   *
   * @return whether they are
   */
  public boolean seenExcluded() {
    return seenExcluded;
  }

  /**
   * Returns the cut-offs.
   *
   * @return ascending, each once; a copy
   */
  public int[] cutoffs() {
    return cutoffs.clone();
  }

  /**
   * Returns how many items of a list count at most.
   *
   * @return the largest cut-off
   */
  public int largest() {
    return cutoffs[cutoffs.length - 1];
  }
}
