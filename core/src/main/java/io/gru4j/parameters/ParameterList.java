package io.gru4j.parameters;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The parameters that an estimator has, found by name. Immutable. */
final class ParameterList {
  private static final Map<Algorithm, ParameterList> OF = new EnumMap<>(Algorithm.class);

  static {
    for (Algorithm each : Algorithm.values()) {
      List<ParameterSpec<?>> recPacks = new ArrayList<>(GRU4RecParameters.recPacks());
      if (each == Algorithm.NEG_SAMPLING) {
        recPacks.add(GRU4RecParameters.LOSS_FN);
        recPacks.add(GRU4RecParameters.NUM_NEGATIVES);
      }
      OF.put(each, new ParameterList(each, recPacks, GRU4RecOptions.all()));
    }
  }

  private final Algorithm algorithm;
  private final List<ParameterSpec<?>> recPacks;
  private final List<ParameterSpec<?>> specs;

  /**
   * @param recPacks those that RecPack's estimator of the same name has
   * @param options the others
   */
  private ParameterList(
      Algorithm algorithm, List<ParameterSpec<?>> recPacks, List<ParameterSpec<?>> options) {
    this.algorithm = algorithm;
    this.recPacks = List.copyOf(recPacks);
    List<ParameterSpec<?>> all = new ArrayList<>(recPacks);
    all.addAll(options);
    this.specs = List.copyOf(all);
  }

  static ParameterList of(Algorithm algorithm) {
    return OF.get(algorithm);
  }

  List<ParameterSpec<?>> specs() {
    return specs;
  }

  List<ParameterSpec<?>> recPacks() {
    return recPacks;
  }

  /** The value a parameter has if none is given. */
  Object defaultValue(ParameterSpec<?> spec) {
    return spec == GRU4RecOptions.NEGATIVES ? algorithm.negatives() : spec.defaultValue();
  }

  /** All default values. */
  Map<ParameterSpec<?>, Object> defaults() {
    Map<ParameterSpec<?>, Object> values = new LinkedHashMap<>();
    specs.forEach(spec -> values.put(spec, defaultValue(spec)));
    return Collections.unmodifiableMap(values);
  }

  /**
   * Finds a parameter by its name in snake_case or camelCase. Of a name that none has it says which
   * estimator has it, or which is the nearest.
   */
  ParameterSpec<?> spec(String name) {
    ParameterSpec<?> found = find(name);
    if (found != null) {
      return found;
    }
    for (ParameterList other : OF.values()) {
      if (other.find(name) != null) {
        throw new IllegalArgumentException(
            "%s has no parameter %s, only %s has it"
                .formatted(algorithm.estimator(), name, other.algorithm.estimator()));
      }
    }
    List<String> names = specs.stream().map(ParameterSpec::name).toList();
    String nearest =
        NearestName.of(name, names).map(near -> " (did you mean " + near + "?)").orElse("");
    throw new IllegalArgumentException(
        "unknown parameter " + name + nearest + "; the parameters are " + String.join(", ", names));
  }

  private ParameterSpec<?> find(String name) {
    for (ParameterSpec<?> spec : specs) {
      if (spec.name().equals(name) || spec.camelCase().equals(name)) {
        return spec;
      }
    }
    return null;
  }
}
