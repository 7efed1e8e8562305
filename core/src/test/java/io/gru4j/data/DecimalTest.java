package io.gru4j.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DecimalTest {

  private static double parse(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return Decimal.parse(bytes, 0, bytes.length);
  }

  private static int parseIndex(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return Decimal.parseIndex(bytes, 0, bytes.length);
  }

  private static String append(double value) {
    StringBuilder text = new StringBuilder();
    Decimal.append(text, value);
    return text.toString();
  }

  /** The bytes of a field end where the array does, or go on with what could belong to it. */
  @Property
  void aFieldEndsWhereItEnds(
      @ForAll @IntRange(max = 19) int whole,
      @ForAll @IntRange(max = 17) int part,
      @ForAll long seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder(random.nextBoolean() ? "-" : "");
    for (int i = 0; i < whole; i++) {
      text.append(random.nextInt(3) == 0 ? 0 : random.nextInt(10));
    }
    if (part > 0 || whole == 0) {
      text.append('.');
      for (int i = 0; i < Math.max(1, part); i++) {
        text.append(random.nextInt(3) > 0 ? 0 : random.nextInt(10));
      }
    }
    text.append(random.nextInt(3) == 0 ? "e" + (random.nextInt(40) - 20) : "");
    double expected = Double.parseDouble(text.toString());
    assertEquals(expected, parse(text.toString()), text::toString);
    for (String rest : new String[] {"7", ".", ".5", "e", "e1", "-", "+1"}) {
      byte[] more = ("12.3" + text + rest).getBytes(StandardCharsets.US_ASCII);
      assertEquals(expected, Decimal.parse(more, 4, 4 + text.length()), text + " before " + rest);
    }
  }

  @Test
  void anEmptyFieldIsNoNumber() {
    for (String rest : new String[] {"", "-", "+", "1", "-1", "."}) {
      byte[] bytes = rest.getBytes(StandardCharsets.US_ASCII);
      assertEquals(Double.NaN, Decimal.parse(bytes, 0, 0), rest);
      assertEquals(-1, Decimal.parseIndex(bytes, 0, 0), rest);
    }
    for (String text :
        new String[] {
          "-", "+", ".", "-.", "1e", "1e+", "1e-", "e1", "1e1.5", "1e1e", "1x", "1..5", "1.2.",
          "1,5"
        }) {
      assertEquals(Double.NaN, parse(text), text);
    }
    assertEquals(0.1, parse(".1"));
    assertEquals(1, parse("1."));
    assertEquals(1e-16, parse("0.0000000000000001"));
    assertEquals(9007199254740993e-15, parse("9.007199254740993"), "beyond 53 bits");
  }

  @Property
  void whatIsWrittenReadsBack(@ForAll long bits, @ForAll @IntRange(max = 3) int kind) {
    double value =
        switch (kind) {
          case 0 -> Double.longBitsToDouble(bits);
          case 1 -> bits >> 10; // an integer, up to 2^53
          case 2 -> bits;
          default -> (bits >> 30) / 8.0;
        };
    if (Double.isFinite(value)) {
      String text = append(value);
      assertEquals(Double.doubleToLongBits(value), Double.doubleToLongBits(parse(text)), text);
      boolean whole = value == Math.rint(value) && Math.abs(value) <= Decimal.EXACT;
      if (whole && Double.doubleToLongBits(value) != Long.MIN_VALUE) {
        assertEquals(Long.toString((long) value), text, "times stay whole numbers");
      } else {
        assertEquals(Double.toString(value), text);
      }
    }
  }

  @Test
  void wholeNumbersStayWhole() {
    assertEquals("9007199254740992", append(0x1p53));
    assertEquals("-9007199254740992", append(-0x1p53));
    assertEquals("9.007199254740994E15", append(0x1p53 + 2));
    assertEquals("-9.223372036854776E18", append(Long.MIN_VALUE));
    assertEquals("0", append(0.0));
    assertEquals("-0.0", append(-0.0));
    assertEquals("0.5", append(0.5));
  }

  @Test
  void anIndexMayStandAnywhere() {
    byte[] bytes = "1234567890,42,7".getBytes(StandardCharsets.US_ASCII);
    assertEquals(42, Decimal.parseIndex(bytes, 11, 13));
    assertEquals(4, Decimal.parseIndex(bytes, 11, 12));
    assertEquals(-1, Decimal.parseIndex(bytes, 11, 14));
  }

  @Test
  void indicesAreDigitsInTheRangeOfInt() {
    assertEquals(0, parseIndex("0"));
    assertEquals(1234567890, parseIndex("1234567890"));
    assertEquals(99, parseIndex("0000000099"));
    assertEquals(Integer.MAX_VALUE, parseIndex("2147483647"));
    for (String text :
        Arrays.asList(
            "2147483648", "9999999999", "00000000001", "-1", "+1", "1/", ":1", "1 ", "a")) {
      assertEquals(-1, parseIndex(text), text);
    }
  }
}
