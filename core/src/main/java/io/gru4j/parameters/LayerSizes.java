package io.gru4j.parameters;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The hidden units of GRU layers that may differ, from the embedding up. In text the sizes are
 * separated by commas; {@code +} does too, where commas separate values: {@code 100,50}, {@code
 * 100+50}. Immutable.
 *
 * @param units of each layer, at least one
 */
public record LayerSizes(List<Integer> units) {
  /** The most layers of a network. */
  static final int MOST_LAYERS = 64;

  /** The most hidden units of a layer. */
  static final int MOST_UNITS = 65536;

  /** Those values in words. */
  static final String WORDS =
      "1 to %d integers in [1, %d] with commas between".formatted(MOST_LAYERS, MOST_UNITS);

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if there are no layers or too many, or one has no units or too
   *     many
   */
  public LayerSizes {
    units = List.copyOf(units);
    if (units.isEmpty()
        || units.size() > MOST_LAYERS
        || Collections.min(units) < 1
        || Collections.max(units) > MOST_UNITS) {
      throw new IllegalArgumentException("sizes of layers must be " + WORDS + ", got " + units);
    }
  }

  /**
   * Makes the sizes of layers.
   *
   * @param units of each layer
   * @return the sizes
   * @throws IllegalArgumentException as the constructor throws it
   */
  public static LayerSizes of(int... units) {
    return new LayerSizes(Arrays.stream(units).boxed().toList());
  }

  /**
   * Reads sizes.
   *
   * @throws IllegalArgumentException if the text is none
   */
  static LayerSizes parse(String text) {
    return new LayerSizes(
        Stream.of(text.split("[,+]", -1)).map(String::strip).map(Integer::valueOf).toList());
  }

  /**
   * Returns the sizes as an array.
   *
   * @return a new array
   */
  public int[] toArray() {
    return units.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public String toString() {
    return units.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
