package io.gru4j.file;

/**
 * Makes text that anyone may have written fit for one line of a message, a table, a log or a
 * terminal: short, encodable as UTF-8, and read in the order in which it is written.
 *
 * <p>What does not fit is shown by an escape: {@code \t}, {@code \n}, {@code \r}, and {@code
 * \}{@code uXXXX} for other control characters, line separators, controls of the writing direction
 * and surrogates without a partner. All other text stays as it is, backslashes too: this is for
 * people, not for reading back. A surrogate pair is kept or cut as a whole.
 *
 * <p>Stateless, so safe for any number of threads. It lives in the lowest room of the house, so
 * that every exception can use it.
 */
public final class OneLine {
  private static final String CUT = "...";

  private OneLine() {}

  /**
   * Makes text fit for a line.
   *
   * @param text any text
   * @param limit how many UTF-16 code units the result may have, at least 0
   * @return the text with its escapes, ending in {@code ...} if it was cut
   * @throws IllegalArgumentException if the limit is negative
   */
  public static String of(String text, int limit) {
    if (limit < 0) {
      throw new IllegalArgumentException("limit must be >= 0, got " + limit);
    }
    StringBuilder out = new StringBuilder(Math.min(text.length(), limit));
    int room = Math.max(0, limit - CUT.length());
    int cut = 0; // the length that leaves room for the three dots
    for (int i = 0, c; i < text.length(); i += Character.charCount(c)) {
      c = text.codePointAt(i);
      if (isUnfit(c)) {
        out.append(escape(c));
      } else {
        out.appendCodePoint(c);
      }
      if (out.length() > limit) {
        out.setLength(cut);
        return out.append(CUT, 0, Math.min(limit, CUT.length())).toString();
      }
      cut = out.length() <= room ? out.length() : cut;
    }
    return out.toString();
  }

  /**
   * Makes text fit for a line, whatever its length.
   *
   * @param text any text
   * @return the text with its escapes
   */
  public static String of(String text) {
    return of(text, Integer.MAX_VALUE);
  }

  /**
   * Quotes text for a message.
   *
   * @param text any text
   * @param limit how many UTF-16 code units may stand between the quotes
   * @return as {@link #of(String, int)}, in double quotes
   */
  public static String quoted(String text, int limit) {
    return '"' + of(text, limit) + '"';
  }

  /**
   * Quotes an id, a name or a value for a message, in at most 100 characters.
   *
   * @param text any text
   * @return as {@link #quoted(String, int)}
   */
  public static String quoted(String text) {
    return quoted(text, 100);
  }

  /**
   * Returns the start of a text, with nothing added or replaced, as a file's name needs it.
   *
   * @param text any text
   * @param limit how many UTF-16 code units to keep at most, at least 0
   * @return the longest start that ends in no half of a surrogate pair
   */
  public static String start(String text, int limit) {
    if (text.length() <= limit) {
      return text;
    }
    boolean half =
        limit > 0
            && Character.isHighSurrogate(text.charAt(limit - 1))
            && Character.isLowSurrogate(text.charAt(limit));
    return text.substring(0, half ? limit - 1 : limit);
  }

  /**
   * Whether a character must not be printed as it is: a control character, a line separator, a
   * control of the writing direction (which makes text read in another order than it is stored), or
   * a surrogate without its partner.
   *
   * @param c a code point
   * @return whether {@link #of(String)} escapes it
   */
  public static boolean isUnfit(int c) {
    return Character.isISOControl(c)
        || c == 0x2028 // line and paragraph separator
        || c == 0x2029
        || c == 0x061C // the marks, embeddings, overrides and isolates of Unicode's annex 9
        || c == 0x200E
        || c == 0x200F
        || c >= 0x202A && c <= 0x202E
        || c >= 0x2066 && c <= 0x2069
        || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
  }

  private static String escape(int c) {
    return switch (c) {
      case '\t' -> "\\t";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      default -> String.format("\\u%04x", c); // all of them are below U+10000
    };
  }
}
