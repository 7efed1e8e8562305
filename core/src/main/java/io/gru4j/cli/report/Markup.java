package io.gru4j.cli.report;

import io.gru4j.file.OneLine;
import java.util.Locale;

/** Writes markup that HTML and XML parsers both read: elements are closed, texts escaped. */
final class Markup {
  private final StringBuilder out = new StringBuilder();

  /** Opens an element; {@code attributes} are names and values in turn. */
  Markup open(String element, Object... attributes) {
    start(element, attributes).append('>');
    return this;
  }

  Markup close(String element) {
    out.append("</").append(element).append(">\n");
    return this;
  }

  /** An element without content. */
  Markup empty(String element, Object... attributes) {
    start(element, attributes).append("/>\n");
    return this;
  }

  /** An element with a text in it. */
  Markup text(String element, String text, Object... attributes) {
    return open(element, attributes).raw(escape(text)).close(element);
  }

  /** Text that is markup already, or contains none. */
  Markup raw(String markup) {
    out.append(markup);
    return this;
  }

  private StringBuilder start(String element, Object... attributes) {
    out.append('<').append(element);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      out.append(escape(value(attributes[i + 1]))).append('"');
    }
    return out;
  }

  /** Positions of drawings come as {@code Float} and need two decimals, data as {@code Double}. */
  private static String value(Object value) {
    return value instanceof Float position
        ? String.format(Locale.ROOT, "%.2f", position)
        : value.toString();
  }

  /** Replaces characters that mean something in markup, and those that it cannot contain. */
  static String escape(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints().forEach(c -> escape(c, out));
    return out.toString();
  }

  private static void escape(int c, StringBuilder out) {
    switch (c) {
      case '&' -> out.append("&amp;");
      case '<' -> out.append("&lt;");
      case '>' -> out.append("&gt;");
      case '"' -> out.append("&quot;");
      case '\'' -> out.append("&#39;");
      default -> {
        boolean space = c == '\t' || c == '\n';
        boolean none = (c & 0xFFFE) == 0xFFFE;
        out.appendCodePoint(none || OneLine.isUnfit(c) && !space ? 0xFFFD : c);
      }
    }
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
