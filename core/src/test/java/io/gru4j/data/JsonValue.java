package io.gru4j.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A small reader of sound JSON, for the recordings that tests compare with. */
public final class JsonValue {
  private final String text;
  private int at;

  private JsonValue(String text) {
    this.text = text;
  }

  /** Returns maps, lists, strings, doubles, booleans and null. */
  public static Object parse(String text) {
    JsonValue json = new JsonValue(text);
    Object value = json.value();
    json.skipBlanks();
    if (json.at != text.length()) {
      throw json.fault("the end");
    }
    return value;
  }

  private Object value() {
    skipBlanks();
    return switch (text.charAt(at)) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private Map<String, Object> object() {
    Map<String, Object> object = new LinkedHashMap<>();
    at++;
    while (!closes('}')) {
      skipBlanks();
      String key = string();
      skipBlanks();
      expect(':');
      object.put(key, value());
    }
    return object;
  }

  private List<Object> array() {
    List<Object> array = new ArrayList<>();
    at++;
    while (!closes(']')) {
      array.add(value());
    }
    return array;
  }

  /** Steps over a comma or the closing bracket; says whether it was the bracket. */
  private boolean closes(char bracket) {
    skipBlanks();
    if (text.charAt(at) == bracket) {
      at++;
      return true;
    }
    if (text.charAt(at) == ',') {
      at++;
    }
    return false;
  }

  private String string() {
    expect('"');
    StringBuilder string = new StringBuilder();
    while (text.charAt(at) != '"') {
      char c = text.charAt(at++);
      if (c == '\\') {
        c = text.charAt(at++);
        switch (c) {
          case 'n' -> c = '\n';
          case 't' -> c = '\t';
          case 'u' -> {
            c = (char) Integer.parseInt(text.substring(at, at + 4), 16);
            at += 4;
          }
          default -> {
            // the character itself
          }
        }
      }
      string.append(c);
    }
    at++;
    return string.toString();
  }

  private Object word(String word, Object value) {
    if (!text.startsWith(word, at)) {
      throw fault(word);
    }
    at += word.length();
    return value;
  }

  private Double number() {
    int start = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return Double.valueOf(text.substring(start, at));
  }

  private void expect(char c) {
    if (text.charAt(at) != c) {
      throw fault("'" + c + "'");
    }
    at++;
  }

  private void skipBlanks() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private IllegalArgumentException fault(String expected) {
    return new IllegalArgumentException("JSON: expected " + expected + " at character " + at);
  }
}
