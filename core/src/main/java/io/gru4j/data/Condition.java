package io.gru4j.data;

import java.util.List;

/**
 * Which rows of a file are clicks: those where a column has one of some values, or none of them.
 *
 * @param column the column, named as {@link SessionColumns} names one
 * @param not whether the values are those that are left out
 * @param values one or more, compared byte by byte
 */
public record Condition(String column, boolean not, List<String> values) {

  /**
   * Checks that there is a column and a value.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Condition {
    values = List.copyOf(values);
    if (column.isEmpty() || values.isEmpty()) {
      throw new IllegalArgumentException("a condition needs a column and a value");
    }
  }

  /**
   * Reads {@code column=value[,value]} or {@code column!=value[,value]}.
   *
   * @param text the condition; an equals sign inside brackets belongs to the column's path
   * @return the condition
   * @throws IllegalArgumentException if it is neither of the two
   */
  public static Condition parse(String text) {
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      depth += c == '[' ? 1 : c == ']' ? -1 : 0;
      if (c == '=' && depth <= 0) {
        boolean not = i > 0 && text.charAt(i - 1) == '!';
        String column = text.substring(0, not ? i - 1 : i);
        return new Condition(column, not, List.of(text.substring(i + 1).split(",", -1)));
      }
    }
    throw new IllegalArgumentException(
        "a condition reads column=value[,value] or column!=value[,value], got " + text);
  }

  /** Returns the condition as {@link #parse} reads it. */
  @Override
  public String toString() {
    return column + (not ? "!=" : "=") + String.join(",", values);
  }
}
