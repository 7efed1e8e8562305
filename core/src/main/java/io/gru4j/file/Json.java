package io.gru4j.file;

/**
 * Reads and writes JSON (RFC 8259), strictly.
 *
 * <p>A value is a {@code Map<String, Object>} in the order of the text, a {@code List<Object>}, a
 * {@code String}, a {@code Long} (a number without fraction and exponent), a {@code BigInteger}
 * (such a number outside 64 bits), a {@code Double}, a {@code Boolean} or {@code null}. Refused:
 * comments, trailing commas, duplicate keys, anything after the value, NaN and infinities, integers
 * of more than {@value #MAX_DIGITS} characters, unpaired surrogates, more than {@value #MAX_DEPTH}
 * nested arrays and objects. Stateless, so safe for any number of threads.
 */
public final class Json {
  /** Arrays and objects that may enclose a value. */
  public static final int MAX_DEPTH = 64;

  /** Characters of an integer: what it takes to read one grows faster than its length. */
  public static final int MAX_DIGITS = 1000;

  private Json() {}

  /** The text is not the JSON that is accepted here; the message says where and why. */
  public static final class SyntaxException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    SyntaxException(String message) {
      super(message);
    }
  }

  /**
   * Parses one value that fills the whole text.
   *
   * @param text JSON, with or without white space around it
   * @return the value, unmodifiable
   * @throws SyntaxException if the text is anything else; the message ends with the character's
   *     index
   */
  public static Object parse(String text) {
    return parse(text, Integer.MAX_VALUE);
  }

  /**
   * As {@link #parse(String)}, with a bound on the memory that a hostile text can claim.
   *
   * @param text JSON
   * @param maxValues values allowed, containers and their elements alike
   * @return the value, unmodifiable
   * @throws SyntaxException if the text is not JSON or holds more values
   */
  public static Object parse(String text, int maxValues) {
    return new JsonReader(text, maxValues).whole();
  }

  /**
   * Writes a value without white space, keys in the map's order.
   *
   * @param value maps with string keys, iterables, strings, numbers, booleans, null, nested
   * @return JSON; parsing it gives equal values
   * @throws IllegalArgumentException if a number is NaN or infinite, a string holds an unpaired
   *     surrogate, or a value is of another type
   */
  public static String write(Object value) {
    return JsonWriter.write(value);
  }
}
