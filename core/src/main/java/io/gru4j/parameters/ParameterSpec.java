package io.gru4j.parameters;

import io.gru4j.file.OneLine;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Declares one estimator parameter: name, type, range, default and meaning. Validation, maps, the
 * identifier, the command line's flags and its help all come from the constants of this type in
 * {@link GRU4RecParameters} and {@link GRU4RecOptions}.
 *
 * <p>A value may be {@code null} ("None") where {@link #nullable()}. Immutable.
 *
 * @param <T> an {@code Integer}, {@code Long}, {@code Double}, {@code Boolean}, an enum or {@link
 *     LayerSizes}, by {@link #type()}
 */
public final class ParameterSpec<T> {
  /** The type of a parameter's values. */
  public enum Type {
    /** A 32-bit integer. */
    INT,
    /** A 64-bit integer. */
    LONG,
    /** A double. */
    REAL,
    /** True or false. */
    BOOLEAN,
    /** One of some words, each a constant of an enum. */
    CHOICE,
    /** {@link LayerSizes}. */
    SIZES
  }

  private final String name;
  private final Type type;
  private final boolean nullable;
  private final T defaultValue;
  private final Bounds bounds;
  private final List<T> constants; // of a choice
  private final String range;
  private final String description;

  private ParameterSpec(
      String name,
      Type type,
      boolean nullable,
      T defaultValue,
      Bounds bounds,
      List<T> constants,
      String description) {
    this.name = name;
    this.type = type;
    this.nullable = nullable;
    this.defaultValue = defaultValue;
    this.bounds = bounds;
    this.constants = constants;
    this.range = nullable ? bounds.words() + " or None" : bounds.words();
    this.description = description;
  }

  private static <T> ParameterSpec<T> of(
      String name, Type type, boolean nullable, T defaultValue, Bounds bounds, String description) {
    return new ParameterSpec<>(name, type, nullable, defaultValue, bounds, List.of(), description);
  }

  static ParameterSpec<Integer> integer(
      String name, int defaultValue, int least, int most, String description) {
    return of(name, Type.INT, false, defaultValue, Bounds.integers(least, most), description);
  }

  static ParameterSpec<Integer> integerOrNone(
      String name, int least, int most, String description) {
    return of(name, Type.INT, true, null, Bounds.integers(least, most), description);
  }

  static ParameterSpec<Long> longOrNone(String name, String description) {
    return of(name, Type.LONG, true, null, Bounds.NOT_NEGATIVE_LONGS, description);
  }

  static ParameterSpec<Double> positive(String name, double defaultValue, String description) {
    return of(name, Type.REAL, false, defaultValue, Bounds.POSITIVE_FLOATS, description);
  }

  static ParameterSpec<Double> positiveOrNone(
      String name, double defaultValue, String description) {
    return of(name, Type.REAL, true, defaultValue, Bounds.POSITIVE_FLOATS, description);
  }

  static ParameterSpec<Double> notNegative(String name, double defaultValue, String description) {
    return of(name, Type.REAL, false, defaultValue, Bounds.NOT_NEGATIVE_REALS, description);
  }

  static ParameterSpec<Double> fraction(String name, double defaultValue, String description) {
    return of(name, Type.REAL, false, defaultValue, Bounds.FRACTIONS, description);
  }

  static ParameterSpec<Double> fractionOrNone(String name, String description) {
    return of(name, Type.REAL, true, null, Bounds.FRACTIONS, description);
  }

  static ParameterSpec<Double> fractionOrOne(String name, double defaultValue, String description) {
    return of(name, Type.REAL, false, defaultValue, Bounds.FRACTIONS_OR_ONE, description);
  }

  static ParameterSpec<Boolean> trueOrFalse(String name, String description) {
    return of(name, Type.BOOLEAN, false, false, Bounds.of("true or false"), description);
  }

  static ParameterSpec<LayerSizes> sizesOrNone(String name, String description) {
    return of(name, Type.SIZES, true, null, Bounds.of(LayerSizes.WORDS), description);
  }

  /** One of the constants of an enum, whose {@code toString} gives its word. */
  static <E extends Enum<E>> ParameterSpec<E> choice(
      String name, E defaultValue, String description) {
    List<E> constants = List.of(defaultValue.getDeclaringClass().getEnumConstants());
    String words = constants.stream().map(Enum::toString).collect(Collectors.joining(", "));
    return new ParameterSpec<>(
        name,
        Type.CHOICE,
        false,
        defaultValue,
        Bounds.of("one of " + words),
        constants,
        description);
  }

  /**
   * Returns the documented name.
   *
   * @return in snake_case, such as {@code predict_topK}
   */
  public String name() {
    return name;
  }

  /**
   * Returns the name as Java writes it.
   *
   * @return in camelCase, such as {@code predictTopK}
   */
  public String camelCase() {
    return camelCase(name);
  }

  /**
   * Returns a name as Java writes it.
   *
   * @param name in snake_case
   * @return in camelCase
   */
  public static String camelCase(String name) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      out.append(c == '_' && i + 1 < name.length() ? Character.toUpperCase(name.charAt(++i)) : c);
    }
    return out.toString();
  }

  /**
   * Returns the name as a command line writes it.
   *
   * @return with dashes, such as {@code predict-topK}
   */
  public String dashed() {
    return name.replace('_', '-');
  }

  /**
   * Returns the type of the values.
   *
   * @return the type
   */
  public Type type() {
    return type;
  }

  /**
   * Returns whether there may be no value.
   *
   * @return true if {@code null} is allowed
   */
  public boolean nullable() {
    return nullable;
  }

  /**
   * Returns the value a parameter has if none is given.
   *
   * @return the default, {@code null} for "None"
   */
  public T defaultValue() {
    return defaultValue;
  }

  /**
   * Returns the values allowed, in words.
   *
   * @return such as {@code an integer in [1, 65536]}
   */
  public String range() {
    return range;
  }

  /**
   * Returns the words allowed for a {@link Type#CHOICE}.
   *
   * @return the words, empty for other types
   */
  public List<String> choices() {
    return constants.stream().map(Object::toString).toList();
  }

  /**
   * Returns what the parameter does.
   *
   * @return a sentence
   */
  public String description() {
    return description;
  }

  /**
   * Returns the parameter's value in a set of parameters, as maps and files have it.
   *
   * @param parameters a set of parameters
   * @return an {@code Integer}, {@code Long}, {@code Double}, {@code Boolean}, the word of a
   *     choice, or {@code null} for "None"
   */
  public Object valueIn(GRU4RecParameters parameters) {
    return plain(parameters.get(this));
  }

  /** A value as maps have it: constants of enums and sizes as their text, others as they are. */
  static Object plain(Object value) {
    return value instanceof Enum<?> || value instanceof LayerSizes ? value.toString() : value;
  }

  /**
   * Checks a value and brings it to the parameter's type.
   *
   * @param value a number, boolean or enum constant, a text as {@link #parse} takes, or {@code
   *     null}
   * @return the value, or {@code null}
   * @throws IllegalArgumentException if it is of another type or out of range; the message has the
   *     name, the range and the value
   */
  public T check(Object value) {
    if (value == null && !nullable) {
      throw refuse(null);
    }
    return switch (value) {
      case null -> null;
      case String text -> parse(text);
      case Enum<?> constant when type == Type.CHOICE -> parse(constant.toString());
      case LayerSizes sizes when type == Type.SIZES -> cast(sizes);
      case Boolean flag when type == Type.BOOLEAN -> cast(flag);
      case Number number when type == Type.REAL -> real(realOf(number), value);
      case Long whole -> whole(whole, value);
      case Integer whole -> whole(whole, value);
      case Short whole -> whole(whole, value);
      case Byte whole -> whole(whole, value);
      default -> throw refuse(value);
    };
  }

  /**
   * Reads a value from text: {@code None} or {@code null} for none, {@code true} and {@code false}
   * in any case, numbers as Java and Python write them.
   *
   * @param text a value, white space around it ignored
   * @return the value, or {@code null}
   * @throws IllegalArgumentException if the text is no value in range; the message has the name,
   *     the range and the text
   */
  public T parse(String text) {
    String word = text.strip();
    if (nullable && (word.equalsIgnoreCase("none") || word.equals("null"))) {
      return null;
    }
    try {
      return switch (type) {
        case INT, LONG -> whole(Long.parseLong(word), text);
        case REAL -> {
          // Java also reads 1d and 0x1p3, which no user means as numbers.
          if (!word.matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?")) {
            throw refuse(text);
          }
          yield real(Double.parseDouble(word), text);
        }
        case BOOLEAN ->
            switch (word.toLowerCase(Locale.ROOT)) {
              case "true" -> cast(true);
              case "false" -> cast(false);
              default -> throw refuse(text);
            };
        case CHOICE ->
            constants.stream()
                .filter(each -> each.toString().equals(word))
                .findFirst()
                .orElseThrow(() -> refuse(text));
        case SIZES -> sizes(word);
      };
    } catch (NumberFormatException e) {
      throw refuse(text);
    }
  }

  /**
   * Writes a value as RecPack's identifiers and Python write it: {@code None}, {@code False},
   * {@code 0.03}, {@code 1.0}, {@code 1e-05}, words bare.
   *
   * @param value a value of this or any other parameter
   * @return the text; {@link #parse} reads it back to an equal value
   */
  public static String print(Object value) {
    return switch (value) {
      case null -> "None";
      case Boolean b -> b ? "True" : "False";
      case Double d -> PythonReal.print(d);
      case Float f -> PythonReal.print(realOf(f));
      default -> value.toString();
    };
  }

  /** A float is the decimal number that it prints as: 0.03f is 0.03. */
  private static double realOf(Number number) {
    return number instanceof Float ? Double.parseDouble(number.toString()) : number.doubleValue();
  }

  private T sizes(String text) {
    try {
      return cast(LayerSizes.parse(text));
    } catch (IllegalArgumentException e) {
      throw refuse(text);
    }
  }

  private T whole(long value, Object given) {
    if ((type != Type.INT && type != Type.LONG) || !bounds.contain(value)) {
      throw refuse(given);
    }
    return type == Type.INT ? cast((int) value) : cast(value);
  }

  private T real(double value, Object given) {
    if (!bounds.contain(value)) {
      throw refuse(given);
    }
    return cast(value);
  }

  @SuppressWarnings("unchecked") // the factory that made this spec ties T to the type
  private T cast(Object value) {
    return (T) value;
  }

  private IllegalArgumentException refuse(Object given) {
    return new IllegalArgumentException(
        name + " must be " + range + ", got " + OneLine.of(print(given), 200));
  }

  @Override
  public String toString() {
    return name + ": " + range + ", default " + print(defaultValue);
  }
}
