package io.gru4j.parameters;

import java.util.Locale;

/** With which values the rows of items begin that a model did not know before its update. */
public enum NewItems {
  /** Drawn as those of a model that is trained from nothing. */
  RANDOM,
  /**
   * The mean of the rows of known items that are clicked directly before or after the new one, each
   * as often as it is; random where there is none.
   */
  NEIGHBOURS;

  /**
   * Returns the one of a name.
   *
   * @param name such as {@code neighbours}
   * @return which one
   * @throws IllegalArgumentException if there is none; the message lists the names
   */
  public static NewItems of(String name) {
    for (NewItems each : values()) {
      if (each.toString().equals(name)) {
        return each;
      }
    }
    throw new IllegalArgumentException("must be random or neighbours, got " + name);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
