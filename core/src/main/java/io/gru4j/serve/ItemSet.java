package io.gru4j.serve;

import io.gru4j.data.IdMap;
import java.util.Arrays;
import java.util.Collection;

/**
 * Some of a model's items, such as those out of stock. Immutable; costs 4 bytes an item. Made by
 * {@link Recommender#itemSet}, for that model alone.
 */
public final class ItemSet {
  private final IdMap owner;
  private final int[] numbers; // ascending, each once

  private ItemSet(IdMap owner, int[] numbers) {
    this.owner = owner;
    this.numbers = numbers;
  }

  static ItemSet of(IdMap items, Collection<String> ids) {
    int[] numbers = new int[ids.size()];
    int n = 0;
    for (String id : ids) {
      int number = items.indexOf(id);
      if (number >= 0) {
        numbers[n++] = number;
      }
    }
    Arrays.sort(numbers, 0, n);
    return new ItemSet(items, distinct(numbers, n));
  }

  private static int[] distinct(int[] sorted, int n) {
    int size = 0;
    for (int i = 0; i < n; i++) {
      if (i == 0 || sorted[i] != sorted[i - 1]) {
        sorted[size++] = sorted[i];
      }
    }
    return Arrays.copyOf(sorted, size);
  }

  /**
   * Returns the items that are in one of two sets.
   *
   * @param other a set of the same model
   * @return a new set
   * @throws IllegalArgumentException if the other set is of another model
   */
  public ItemSet union(ItemSet other) {
    other.checkOwner(owner);
    int[] both = Arrays.copyOf(numbers, numbers.length + other.numbers.length);
    System.arraycopy(other.numbers, 0, both, numbers.length, other.numbers.length);
    Arrays.sort(both);
    return new ItemSet(owner, distinct(both, both.length));
  }

  /**
   * Returns how many items there are.
   *
   * @return at least 0; ids that the model does not know are not among them
   */
  public int size() {
    return numbers.length;
  }

  /** The items' numbers, ascending; not a copy. */
  int[] numbers() {
    return numbers;
  }

  void checkOwner(IdMap items) {
    if (owner != items) {
      throw new IllegalArgumentException(
          "the set has items of another model: make it with itemSet of this session's recommender");
    }
  }

  /** Returns the size, such as {@code ItemSet(3 items)}. */
  @Override
  public String toString() {
    return "ItemSet(" + numbers.length + (numbers.length == 1 ? " item)" : " items)");
  }
}
