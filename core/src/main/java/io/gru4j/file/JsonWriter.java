package io.gru4j.file;

import java.math.BigInteger;
import java.util.Map;

/** Writes {@link Json}. */
final class JsonWriter {
  private JsonWriter() {}

  /** Writes a value, as {@link Json#write} says. */
  static String write(Object value) {
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
      case BigInteger n -> out.append(n);
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
}
