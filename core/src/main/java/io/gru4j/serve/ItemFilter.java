package io.gru4j.serve;

import io.gru4j.data.IdMap;
import java.util.Optional;

/**
 * Which items may be recommended. Immutable: each method returns a new filter.
 *
 * @param candidates the only items that may be recommended, or empty for all items; only their
 *     scores are computed
 * @param excluded items that may not be recommended, such as those out of stock
 * @param unseenOnly whether items that the session has clicked are excluded
 */
public record ItemFilter(
    Optional<ItemSet> candidates, Optional<ItemSet> excluded, boolean unseenOnly) {

  /** Every item may be recommended. */
  public static final ItemFilter ALL = new ItemFilter(Optional.empty(), Optional.empty(), false);

  /**
   * Returns this filter with candidates instead of all items.
   *
   * @param candidates the only items that may be recommended
   * @return a new filter
   */
  public ItemFilter only(ItemSet candidates) {
    return new ItemFilter(Optional.of(candidates), excluded, unseenOnly);
  }

  /**
   * Returns this filter with further items excluded.
   *
   * @param items items that may not be recommended
   * @return a new filter
   */
  public ItemFilter without(ItemSet items) {
    ItemSet all = excluded.isPresent() ? excluded.get().union(items) : items;
    return new ItemFilter(candidates, Optional.of(all), unseenOnly);
  }

  /**
   * Returns this filter without the items that the session has clicked.
   *
   * @return a new filter
   */
  public ItemFilter unseen() {
    return new ItemFilter(candidates, excluded, true);
  }

  void check(IdMap items) {
    if (candidates.isPresent()) {
      candidates.get().checkOwner(items);
    }
    if (excluded.isPresent()) {
      excluded.get().checkOwner(items);
    }
  }
}
