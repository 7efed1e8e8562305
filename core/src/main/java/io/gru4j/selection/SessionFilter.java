package io.gru4j.selection;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.file.OneLine;
import java.util.stream.IntStream;

/** A step of a {@link Pipeline} that drops interactions of the training data. Immutable. */
public sealed interface SessionFilter {

  /**
   * Drops the interactions with rare items.
   *
   * @param count the fewest interactions of an item that is kept, at least 1
   */
  record MinItemCount(int count) implements SessionFilter {
    /** The parameter's name. */
    static final String NAME = "min_item_count";

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if {@code count} is below 1
     */
    public MinItemCount {
      requirePositive(NAME, count);
    }

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public int value() {
      return count;
    }

    @Override
    public InteractionMatrix apply(InteractionMatrix x) {
      int[] counts = x.itemClicks();
      return x.itemsIn(
          IntStream.range(0, x.numItems()).filter(item -> counts[item] >= count).toArray());
    }
  }

  /**
   * Drops short sessions.
   *
   * @param length the fewest interactions of a user that is kept, at least 1
   */
  record MinSessionLength(int length) implements SessionFilter {
    /** The parameter's name. */
    static final String NAME = "min_session_length";

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if {@code length} is below 1
     */
    public MinSessionLength {
      requirePositive(NAME, length);
    }

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public int value() {
      return length;
    }

    @Override
    public InteractionMatrix apply(InteractionMatrix x) {
      return x.usersIn(
          IntStream.range(0, x.numUsers())
              .filter(user -> x.historyLength(user) >= length)
              .toArray());
    }
  }

  /**
   * Returns the step's name, which is also that of its only parameter.
   *
   * @return {@code min_item_count} or {@code min_session_length}
   */
  String name();

  /**
   * Returns the parameter's value.
   *
   * @return at least 1
   */
  int value();

  /**
   * Filters once: what another filter drops afterwards is not counted again.
   *
   * @param x users x items
   * @return a matrix of the same shape
   */
  InteractionMatrix apply(InteractionMatrix x);

  /**
   * Makes the filter of a name.
   *
   * @param name {@code min_item_count} or {@code min_session_length}
   * @param value an integer, or a text that is one
   * @return the filter
   * @throws IllegalArgumentException if there is none of this name, or the value is below 1 or no
   *     integer
   */
  static SessionFilter of(String name, Object value) {
    return switch (name) {
      case MinItemCount.NAME -> new MinItemCount(integer(name, value));
      case MinSessionLength.NAME -> new MinSessionLength(integer(name, value));
      default -> throw new IllegalArgumentException("there is no filter " + OneLine.quoted(name));
    };
  }

  private static int integer(String name, Object value) {
    try {
      if (value instanceof Integer || value instanceof Long || value instanceof String) {
        return Integer.parseInt(value.toString().strip());
      }
    } catch (NumberFormatException e) {
      // Falls through to the same message: what is wanted is the same.
    }
    throw refuse(name, value);
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw refuse(name, value);
    }
  }

  private static IllegalArgumentException refuse(String name, Object value) {
    return new IllegalArgumentException(
        name + " must be an integer in [1, 2147483647], got " + value);
  }
}
