package io.gru4j.selection;

import io.gru4j.algorithms.Estimator;
import io.gru4j.file.OneLine;
import io.gru4j.parameters.NearestName;
import io.gru4j.parameters.ParameterSpec;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The parameters of a search, by name, as those of an estimator are.
 *
 * @param estimator copied for each candidate
 * @param grid the values that candidates take
 * @param n number of candidates; null where it is no parameter
 * @param seed of the search, and of candidates that have none
 */
record SearchParameters(Estimator estimator, ParameterGrid grid, Integer n, long seed) {
  private static final String ESTIMATOR = "estimator";
  private static final String NESTED = ESTIMATOR + "__";

  /**
   * Checks the parameters of a new search.
   *
   * @throws IllegalArgumentException if a name is unknown or a value is wrong; the message names it
   */
  static SearchParameters of(
      Estimator estimator, Map<String, ? extends List<?>> grid, Integer n, long seed) {
    whole("seed", seed, 0, Long.MAX_VALUE);
    if (n != null) {
      whole("n", n, 1, Integer.MAX_VALUE);
    }
    var parameters = new SearchParameters(estimator, new ParameterGrid(estimator, grid), n, seed);
    ParameterNames.resolve(estimator, "seed"); // each candidate must have one
    return parameters;
  }

  private static long whole(String name, Object value, long least, long most) {
    try {
      long whole = Long.parseLong(String.valueOf(value).strip());
      if (whole >= least && whole <= most) {
        return whole;
      }
    } catch (NumberFormatException e) {
      // Falls through to the same message: what is wanted is the same.
    }
    throw new IllegalArgumentException(
        "%s must be an integer in [%d, %d], got %s".formatted(name, least, most, value));
  }

  /** Returns the values by name, unmodifiable; {@code deep} adds those of the estimator. */
  Map<String, Object> byName(boolean deep) {
    Map<String, Object> params = new LinkedHashMap<>();
    params.put(ESTIMATOR, estimator);
    params.put("grid", grid.values());
    if (n != null) {
      params.put("n", n);
    }
    params.put("seed", seed);
    if (deep) {
      estimator.getParams(true).forEach((name, value) -> params.put(NESTED + name, value));
    }
    return Collections.unmodifiableMap(params);
  }

  /**
   * Returns these with some changed. Those of the estimator are set in the estimator itself, once
   * all are found right.
   *
   * @throws IllegalArgumentException if a name is unknown or a value is wrong; nothing has changed
   */
  SearchParameters with(Map<String, ?> params) {
    Map<String, Object> nested = new LinkedHashMap<>();
    Estimator last = estimator;
    Map<String, ? extends List<?>> values = grid.values();
    Integer count = n;
    long number = seed;
    for (Map.Entry<String, ?> entry : params.entrySet()) {
      String name = entry.getKey();
      Object value = entry.getValue();
      if (name.startsWith(NESTED)) {
        nested.put(name.substring(NESTED.length()), value);
      } else if (name.equals(ESTIMATOR)) {
        if (!(value instanceof Estimator given)) {
          throw new IllegalArgumentException("estimator must be an Estimator, got " + value);
        }
        last = given;
      } else if (name.equals("grid")) {
        values = gridOf(value);
      } else if (name.equals("n") && n != null) {
        count = (int) whole(name, value, 1, Integer.MAX_VALUE);
      } else if (name.equals("seed")) {
        number = whole(name, value, 0, Long.MAX_VALUE);
      } else {
        throw new IllegalArgumentException(
            "a %s has no parameter %s".formatted(name(), OneLine.quoted(name))
                + NearestName.of(name, byName(true).keySet())
                    .map(near -> "; did you mean " + near + "?")
                    .orElse(""));
      }
    }
    ParameterGrid checked;
    try (Estimator probe = last.copy()) {
      checked = new ParameterGrid(probe.setParams(nested), values);
    }
    last.setParams(nested); // its copy has accepted these values
    return new SearchParameters(last, checked, count, number);
  }

  private static Map<String, List<?>> gridOf(Object value) {
    Map<String, List<?>> grid = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        if (entry.getKey() instanceof String name && entry.getValue() instanceof List<?> list) {
          grid.put(name, list);
        }
      }
      if (grid.size() == map.size()) {
        return grid;
      }
    }
    throw new IllegalArgumentException(
        "grid must be a map from names to lists of values, got " + value);
  }

  private String name() {
    return n == null ? "GridSearch" : "RandomSearch";
  }

  /** Returns the kind of search and the parameters. */
  String identifier() {
    String values =
        grid.values().entrySet().stream()
            .map(
                entry ->
                    "'%s': %s"
                        .formatted(
                            entry.getKey(),
                            entry.getValue().stream().map(ParameterSpec::print).toList()))
            .collect(Collectors.joining(", "));
    return "%s(estimator=%s,grid={%s},%sseed=%d)"
        .formatted(name(), estimator.identifier(), values, n == null ? "" : "n=" + n + ",", seed);
  }
}
