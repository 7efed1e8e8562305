package io.gru4j.file;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads {@link Json}: goes through one text, a method for each of the grammar's rules. */
final class JsonReader {
  private final String text;
  private final int maxValues;
  private int at;
  private int depth;
  private int values;

  JsonReader(String text, int maxValues) {
    this.text = text;
    this.maxValues = maxValues;
  }

  /** Reads the one value that fills the whole text, as {@link Json#parse(String, int)} says. */
  Object whole() {
    skipSpace();
    Object value = value();
    skipSpace();
    if (at < text.length()) {
      throw fault("unexpected " + seen() + " after the end");
    }
    return value;
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
    if (++depth > Json.MAX_DEPTH) {
      throw fault("nested deeper than " + Json.MAX_DEPTH);
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
      return integer(number, start);
    }
    double value = Double.parseDouble(number);
    if (Double.isInfinite(value)) {
      at = start;
      throw fault("a number is too large");
    }
    return value;
  }

  private Number integer(String number, int start) {
    try {
      return Long.valueOf(number);
    } catch (NumberFormatException e) { // more than 64 bits
      if (number.length() > Json.MAX_DIGITS) {
        at = start;
        throw fault("an integer has more than " + Json.MAX_DIGITS + " digits");
      }
      return new BigInteger(number);
    }
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

  private Json.SyntaxException fault(String what) {
    return new Json.SyntaxException(what + " at character " + at);
  }
}
