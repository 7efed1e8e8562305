package io.gru4j.selection;

import io.gru4j.algorithms.Estimator;
import io.gru4j.file.OneLine;
import io.gru4j.parameters.NearestName;
import io.gru4j.parameters.ParameterSpec;
import java.util.Collection;
import java.util.List;

/** Finds the parameter that a name means in an estimator that may hold others. */
final class ParameterNames {
  private ParameterNames() {}

  /**
   * Returns the parameter's name as {@link Estimator#getParams} has it.
   *
   * @param name in snake_case or camelCase, with or without {@code estimator__} before it
   * @throws IllegalArgumentException if there is no such parameter
   */
  static String resolve(Estimator estimator, String name) {
    Collection<String> names = estimator.getParams(true).keySet();
    if (names.contains(name) && !name.equals("estimator")) {
      return name;
    }
    String bare = bare(name);
    List<String> bareNames = names.stream().filter(n -> !bare(n).equals("estimator")).toList();
    for (String candidate : bareNames) {
      if (bare(candidate).equals(bare) || ParameterSpec.camelCase(bare(candidate)).equals(bare)) {
        return candidate;
      }
    }
    throw new IllegalArgumentException(
        "there is no parameter "
            + OneLine.quoted(name)
            + NearestName.of(bare, bareNames.stream().map(ParameterNames::bare).toList())
                .map(near -> "; did you mean " + near + "?")
                .orElse(""));
  }

  /** The name without the path to the estimator that has it. */
  static String bare(String name) {
    return name.substring(name.lastIndexOf("__") < 0 ? 0 : name.lastIndexOf("__") + 2);
  }
}
