package io.gru4j.selection;

import io.gru4j.algorithms.Estimator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All combinations of some parameters' values. The parameters stand in the order in which the
 * estimator has them, whatever the order of the map they came in; the last one changes fastest.
 * Immutable.
 */
final class ParameterGrid {
  private final Map<String, List<Object>> values; // by the name that the estimator uses
  private final int size;

  /**
   * Checks names and values against an estimator and brings the values to the parameters' types.
   *
   * @throws IllegalArgumentException if there is nothing to search, a name is unknown or given
   *     twice, a value is wrong or given twice, or there are 2^31 combinations or more
   */
  ParameterGrid(Estimator estimator, Map<String, ? extends List<?>> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("there is no parameter to search");
    }
    Map<String, List<?>> given = new HashMap<>();
    for (Map.Entry<String, ? extends List<?>> entry : values.entrySet()) {
      String name = ParameterNames.resolve(estimator, entry.getKey());
      if (ParameterNames.bare(name).equals("stopping_criterion")) {
        throw new IllegalArgumentException(
            "stopping_criterion cannot be searched: values of different criteria do not compare");
      }
      if (given.put(name, entry.getValue()) != null) {
        throw new IllegalArgumentException(name + " is given twice");
      }
    }
    this.values = new LinkedHashMap<>();
    long combinations = 1;
    try (Estimator probe = estimator.copy()) {
      for (String name : estimator.getParams(true).keySet()) {
        if (given.containsKey(name)) {
          this.values.put(name, check(probe, name, given.get(name)));
          combinations *= given.get(name).size();
          if (combinations > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("there are 2^31 combinations or more");
          }
        }
      }
    }
    this.size = (int) combinations;
  }

  private static List<Object> check(Estimator probe, String name, List<?> values) {
    List<Object> checked = new ArrayList<>();
    for (Object value : values) {
      Object typed =
          probe.setParams(Collections.singletonMap(name, value)).getParams(true).get(name);
      if (checked.contains(typed)) {
        throw new IllegalArgumentException(name + " has the value " + typed + " twice");
      }
      checked.add(typed);
    }
    if (checked.isEmpty()) {
      throw new IllegalArgumentException(name + " has no value to try");
    }
    return Collections.unmodifiableList(checked); // a value may be null, for "None"
  }

  int size() {
    return size;
  }

  Map<String, List<Object>> values() {
    return Collections.unmodifiableMap(values);
  }

  /** The combination at a place in [0, size). */
  Map<String, Object> get(int index) {
    Map<String, Object> params = new LinkedHashMap<>();
    int block = size;
    int rest = index;
    for (Map.Entry<String, List<Object>> entry : values.entrySet()) {
      block /= entry.getValue().size();
      params.put(entry.getKey(), entry.getValue().get(rest / block));
      rest %= block;
    }
    return Collections.unmodifiableMap(params);
  }
}
