package io.gru4j.parameters;

import java.util.List;
import java.util.stream.Stream;

/** The parameters that an estimator has, found by name. Immutable. */
final class ParameterList {
  private final List<ParameterSpec<?>> specs;

  ParameterList(List<ParameterSpec<?>> first, List<ParameterSpec<?>> then) {
    specs = Stream.concat(first.stream(), then.stream()).toList();
  }

  List<ParameterSpec<?>> specs() {
    return specs;
  }

  /**
   * Finds a parameter by its name in snake_case or camelCase, and names the nearest if none has it.
   */
  ParameterSpec<?> spec(String name) {
    for (ParameterSpec<?> spec : specs) {
      if (spec.name().equals(name) || spec.camelCase().equals(name)) {
        return spec;
      }
    }
    List<String> names = specs.stream().map(ParameterSpec::name).toList();
    String nearest =
        NearestName.of(name, names).map(near -> " (did you mean " + near + "?)").orElse("");
    throw new IllegalArgumentException(
        "unknown parameter " + name + nearest + "; the parameters are " + String.join(", ", names));
  }
}
