package io.gru4j.metrics;

/**
 * All that an evaluation measures: the ranks of the items that were clicked next, and the lists
 * that were recommended instead. Parts that several threads fill are merged without rounding. Not
 * thread-safe.
 *
 * @param ranks of the items clicked next
 * @param lists the best items at the same moments
 */
public record NextClickMetrics(RankMetrics ranks, ListMetrics lists) {

  /**
   * Makes empty metrics.
   *
   * @param protocol has the cut-offs
   * @param numItems items of the catalogue
   * @param clicksOrNull training clicks of each item, as {@link ListMetrics} takes them
   * @return new metrics
   */
  public static NextClickMetrics empty(
      NextClickProtocol protocol, int numItems, int[] clicksOrNull) {
    int[] cutoffs = protocol.cutoffs();
    return new NextClickMetrics(
        new RankMetrics(cutoffs), new ListMetrics(numItems, clicksOrNull, cutoffs));
  }

  /**
   * Adds all of other metrics.
   *
   * @param other metrics of the same items and cut-offs; not modified
   * @return these metrics
   * @throws IllegalArgumentException if items or cut-offs differ
   */
  public NextClickMetrics merge(NextClickMetrics other) {
    ranks.merge(other.ranks);
    lists.merge(other.lists);
    return this;
  }
}
