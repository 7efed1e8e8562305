package io.gru4j.cli;

import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_LAYERS;
import static io.gru4j.parameters.GRU4RecParameters.SAVE_BEST_TO_FILE;
import static io.gru4j.parameters.GRU4RecParameters.SEED;

import io.gru4j.metrics.Criterion;
import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecOptions;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.ParameterSpec;
import io.gru4j.parameters.Presets;
import io.gru4j.parameters.UpdateDefaults;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The estimator's parameters as flags of the same names with dashes. */
public final class ParameterOptions {
  /** Flags that mean nothing where no sessions judge the epochs. */
  private static final List<String> OF_VALIDATION =
      List.of(
          "stop-early",
          "validation-sample-size",
          "stopping-criterion",
          "min-improvement",
          "max-iter-no-change",
          "save-best-to-file");

  /** Parameters that a model has settled. */
  private static final Set<String> OF_NETWORK =
      Set.of(
          NUM_LAYERS.name(),
          HIDDEN_SIZE.name(),
          NUM_COMPONENTS.name(),
          GRU4RecOptions.HIDDEN_SIZES.name(),
          GRU4RecOptions.EMBEDDING.name());

  private static final Map<String, String> UPDATE_DEFAULTS =
      Map.of(
          MAX_EPOCHS.name(),
          Integer.toString(UpdateDefaults.EPOCHS),
          LEARNING_RATE.name(),
          UpdateDefaults.RATE_WITHOUT_STATE
              + " times that of MODEL's first training, "
              + UpdateDefaults.RATE_WITH_STATE
              + " times with the optimizer's kept state",
          SAVE_BEST_TO_FILE.name(),
          "false");

  private static final String ALGORITHM = "algorithm";
  private static final String PRESET = "preset";

  /** The preset that stands for RecPack's defaults of either estimator. */
  private static final String RECPACK = "recpack";

  private static final SortedSet<String> PRESETS = new TreeSet<>(Presets.all().keySet());

  static {
    PRESETS.add(RECPACK);
  }

  private ParameterOptions() {}

