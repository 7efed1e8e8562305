package io.gru4j.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {
  @Property
  void whatIsWrittenIsReadBack(@ForAll @IntRange(min = 0, max = 5) int depth, @ForAll long seed) {
    Object value = random(new Random(seed), depth);
    assertEquals(value, Json.parse(Json.write(value)));
  }

  private static Object random(Random random, int depth) {
    switch (random.nextInt(depth > 0 ? 7 : 5)) {
      case 0:
        return null;
      case 1:
        return random.nextLong();
      case 2:
        return Double.longBitsToDouble(random.nextLong() & ~(1L << 62)); // finite
      case 3:
        return random.nextBoolean();
      case 4:
        return randomString(random);
      case 5:
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          list.add(random(random, depth - 1));
        }
        return list;
      default:
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          map.put(randomString(random), random(random, depth - 1));
        }
        return map;
    }
  }

  private static String randomString(Random random) {
    StringBuilder out = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      int c = random.nextInt(random.nextBoolean() ? 0x80 : 0x110000);
      out.appendCodePoint(c >= 0xd800 && c < 0xe000 ? '\\' : c);
    }
    return out.toString();
  }

  @Test
  void objectsKeepTheirOrder() {
    Map<?, ?> map = (Map<?, ?>) Json.parse("{\"z\":1,\"a\":[2, 2.5],\"m\":{}}");
    assertEquals(List.of("z", "a", "m"), List.copyOf(map.keySet()));
    assertEquals(List.of(2L, 2.5), map.get("a"));
  }

  @Test
  void escapesAreReadAndWritten() {
    assertEquals(
        "\"\\/\b\f\n\r\té\ud83d\ude00\ud83d\ude00",
        Json.parse("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\ud83d\ude00\""));
    assertEquals("\"a\\\"\\\\\\n\\u0000\\u2028é\"", Json.write("a\"\\\n\0\u2028é"));
  }

  @Test
  void integersStayWholeAndOthersAreDoubles() {
    assertEquals(Long.MIN_VALUE, Json.parse("-9223372036854775808"));
    assertEquals(-0.0, Json.parse("-0.0"));
    assertEquals(1e-5, Json.parse("1E-5"));
    assertNull(Json.parse(" null "));
    assertEquals("[1.0,2,3,0.1]", Json.write(Arrays.asList(1.0, 2, 3L, 0.1f)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``|a value is missing at character 0",
        "{\"a\":1,\"a\":2}|duplicate key \"a\" at character 7",
        "[1,]|a value cannot start with ']' at character 3",
        "[1 2]|expected ',' or ']', found '2' at character 3",
        "{a:1}|expected a key in quotes, found 'a' at character 1",
        "{\"a\" 1}|expected ':', found '1' at character 5",
        "{\"a\":1|expected ',' or '}', found the end at character 6",
        "1 2|unexpected '2' after the end at character 2",
        "012|a number has a leading zero at character 0",
        "-|expected a digit, found the end at character 1",
        "1.|expected a digit, found the end at character 2",
        "1e+|expected a digit, found the end at character 3",
        "1e999|a number is too large at character 0",
        "NaN|a value cannot start with 'N' at character 0",
        "nul|expected null at character 0",
        "\"a|a string is not closed at character 2",
        "\"\\|a string is not closed at character 2",
        "\"\\x\"|unknown escape \\x at character 1",
        "\"\\u12g4\"|expected four hexadecimal digits after \\u, found 'g' at character 5",
        "\"\\ud800\"|unpaired surrogate U+D800 at character 1",
        "\"\\ud800\\u0041\"|unpaired surrogate U+D800 at character 1",
        "\"\\udc00\"|unpaired surrogate U+DC00 at character 1",
        "\"\t\"|a string holds the unescaped control character U+0009 at character 1",
        "// x|a value cannot start with '/' at character 0"
      })
  void faultsAreNamedWithTheirPlace(String text, String message) {
    var e = assertThrows(Json.SyntaxException.class, () -> Json.parse(text));
    assertEquals(message, e.getMessage());
  }

  @Test
  void depthIsLimited() {
    assertEquals("[".repeat(64) + "]".repeat(64), Json.write(nested(64)));
    var e = assertThrows(Json.SyntaxException.class, () -> nested(65));
    assertEquals("nested deeper than 64 at character 64", e.getMessage());
    assertThrows(Json.SyntaxException.class, () -> Json.parse("[".repeat(1_000_000)));
  }

  private static Object nested(int depth) {
    return Json.parse("[".repeat(depth) + "]".repeat(depth));
  }

  @Test
  void valuesAreLimitedWhereAsked() {
    assertEquals(List.of(1L, 2L), Json.parse("[1,2]", 3));
    assertThrows(Json.SyntaxException.class, () -> Json.parse("[1,2]", 2));
  }

  @Test
  void whatJsonCannotSayIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Json.write(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> Json.write(Float.NEGATIVE_INFINITY));
    assertThrows(IllegalArgumentException.class, () -> Json.write(List.of('c')));
    assertThrows(IllegalArgumentException.class, () -> Json.write("\ud800x"));
    assertThrows(IllegalArgumentException.class, () -> Json.write("\udc00"));
  }

  /** Read back it is the same text; on its way no terminal or log takes it for more. */
  @Test
  void controlsAreEscaped() {
    String text = "\u001b[2J\u009b1m\u202etxt\u2066\u0085\u007f";
    String json = Json.write(text);
    assertEquals("\"\\u001b[2J\\u009b1m\\u202etxt\\u2066\\u0085\\u007f\"", json);
    assertEquals(text, Json.parse(json));
  }

  @Test
  void integersOutsideOf64BitsKeepTheirDigits() {
    for (String digits :
        List.of("9223372036854775808", "-9223372036854775809", "1" + "0".repeat(900))) {
      assertEquals(new BigInteger(digits), Json.parse(digits));
      assertEquals(digits, Json.write(Json.parse(digits)));
    }
    String tooLong = "9".repeat(Json.MAX_DIGITS + 1);
    assertEquals(
        "an integer has more than 1000 digits at character 1",
        assertThrows(Json.SyntaxException.class, () -> Json.parse("[" + tooLong + "]"))
            .getMessage());
  }
}
