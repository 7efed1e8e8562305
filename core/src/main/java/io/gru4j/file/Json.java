package io.gru4j.file;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads and writes JSON (RFC 8259), strictly.
 *
 * <p>A value is a {@code Map<String, Object>} in the order of the text, a {@code List<Object>}, a
 * {@code String}, a {@code Long} (a number without fraction and exponent), a {@code Double}, a
 * {@code Boolean} or {@code null}. Refused: comments, trailing commas, duplicate keys, anything
 * after the value, NaN and infinities, integers outside 64 bits, unpaired surrogates, more than
 * {@value #MAX_DEPTH} nested arrays and objects. Stateless, so safe for any number of threads.
 */
public final class Json {
  /** Arrays and objects that may enclose a value. */
  public static final int MAX_DEPTH = 64;

  private final String text;
  private final int maxValues;
  private int at;
  private int depth;
  private int values;

  private Json(String text, int maxValues) {
    this.text = text;
    this.maxValues = maxValues;
  }

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
    Json json = new Json(text, maxValues);
    json.skipSpace();
    Object value = json.value();
    json.skipSpace();
    if (json.at < text.length()) {
      throw json.fault("unexpected " + json.seen() + " after the end");
    }
    return value;
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
    StringBuilder out = new StringBuilder();
    append(out, value);
    return out.toString();
  }

  private static void append(StringBuilder out, Object value) {
    switch (value) {
      case null -> out.append("null");
      case String s -> appendString(out, s);
      case Boolean b -> out.append(b);
      case Long n -> out.append(n);
      case Integer n -> out.append(n);
      case Double d -> {
        if (!Double.isFinite(d)) {
          throw new IllegalArgumentException("JSON has no number " + d);
        }
        out.append(d);
      }
      case Float f -> {
        if (!Float.isFinite(f)) {
          throw new IllegalArgumentException("JSON has no number " + f);
        }
        out.append(f);
      }
      case Map<?, ?> map -> {
        String separator = "{";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          out.append(separator);
          appendString(out, (String) entry.getKey());
          out.append(':');
          append(out, entry.getValue());
          separator = ",";
        }
        out.append(map.isEmpty() ? "{}" : "}");
      }
      case Iterable<?> list -> {
        out.append('[');
        String separator = "";
        for (Object element : list) {
          out.append(separator);
          append(out, element);
          separator = ",";
        }
        out.append(']');
      }
      default -> throw new IllegalArgumentException("no JSON for a " + value.getClass().getName());
    }
  }

  private static void appendString(StringBuilder out, String s) {
    out.append('"');
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (Character.isSurrogate(c)) {
            boolean paired =
                Character.isHighSurrogate(c)
                    && i + 1 < s.length()
                    && Character.isLowSurrogate(s.charAt(i + 1));
            if (!paired) {
              throw new IllegalArgumentException(
                  String.format("unpaired surrogate U+%04X at index %d of a string", (int) c, i));
            }
            out.append(c).append(s.charAt(++i));
          } else if (OneLine.isUnfit(c)) { // a terminal or a log may be where it goes
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  private Object value() {
    if (++values > maxValues) {
      throw fault("more than " + maxValues + " values");
    }
    if (at == text.length()) {
      throw fault("a value is missing");
    }
    char c = text.charAt(at);
    return switch (c) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> literal("true", Boolean.TRUE);
      case 'f' -> literal("false", Boolean.FALSE);
      case 'n' -> literal("null", null);
      default -> {
        if (c == '-' || isDigit(c)) {
          yield number();
        }
        throw fault("a value cannot start with " + seen());
      }
    };
  }

  private Map<String, Object> object() {
    enter();
    Map<String, Object> map = new LinkedHashMap<>();
    if (!emptyUntil('}')) {
      do {
        skipSpace();
        if (at == text.length() || text.charAt(at) != '"') {
          throw fault("expected a key in quotes, found " + seen());
        }
        int start = at;
        String key = string();
        if (map.containsKey(key)) {
          at = start;
          throw fault("duplicate key " + OneLine.quoted(key));
        }
        skipSpace();
        expect(':');
        skipSpace();
        map.put(key, value());
      } while (another('}'));
    }
    depth--;
    return Collections.unmodifiableMap(map);
  }

  private List<Object> array() {
    enter();
    List<Object> list = new ArrayList<>();
    if (!emptyUntil(']')) {
      do {
        skipSpace();
        list.add(value());
      } while (another(']'));
    }
    depth--;
    return Collections.unmodifiableList(list);
  }

  private void enter() {
    if (++depth > MAX_DEPTH) {
      throw fault("nested deeper than " + MAX_DEPTH);
    }
    at++;
  }

  private boolean emptyUntil(char close) {
    skipSpace();
    if (at < text.length() && text.charAt(at) == close) {
      at++;
      return true;
    }
    return false;
  }

  private boolean another(char close) {
    skipSpace();
    if (at < text.length() && text.charAt(at) == ',') {
      at++;
      return true;
    }
    if (at < text.length() && text.charAt(at) == close) {
      at++;
      return false;
    }
    throw fault("expected ',' or '" + close + "', found " + seen());
  }

  private void expect(char c) {
    if (at == text.length() || text.charAt(at) != c) {
      throw fault("expected '" + c + "', found " + seen());
    }
    at++;
  }

  private Object literal(String word, Object value) {
    if (!text.startsWith(word, at)) {
      throw fault("expected " + word);
    }
    at += word.length();
    return value;
  }

  private Object number() {
    int start = at;
    if (text.charAt(at) == '-') {
      at++;
    }
    int firstDigit = at;
    digits();
    if (text.charAt(firstDigit) == '0' && at > firstDigit + 1) {
      at = firstDigit;
      throw fault("a number has a leading zero");
    }
    boolean whole = true;
    if (at < text.length() && text.charAt(at) == '.') {
      whole = false;
      at++;
      digits();
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      whole = false;
      at++;
      if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
        at++;
      }
      digits();
    }
    String number = text.substring(start, at);
    if (whole) {
      try {
        return Long.valueOf(number);
      } catch (NumberFormatException e) {
        at = start;
        throw fault("an integer does not fit in 64 bits");
      }
    }
    double value = Double.parseDouble(number);
    if (Double.isInfinite(value)) {
      at = start;
      throw fault("a number is too large");
    }
    return value;
  }

  private void digits() {
    int start = at;
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
    if (at == start) {
      throw fault("expected a digit, found " + seen());
    }
  }

  private String string() {
    at++;
    int start = at;
    while (at < text.length() && isPlain(text.charAt(at))) {
      at++;
    }
    if (at < text.length() && text.charAt(at) == '"') {
      return text.substring(start, at++);
    }
    StringBuilder out = new StringBuilder().append(text, start, at);
    while (true) {
      if (at == text.length()) {
        throw fault("a string is not closed");
      }
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        return out.toString();
      }
      if (c < 0x20) {
        throw fault("a string holds the unescaped control character " + seen());
      }
      if (c == '\\') {
        escape(out);
      } else if (Character.isSurrogate(c)) {
        surrogate(out, c, at);
        at++;
      } else {
        out.append(c);
        at++;
      }
    }
  }

  private static boolean isPlain(char c) {
    return c >= 0x20 && c != '"' && c != '\\' && !Character.isSurrogate(c);
  }

  private void escape(StringBuilder out) {
    int start = at;
    at++;
    if (at == text.length()) {
      throw fault("a string is not closed");
    }
    char c = text.charAt(at++);
    switch (c) {
      case '"', '\\', '/' -> out.append(c);
      case 'b' -> out.append('\b');
      case 'f' -> out.append('\f');
      case 'n' -> out.append('\n');
      case 'r' -> out.append('\r');
      case 't' -> out.append('\t');
      case 'u' -> {
        char unit = hex4();
        if (Character.isSurrogate(unit)) {
          surrogate(out, unit, start);
        } else {
          out.append(unit);
        }
      }
      default -> {
        at = start;
        throw fault("unknown escape \\" + c);
      }
    }
  }

  /**
   * Appends a surrogate when it completes a pair, or keeps a high one for the low one to follow.
   */
  private void surrogate(StringBuilder out, char unit, int start) {
    boolean afterHigh = !out.isEmpty() && Character.isHighSurrogate(out.charAt(out.length() - 1));
    boolean low = Character.isLowSurrogate(unit);
    if (low != afterHigh || !low && !lowSurrogateFollows(start)) {
      at = start;
      throw fault(String.format("unpaired surrogate U+%04X", (int) unit));
    }
    out.append(unit);
  }

  private boolean lowSurrogateFollows(int start) {
    int next = text.charAt(start) == '\\' ? start + 6 : start + 1;
    if (next >= text.length()) {
      return false;
    }
    if (text.charAt(next) != '\\') {
      return Character.isLowSurrogate(text.charAt(next));
    }
    return next + 3 < text.length()
        && text.charAt(next + 1) == 'u'
        && (text.charAt(next + 2) == 'd' || text.charAt(next + 2) == 'D')
        && Character.digit(text.charAt(next + 3), 16) >= 12;
  }

  private char hex4() {
    int unit = 0;
    for (int i = 0; i < 4; i++) {
      char c = at < text.length() ? text.charAt(at) : ' ';
      int digit = c < 0x80 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        throw fault("expected four hexadecimal digits after \\u, found " + seen());
      }
      unit = unit << 4 | digit;
      at++;
    }
    return (char) unit;
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private String seen() {
    if (at == text.length()) {
      return "the end";
    }
    char c = text.charAt(at);
    return c > 0x20 && c < 0x7f ? "'" + c + "'" : String.format("U+%04X", (int) c);
  }

  private SyntaxException fault(String what) {
    return new SyntaxException(what + " at character " + at);
  }
}
