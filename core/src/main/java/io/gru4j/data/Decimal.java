package io.gru4j.data;

import java.nio.charset.StandardCharsets;

/** Reads and writes decimal numbers as bytes. */
final class Decimal {
  /** Whole numbers up to here are doubles exactly. */
  static final long EXACT = 1L << 53;

  private static final double[] POWERS_OF_TEN = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
  };

  private Decimal() {}

  /**
   * Returns the double nearest to the decimal number {@code [+-]digits[.digits][e[+-]digits]} (one
   * of the digits before and after the point may be absent), or NaN if it is none or not finite.
   */
  static double parse(byte[] text, int from, int to) {
    int i = from;
    boolean negative = i < to && text[i] == '-';
    if (i < to && (text[i] == '-' || text[i] == '+')) {
      i++;
    }
    long digits = 0;
    int count = 0;
    int decimals = -1; // -1: no point yet
    for (; i < to; i++) {
      int c = text[i];
      if (c >= '0' && c <= '9') {
        if (count < 18) {
          digits = digits * 10 + (c - '0');
        }
        count++;
        if (decimals >= 0) {
          decimals++;
        }
      } else if (c == '.' && decimals < 0) {
        decimals = 0;
      } else {
        break;
      }
    }
    if (count == 0) {
      return Double.NaN;
    }
    if (i == to && count <= 18 && digits <= EXACT && decimals < POWERS_OF_TEN.length) {
      // Both operands are exact, so the quotient is the nearest double.
      double value = decimals > 0 ? digits / POWERS_OF_TEN[decimals] : digits;
      return negative ? -value : value;
    }
    return i == to || isExponent(text, i, to) ? parseSlowly(text, from, to) : Double.NaN;
  }

  private static boolean isExponent(byte[] text, int from, int to) {
    int i = from;
    if (text[i] != 'e' && text[i] != 'E') {
      return false;
    }
    i++;
    if (i < to && (text[i] == '-' || text[i] == '+')) {
      i++;
    }
    int firstDigit = i;
    while (i < to && text[i] >= '0' && text[i] <= '9') {
      i++;
    }
    return i == to && i > firstDigit;
  }

  private static double parseSlowly(byte[] text, int from, int to) {
    double value = Double.parseDouble(new String(text, from, to - from, StandardCharsets.US_ASCII));
    return Double.isFinite(value) ? value : Double.NaN;
  }

  /** Returns the integer in [0, 2^31) that the text is, digits only, or -1 if it is none. */
  static int parseIndex(byte[] text, int from, int to) {
    if (from == to || to - from > 10) {
      return -1;
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      if (text[i] < '0' || text[i] > '9') {
        return -1;
      }
      value = value * 10 + (text[i] - '0');
    }
    return value > Integer.MAX_VALUE ? -1 : (int) value;
  }

  /** Appends a finite double so that it reads back as the same double. */
  static void append(StringBuilder out, double value) {
    long whole = (long) value;
    if (whole == value && Math.abs(value) <= EXACT && !(whole == 0 && 1 / value < 0)) {
      out.append(whole);
    } else {
      out.append(value);
    }
  }
}
