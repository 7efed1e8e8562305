package io.gru4j.metrics;

import java.util.Arrays;

/**
 * How predictions of next clicks are judged. Immutable: each method returns a new protocol.
 *
 * <p>After every prefix of every session the item that was clicked next is ranked among the whole
 * catalogue.
 */
public final class NextClickProtocol {
  private final Ties ties;
  private final boolean seenExcluded;
  private final int[] cutoffs;

  private NextClickProtocol(Ties ties, boolean seenExcluded, int[] cutoffs) {
    this.ties = ties;
    this.seenExcluded = seenExcluded;
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
    return new NextClickProtocol(Ties.AGAINST, false, sorted);
  }

  /**
   * Returns this protocol with another rank for ties.
   *
   * @param ties which
   * @return a new protocol
   */
  public NextClickProtocol ties(Ties ties) {
    return new NextClickProtocol(ties, seenExcluded, cutoffs);
  }

  /**
   * Returns this protocol with or without the items that the session has clicked.
   *
   * @param excluded whether they are left out of the ranking and of the lists; a click on one of
   *     them is then a miss at every k
   * @return a new protocol
   */
  public NextClickProtocol excludeSeen(boolean excluded) {
    return new NextClickProtocol(ties, excluded, cutoffs);
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
