package io.gru4j.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where a value stands in an object: {@code user.id}, {@code events[].aid} (of each element of an
 * array), {@code event_params[key=ga_session_id].value.int_value} (of the first element that has
 * that value).
 */
final class JsonPath {
  private final String text;
  private final List<List<Step>> levels = new ArrayList<>(); // the arrays stand between them
  private final List<String> arrays = new ArrayList<>(); // the path up to each array

  /** A key, or, where {@code picks} is not null, an element of the array under it. */
  private record Step(String key, String picks, String value) {}

  /**
   * Takes a path apart.
   *
   * @throws IllegalArgumentException if it is none
   */
  JsonPath(String text) {
    this.text = text;
    List<Step> level = new ArrayList<>();
    int i = 0;
    while (i <= text.length()) {
      int end = i;
      while (end < text.length() && text.charAt(end) != '.' && text.charAt(end) != '[') {
        end++;
      }
      String key = text.substring(i, end);
      String picks = null;
      String value = null;
      boolean each = false;
      if (end < text.length() && text.charAt(end) == '[') {
        int close = text.indexOf(']', end);
        String inside = close < 0 ? "" : text.substring(end + 1, close);
        int equals = inside.indexOf('=');
        each = close == end + 1;
        if (!each && equals < 1) {
          throw fault();
        }
        if (!each) {
          picks = inside.substring(0, equals);
          value = inside.substring(equals + 1);
        }
        end = close + 1;
      }
      if (key.isEmpty() || end < text.length() && text.charAt(end) != '.') {
        throw fault();
      }
      level.add(new Step(key, picks, value));
      if (each) {
        levels.add(level);
        arrays.add(text.substring(0, end));
        level = new ArrayList<>();
      }
      i = end + 1;
    }
    levels.add(level);
  }

  private IllegalArgumentException fault() {
    return new IllegalArgumentException(
        text + " is no path, expected one such as session, events[].aid or params[key=id].value");
  }

  /** The paths of the arrays it goes through, from the outside in. */
  List<String> arrays() {
    return arrays;
  }

  /**
   * Follows the path from where the array before this level has led.
   *
   * @param level 0 for the whole object, k for an element of the k-th array
   * @return the value, or null if there is none
   */
  Object follow(Object from, int level) {
    Object at = from;
    List<Step> steps = levels.get(level);
    for (int i = 0; i < steps.size(); i++) { // no iterator: this runs for each value of each row
      Step step = steps.get(i);
      if (!(at instanceof Map<?, ?> map)) {
        return null;
      }
      at = map.get(step.key);
      if (step.picks != null) {
        at = pick(at, step);
      }
    }
    return at;
  }

  private static Object pick(Object array, Step step) {
    if (array instanceof List<?> list) {
      for (Object each : list) {
        if (each instanceof Map<?, ?> map
            && step.value.equals(String.valueOf(map.get(step.picks)))) {
          return each;
        }
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return text;
  }
}
