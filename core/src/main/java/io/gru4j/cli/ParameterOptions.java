package io.gru4j.cli;

import static io.gru4j.parameters.GRU4RecParameters.SEED;

import io.gru4j.metrics.Criterion;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.ParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The estimator's parameters as flags of the same names with dashes. */
final class ParameterOptions {
  /** Flags that mean nothing where no sessions judge the epochs. */
  private static final List<String> OF_VALIDATION =
      List.of(
          "stop-early",
          "validation-sample-size",
          "stopping-criterion",
          "min-improvement",
          "max-iter-no-change",
          "save-best-to-file");

  private static final String PRESET = "preset";
  private static final SortedMap<String, GRU4RecParameters> PRESETS =
      new TreeMap<>(
          Map.of("recpack", GRU4RecParameters.defaults(), "gru4rec", GRU4RecParameters.gru4rec()));

  private ParameterOptions() {}

  /**
   * Refuses flags that would be without effect in a training without validation; a switch that is
   * off has none anywhere.
   *
   * @param reason follows the flag's name
   */
  static void refuseValidationFlags(CommandLine line, String reason) throws UsageException {
    for (String flag : OF_VALIDATION) {
      if (line.get(flag).filter(value -> !value.equalsIgnoreCase("false")).isPresent()) {
        throw new UsageException("--" + flag + " " + reason);
      }
    }
  }

  /**
   * The warning for a criterion that cannot compare models of so few items: it counts all of them,
   * and does not look at their order. Empty if it can compare.
   *
   * @param judged what is compared, such as {@code epochs}
   * @param remedy the flags that help
   */
  static Optional<String> blindCriterion(
      Criterion criterion, int items, String judged, String remedy) {
    boolean ordered = criterion != Criterion.RECALL && criterion != Criterion.PRECISION;
    if (ordered || criterion.cutoff().getAsInt() < items) {
      return Optional.empty();
    }
    return Optional.of(
        "%s@%d is %s for every model of %s, so %s cannot be compared: use %s"
            .formatted(
                criterion.criterionName(),
                criterion.cutoff().getAsInt(),
                criterion == Criterion.RECALL ? "1" : "the same",
                Numbers.count(items, "item"),
                judged,
                remedy));
  }

  /** A flag for each parameter; {@code base} holds the values of those that are not given. */
  static List<Option> of(GRU4RecParameters base) {
    List<Option> options = new ArrayList<>();
    options.add(
        new Option(
            PRESET,
            String.join("|", PRESETS.keySet()),
            "values of the flags that are not given: RecPack's defaults, or those that recommend"
                + " best ("
                + differences(GRU4RecParameters.gru4rec())
                + ")"));
    for (ParameterSpec<?> spec : GRU4RecParameters.specs()) {
      options.add(new Option(spec.dashed(), valueName(spec), help(spec, base)));
    }
    return options;
  }

  /** The flags that turn RecPack's defaults into other parameters. */
  private static String differences(GRU4RecParameters parameters) {
    GRU4RecParameters defaults = GRU4RecParameters.defaults();
    return GRU4RecParameters.specs().stream()
        .filter(spec -> !Objects.equals(spec.valueIn(defaults), spec.valueIn(parameters)))
        .map(spec -> "--" + spec.dashed() + " " + ParameterSpec.print(spec.valueIn(parameters)))
        .collect(Collectors.joining(" "));
  }

  private static String valueName(ParameterSpec<?> spec) {
    return switch (spec.type()) {
      case BOOLEAN -> null;
      case INT, LONG -> "N";
      case REAL -> "X";
      case CHOICE -> String.join("|", spec.choices());
    };
  }

  private static String help(ParameterSpec<?> spec, GRU4RecParameters base) {
    String range =
        switch (spec.type()) {
          case BOOLEAN, CHOICE -> "";
          case INT, LONG, REAL -> spec.range() + "; ";
        };
    String value = ParameterSpec.print(spec.valueIn(base));
    return spec.description()
        + " ("
        + range
        + "default "
        + (spec.type() == ParameterSpec.Type.BOOLEAN ? value.toLowerCase(Locale.ROOT) : value)
        + ")";
  }

  /**
   * The parameters that the flags say, the rest from the preset, or from {@code base} where none is
   * given. The seed of {@code base} stays in any case.
   */
  static GRU4RecParameters read(CommandLine line, GRU4RecParameters base) throws UsageException {
    GRU4RecParameters.Builder builder = base.toBuilder();
    Optional<String> preset = line.get(PRESET);
    if (preset.isPresent()) {
      GRU4RecParameters chosen = PRESETS.get(preset.get());
      if (chosen == null) {
        throw new UsageException(
            "--preset must be one of %s, got %s"
                .formatted(String.join(", ", PRESETS.keySet()), preset.get()));
      }
      builder = chosen.toBuilder().set(SEED, base.get(SEED));
    }
    for (ParameterSpec<?> spec : GRU4RecParameters.specs()) {
      Optional<String> value = line.get(spec.dashed());
      if (value.isPresent()) {
        try {
          builder.set(spec.name(), value.get());
        } catch (IllegalArgumentException e) {
          throw new UsageException("--" + spec.dashed() + ": " + e.getMessage());
        }
      }
    }
    return builder.build();
  }
}
