package io.gru4j.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class OneLineTest {
  private static final String EMOJI = "\ud83d\ude00";

  /**
   * UTF-16 code units of every kind, so that surrogates stand alone, in pairs and the wrong way.
   */
  @Provide
  Arbitrary<String> texts() {
    Arbitrary<Character> units =
        Arbitraries.frequencyOf(
            Tuple.of(4, Arbitraries.chars().range('a', 'z')),
            Tuple.of(2, Arbitraries.chars().range('\0', '\u00ff')),
            Tuple.of(3, Arbitraries.chars().range('\ud800', '\udbff')),
            Tuple.of(3, Arbitraries.chars().range('\udc00', '\udfff')),
            Tuple.of(1, Arbitraries.chars().range('\u2000', '\u206f')),
            Tuple.of(1, Arbitraries.chars().range('\0', '\uffff')));
    return units.list().ofMaxSize(60).map(OneLineTest::join);
  }

  private static String join(List<Character> units) {
    StringBuilder out = new StringBuilder();
    units.forEach(out::append);
    return out.toString();
  }

  private static byte[] strictUtf8(String text) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text)).array();
  }

  private static boolean isFit(String text) {
    return text.codePoints().noneMatch(OneLine::isUnfit);
  }

  @Property
  void anyTextFitsOnOneLine(
      @ForAll("texts") String text, @ForAll @IntRange(min = 0, max = 120) int limit)
      throws CharacterCodingException {
    String line = OneLine.of(text, limit);
    strictUtf8(line);
    assertTrue(line.length() <= limit, line);
    assertTrue(isFit(line), line);
    assertTrue(line.lines().count() <= 1, line);
    String whole = OneLine.of(text);
    if (isFit(text)) {
      assertEquals(text, whole);
    }
    if (whole.length() <= limit) {
      assertEquals(whole, line);
    } else {
      String dots = ".".repeat(Math.min(3, limit));
      String kept = line.substring(0, line.length() - dots.length());
      assertEquals(kept + dots, line);
      assertTrue(whole.startsWith(kept), line);
      assertTrue(limit < 3 || kept.length() >= limit - 3 - 5, line); // an escape has six
    }
    assertEquals('"' + line + '"', OneLine.quoted(text, limit));
  }

  @Property
  void aStartEndsInNoHalfOfAPair(
      @ForAll("texts") String text, @ForAll @IntRange(min = 0, max = 70) int limit) {
    String start = OneLine.start(text, limit);
    assertTrue(text.startsWith(start));
    int least = Math.min(limit, text.length());
    assertTrue(start.length() == least || start.length() == least - 1, start);
    if (start.length() < text.length() && !start.isEmpty()) {
      int last = text.codePointAt(start.length() - 1);
      assertTrue(Character.charCount(last) == 1, start);
    }
    if (isFit(text)) { // then it has no surrogate alone, and nor has its start
      assertTrue(isFit(start), start);
    }
  }

  @Test
  void aPairIsKeptOrCutAsAWhole() {
    String text = "a".repeat(96) + EMOJI + "bcd";
    assertEquals("a".repeat(96) + "...", OneLine.of(text, 99));
    assertEquals("a".repeat(96) + "...", OneLine.of(text, 100));
    assertEquals(text, OneLine.of(text, 101));
    assertEquals("a".repeat(95) + EMOJI + "...", OneLine.of(text.substring(1) + "e", 100));
    assertEquals(EMOJI, OneLine.start(EMOJI + EMOJI, 3));
  }

  @Test
  void whatWouldSteerATerminalIsShown() {
    assertEquals("\\u001b[2J\\u009b1m", OneLine.of("\u001b[2J\u009b1m"));
    assertEquals("a\\tb\\nc\\rd\\u0000", OneLine.of("a\tb\nc\rd\0"));
    assertEquals("abc\\u202etxt", OneLine.of("abc\u202etxt"));
    assertEquals("\\u2028\\u2029\\u0085", OneLine.of("\u2028\u2029\u0085"));
    assertEquals("\\ud83d \\ude00", OneLine.of("\ud83d \ude00"));
    assertEquals("\u05d0\u05d1 c:\\dir", OneLine.of("\u05d0\u05d1 c:\\dir"));
    assertThrows(IllegalArgumentException.class, () -> OneLine.of("a", -1));
  }

  /**
   * What the JDK's own bidirectional algorithm takes for an explicit control is no text to show.
   */
  @Test
  void everyControlOfTheWritingDirectionIsUnfit() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      byte kind = Character.getDirectionality(c);
      boolean explicit =
          kind == Character.DIRECTIONALITY_LEFT_TO_RIGHT_EMBEDDING
              || kind == Character.DIRECTIONALITY_LEFT_TO_RIGHT_OVERRIDE
              || kind == Character.DIRECTIONALITY_RIGHT_TO_LEFT_EMBEDDING
              || kind == Character.DIRECTIONALITY_RIGHT_TO_LEFT_OVERRIDE
              || kind == Character.DIRECTIONALITY_POP_DIRECTIONAL_FORMAT
              || kind == Character.DIRECTIONALITY_LEFT_TO_RIGHT_ISOLATE
              || kind == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ISOLATE
              || kind == Character.DIRECTIONALITY_FIRST_STRONG_ISOLATE
              || kind == Character.DIRECTIONALITY_POP_DIRECTIONAL_ISOLATE
              || kind == Character.DIRECTIONALITY_PARAGRAPH_SEPARATOR;
      assertTrue(!explicit || OneLine.isUnfit(c), Integer.toHexString(c));
    }
  }
}
