package io.gru4j.algorithms;

import io.gru4j.file.OneLine;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;

/**
 * What one estimator parameter is: its name, type, range, default and meaning. Validation, maps,
 * the identifier, the command line's flags and its help all come from the list of these, {@link
 * Gru4RecParameters#specs()}.
 *
 * <p>A value is an {@code Integer}, {@code Long}, {@code Double}, {@code Boolean} or {@code
 * String}, by {@link #type()}, or {@code null} ("None") where {@link #nullable()}. Immutable.
 */
public final class ParameterSpec {
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
    /** One of some words. */
    CHOICE
  }

  private final String name;
  private final Type type;
  private final boolean nullable;
  private final Object defaultValue;
  private final double least;
  private final double most;
  private final boolean mostIncluded;
  private final boolean asFloat; // training computes in floats: the range is that of the float
  private final List<String> choices;
  private final String range;
  private final String description;

  private ParameterSpec(Draft draft, String description) {
    this.name = draft.name;
    this.type = draft.type;
    this.nullable = draft.nullable;
    this.defaultValue = draft.defaultValue;
    this.least = draft.least;
    this.most = draft.most;
    this.mostIncluded = draft.mostIncluded;
    this.asFloat = draft.asFloat;
    this.choices = draft.choices;
    this.range = draft.range;
    this.description = description;
  }

  /** A spec without its description. */
  static final class Draft {
    private final String name;
    private final Type type;
    private final Object defaultValue;
    private final boolean nullable;
    private double least = Double.NEGATIVE_INFINITY;
    private double most = Double.POSITIVE_INFINITY;
    private boolean mostIncluded = true;
    private boolean asFloat;
    private List<String> choices = List.of();
    private String range;

    private Draft(String name, Type type, Object defaultValue, boolean nullable, String range) {
      this.name = name;
      this.type = type;
      this.defaultValue = defaultValue;
      this.nullable = nullable;
      this.range = nullable ? range + " or None" : range;
    }

    private Draft between(double least, double most, boolean mostIncluded) {
      this.least = least;
      this.most = most;
      this.mostIncluded = mostIncluded;
      return this;
    }

    private Draft asFloat() {
      this.asFloat = true;
      return this;
    }

    ParameterSpec means(String description) {
      return new ParameterSpec(this, description);
    }
  }

  static Draft integer(String name, Integer defaultValue, int least, int most) {
    boolean nullable = defaultValue == null;
    String range = "an integer in [" + least + ", " + most + "]";
    return new Draft(name, Type.INT, defaultValue, nullable, range).between(least, most, true);
  }

  static Draft longOrNone(String name) {
    return new Draft(name, Type.LONG, null, true, "an integer in [0, 2^63)")
        .between(0, 0x1p63, true);
  }

  static Draft positive(String name, double defaultValue, boolean nullable) {
    return new Draft(name, Type.REAL, defaultValue, nullable, "a float in [1.4e-45, 3.4028235e38]")
        .between(Float.MIN_VALUE, Float.MAX_VALUE, true)
        .asFloat();
  }

  static Draft notNegative(String name, double defaultValue) {
    return new Draft(name, Type.REAL, defaultValue, false, "a finite number >= 0")
        .between(0, Double.MAX_VALUE, true);
  }

  static Draft fraction(String name, double defaultValue, boolean oneIncluded) {
    String range = oneIncluded ? "a float in [0, 1]" : "a float in [0, 1)";
    return new Draft(name, Type.REAL, defaultValue, false, range)
        .between(0, 1, oneIncluded)
        .asFloat();
  }

  static Draft fractionOrNone(String name) {
    return new Draft(name, Type.REAL, null, true, "a float in [0, 1)")
        .between(0, 1, false)
        .asFloat();
  }

  static Draft bool(String name, boolean defaultValue) {
    return new Draft(name, Type.BOOLEAN, defaultValue, false, "true or false");
  }

  static Draft choice(String name, String defaultValue, List<String> choices) {
    Draft draft =
        new Draft(name, Type.CHOICE, defaultValue, false, "one of " + String.join(", ", choices));
    draft.choices = List.copyOf(choices);
    return draft;
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
  public Object defaultValue() {
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
    return choices;
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
   * Returns the parameter's value in a set of parameters.
   *
   * @param parameters a set of parameters
   * @return the value, {@code null} for "None"
   */
  public Object valueIn(Gru4RecParameters parameters) {
    return parameters.value(name);
  }

  /**
   * Checks a value and brings it to the parameter's type.
   *
   * @param value a number, boolean or enum constant, a text as {@link #parse} takes, or {@code
   *     null}
   * @return the value as an {@code Integer}, {@code Long}, {@code Double}, {@code Boolean} or
   *     {@code String}, or {@code null}
   * @throws IllegalArgumentException if it is of another type or out of range; the message has the
   *     name, the range and the value
   */
  public Object check(Object value) {
    if (value == null) {
      if (!nullable) {
        throw refuse(null);
      }
      return null;
    }
    if (value instanceof String text) {
      return parse(text);
    }
    return switch (type) {
      case INT, LONG -> {
        boolean whole =
            value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte;
        yield whole ? checkWhole(((Number) value).longValue(), value) : refuseToYield(value);
      }
      case REAL ->
          value instanceof Number number ? checkReal(realOf(number), value) : refuseToYield(value);
      case BOOLEAN -> value instanceof Boolean ? value : refuseToYield(value);
      case CHOICE -> value instanceof Enum<?> ? parse(value.toString()) : refuseToYield(value);
    };
  }

  /**
   * Reads a value from text: {@code None} or {@code null} for none, {@code true} and {@code false}
   * in any case, numbers as Java and Python write them.
   *
   * @param text a value, white space around it ignored
   * @return the value as {@link #check} returns it
   * @throws IllegalArgumentException if the text is no value in range; the message has the name,
   *     the range and the text
   */
  public Object parse(String text) {
    String word = text.strip();
    if (nullable && (word.equalsIgnoreCase("none") || word.equals("null"))) {
      return null;
    }
    try {
      return switch (type) {
        case INT, LONG -> checkWhole(Long.parseLong(word), text);
        case REAL -> {
          // Java also takes 1d and 0x1p3; those are no numbers to a user.
          if (!word.matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?")) {
            throw refuse(text);
          }
          yield checkReal(Double.parseDouble(word), text);
        }
        case BOOLEAN ->
            switch (word.toLowerCase(Locale.ROOT)) {
              case "true" -> true;
              case "false" -> false;
              default -> throw refuse(text);
            };
        case CHOICE -> choices.contains(word) ? word : refuseToYield(text);
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
      case Double d -> printReal(d);
      case Float f -> printReal(realOf(f));
      default -> value.toString();
    };
  }

  /**
   * Python's repr: the shortest digits that read back equal, an exponent below 1e-4, from 1e16 on.
   */
  private static String printReal(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value > 0 ? "0.0" : "-0.0";
    }
    BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    String digits = decimal.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - decimal.scale();
    if (exponent >= -4 && exponent < 16) {
      String plain = decimal.toPlainString();
      return plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }
    StringBuilder out = new StringBuilder(value < 0 ? "-" : "").append(digits.charAt(0));
    if (digits.length() > 1) {
      out.append('.').append(digits, 1, digits.length());
    }
    out.append(exponent < 0 ? "e-" : "e+");
    int size = Math.abs(exponent);
    return out.append(size < 10 ? "0" : "").append(size).toString();
  }

  /** A float is the decimal number that it prints as: 0.03f is 0.03. */
  private static double realOf(Number number) {
    return number instanceof Float ? Double.parseDouble(number.toString()) : number.doubleValue();
  }

  private Object checkWhole(long value, Object given) {
    if (value < least || value > most) {
      throw refuse(given);
    }
    if (type == Type.INT) {
      return (int) value;
    }
    return value;
  }

  private Object checkReal(double value, Object given) {
    double used = asFloat ? (float) value : value;
    boolean belowMost = mostIncluded ? used <= most : used < most;
    boolean sign = !asFloat || value >= 0; // -1e-60 is -0.0 as a float
    if (!(used >= least && belowMost && sign)) { // so that NaN is refused
      throw refuse(given);
    }
    return value;
  }

  private IllegalArgumentException refuse(Object given) {
    return new IllegalArgumentException(
        name + " must be " + range + ", got " + OneLine.of(print(given), 200));
  }

  private Object refuseToYield(Object given) {
    throw refuse(given);
  }

  @Override
  public String toString() {
    return name + ": " + range + ", default " + print(defaultValue);
  }
}