  /**
   * Refuses flags that would be without effect in a training without validation; a switch that is
   * off has none anywhere.
   *
   * @param reason follows the flag's name
   */
  public static void refuseValidationFlags(CommandLine line, String reason) throws UsageException {
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

  /**
   * A flag for each parameter of any estimator, those of one alone too; {@code base} holds the
   * values of those that are not given.
   */
  public static List<Option> of(GRU4RecParameters base) {
    List<Option> options = new ArrayList<>();
    options.add(
        new Option(
            ALGORITHM,
            join("|", Algorithm.values()),
            "the estimator: "
                + Stream.of(Algorithm.values())
                    .map(each -> each + " is " + each.estimator())
                    .collect(Collectors.joining(", "))
                + " (default that of the preset, or "
                + base.algorithm()
                + ")"));
    options.add(
        new Option(
            PRESET,
            "NAME",
            "values of the flags that are not given, and the algorithm: recpack, RecPack's"
                + " defaults; gru4rec, those that recommend best ("
                + differences(GRU4RecParameters.gru4rec())
                + "); full_softmax, the best that was found for the whole catalogue; or what"
                + " GRU4Rec's authors tuned on a data set, "
                + PRESETS.stream()
                    .filter(name -> name.startsWith("official"))
                    .collect(Collectors.joining(", ")),
            false,
            List.copyOf(PRESETS)));
    for (ParameterSpec<?> spec : specs()) {
      options.add(new Option(spec.dashed(), valueName(spec), help(spec, base)));
    }
    return options;
  }

  /**
   * A flag for each parameter, for going on from a model: what is not given is the model's. The
   * network and the first values are not among them.
   */
  static List<Option> ofUpdate() {
    List<Option> options = new ArrayList<>();
    for (ParameterSpec<?> spec : specs()) {
      if (!OF_NETWORK.contains(spec.name())) {
        String name = valueName(spec);
        options.add(
            new Option(
                spec.dashed(),
                name,
                spec.description()
                    + (name == null || spec.type() == ParameterSpec.Type.CHOICE
                        ? " (default "
                        : " (" + spec.range() + "; default ")
                    + UPDATE_DEFAULTS.getOrDefault(spec.name(), "that of MODEL")
                    + ")"));
      }
    }
    return options;
  }

  /** Why {@link #ofUpdate} has not the flag of a parameter; empty if it is none. */
  static Optional<String> whyNotOfUpdate(String flag) {
    if (flag.equals(ALGORITHM) || flag.equals(PRESET)) {
      return Optional.of("the algorithm stays that of MODEL, and so do its parameters");
    }
    return OF_NETWORK.contains(flag.replace('-', '_'))
        ? Optional.of("the network stays that of MODEL")
        : Optional.empty();
  }

  /** Those of all estimators. */
  private static Set<ParameterSpec<?>> specs() {
    Set<ParameterSpec<?>> specs = new LinkedHashSet<>();
    Stream.of(Algorithm.values()).map(Algorithm::specs).forEach(specs::addAll);
    return specs;
  }

  private static String join(String separator, Object[] words) {
    return Stream.of(words).map(Object::toString).collect(Collectors.joining(separator));
  }

  /** The flags that turn RecPack's defaults into other parameters. */
  private static String differences(GRU4RecParameters parameters) {
    Algorithm algorithm = parameters.algorithm();
    GRU4RecParameters defaults = GRU4RecParameters.defaults(algorithm);
    String first =
        algorithm == Algorithm.CROSS_ENTROPY ? "" : "--" + ALGORITHM + " " + algorithm + " ";
    return algorithm.specs().stream()
        .filter(spec -> !Objects.equals(spec.valueIn(defaults), spec.valueIn(parameters)))
        .map(spec -> "--" + spec.dashed() + " " + ParameterSpec.print(spec.valueIn(parameters)))
        .collect(Collectors.joining(" ", first, ""));
  }

  private static String valueName(ParameterSpec<?> spec) {
    return switch (spec.type()) {
      case BOOLEAN -> null;
      case INT, LONG -> "N";
      case REAL -> "X";
      case CHOICE -> String.join("|", spec.choices());
      case SIZES -> "N,N,...";
    };
  }

  private static String help(ParameterSpec<?> spec, GRU4RecParameters base) {
    String range =
        switch (spec.type()) {
          case BOOLEAN, CHOICE -> "";
          case INT, LONG, REAL, SIZES -> spec.range() + "; ";
        };
    return spec.description() + " (" + range + defaults(spec, base) + ")";
  }

  /** What a parameter is if it is not given, and whose it is if not all have it. */
  private static String defaults(ParameterSpec<?> spec, GRU4RecParameters base) {
    String text = "";
    String first = null;
    for (Algorithm each : Algorithm.values()) {
      if (!each.specs().contains(spec)) {
        continue;
      }
      String value = ParameterSpec.print(spec.valueIn(of(each, base)));
      value = spec.type() == ParameterSpec.Type.BOOLEAN ? value.toLowerCase(Locale.ROOT) : value;
      if (first == null) {
        boolean all = each == Algorithm.values()[0];
        text = (all ? "" : "for " + each + " alone; ") + "default " + value;
        first = value;
      } else if (!first.equals(value)) {
        text += ", for " + each + " " + value;
      }
    }
    return text;
  }

  /** The values of {@code base} for an estimator, which need not be that of {@code base}. */
  private static GRU4RecParameters of(Algorithm algorithm, GRU4RecParameters base) {
    if (algorithm == base.algorithm()) {
      return base;
    }
    GRU4RecParameters defaults = GRU4RecParameters.defaults(base.algorithm());
    GRU4RecParameters.Builder builder = GRU4RecParameters.builder(algorithm);
    for (ParameterSpec<?> spec : algorithm.specs()) {
      if (base.algorithm().specs().contains(spec)
          && !Objects.equals(spec.valueIn(base), spec.valueIn(defaults))) {
        builder.set(spec.name(), spec.valueIn(base));
      }
    }
    return builder.build();
  }

  /**
   * The parameters that the flags say, the rest from the preset, or from {@code base} where none is
   * given. The seed of {@code base} stays in any case.
   */
  public static GRU4RecParameters read(CommandLine line, GRU4RecParameters base)
      throws UsageException {
    GRU4RecParameters parameters = readUnchecked(line, base);
    try {
      parameters.requireConsistent();
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
    return parameters;
  }

  /**
   * As {@link #read}, of parameters that need not go together: those of a search, whose candidates
   * change them.
   */
  static GRU4RecParameters readUnchecked(CommandLine line, GRU4RecParameters base)
      throws UsageException {
    GRU4RecParameters start = start(line, base);
    Algorithm algorithm = start.algorithm();
    GRU4RecParameters.Builder builder = start.toBuilder();
    for (ParameterSpec<?> spec : specs()) {
      Optional<String> value =
          line.knows(spec.dashed()) ? line.get(spec.dashed()) : Optional.empty();
      if (value.isPresent()) {
        requireOf(algorithm, spec);
        try {
          builder.set(spec.name(), value.get());
        } catch (IllegalArgumentException e) {
          throw new UsageException("--" + spec.dashed() + ": " + e.getMessage());
        }
      }
    }
    return builder.build();
  }

  private static void requireOf(Algorithm algorithm, ParameterSpec<?> spec) throws UsageException {
    if (!algorithm.specs().contains(spec)) {
      throw new UsageException(
          "--%s is a flag of --algorithm %s, not of %s"
              .formatted(
                  spec.dashed(),
                  Stream.of(Algorithm.values())
                      .filter(each -> each.specs().contains(spec))
                      .map(Algorithm::toString)
                      .collect(Collectors.joining(" or ")),
                  algorithm));
    }
  }

  /** What the flags of parameters change. */
  private static GRU4RecParameters start(CommandLine line, GRU4RecParameters base)
      throws UsageException {
    if (!line.knows(ALGORITHM)) { // it is the model's
      return base;
    }
    Optional<String> given = line.get(ALGORITHM);
    Algorithm algorithm = base.algorithm();
    if (given.isPresent()) {
      try {
        algorithm = Algorithm.of(given.get());
      } catch (IllegalArgumentException e) {
        throw new UsageException("--" + ALGORITHM + ": " + e.getMessage());
      }
    }
    String preset = line.get(PRESET).orElse(null);
    if (preset == null) {
      return of(algorithm, base);
    }
    if (!PRESETS.contains(preset)) {
      throw new UsageException(
          "--preset must be one of %s, got %s".formatted(join(", ", PRESETS.toArray()), preset));
    }
    GRU4RecParameters chosen =
        preset.equals(RECPACK) ? GRU4RecParameters.defaults(algorithm) : Presets.all().get(preset);
    if (given.isPresent() && chosen.algorithm() != algorithm) {
      throw new UsageException(
          "--preset %s is one of %s, got --algorithm %s"
              .formatted(preset, chosen.algorithm(), algorithm));
    }
    return chosen.toBuilder().set(SEED, base.get(SEED)).build();
  }
}
