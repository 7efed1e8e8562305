package io.gru4j.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * After a bad line reading goes on: only that line is lost, and the numbers of the others are
 * right.
 */
class LineReaderTest {
  private static final int MAX = LineReader.MAX_LINE;

  @TempDir private Path folder;

  /** "number: text" of each line and "number! fault" of each bad one. */
  private List<String> read(boolean quotes, byte[] content) throws IOException {
    Path file = Files.write(folder.resolve("a.csv"), content);
    List<String> lines = new ArrayList<>();
    try (LineReader reader = new LineReader(file)) {
      if (quotes) {
        reader.quotedFields((byte) ',');
      }
      boolean more = true;
      while (more) {
        try {
          more = reader.next();
          if (more) {
            String text = reader.text();
            lines.add(reader.line() + ": " + (text.length() > 99 ? text.length() : text));
          }
        } catch (SessionFileException e) {
          assertEquals(file.toString(), e.file());
          lines.add(e.line() + "! " + e.expected());
        }
      }
    }
    return lines;
  }

  private void assertLines(boolean quotes, String content, String... lines) throws IOException {
    assertEquals(List.of(lines), read(quotes, content.getBytes(StandardCharsets.UTF_8)), content);
  }

  @Test
  void aLineFeedInQuotesBelongsToTheLine() throws IOException {
    assertLines(true, "a,\"b\nc\"\nd\n", "1: a,\"b\nc\"", "3: d");
    assertLines(true, "a,\"b\n\nc\"\r\nd", "1: a,\"b\n\nc\"", "4: d");
    assertLines(true, "\"b\nc\",d\n\ne", "1: \"b\nc\",d", "4: e");
    assertLines(true, "\"b\"\"\nc\"\ne", "1: \"b\"\"\nc\"", "3: e");
    assertLines(true, "a\"b\nc\"d\n", "1: a\"b", "2: c\"d");
    assertLines(false, "a,\"b\nc\"\nd\n", "1: a,\"b", "2: c\"", "3: d");
  }

  @Test
  void aStrayQuoteTakesItsOwnLineAlong() throws IOException {
    String open = "! a quote is opened and never closed";
    String after = "! text follows a closing quote";
    assertLines(true, "x\na,\"b\nc\nd\n", "1: x", "2" + open, "3: c", "4: d");
    assertLines(true, "a,\"b\nc", "1" + open, "2: c");
    assertLines(true, "x\na,\"b", "1: x", "2" + open);
    assertLines(true, "\"b\n", "1" + open);
    assertLines(true, "a,\"b\nc\"d\ne\n", "1" + after, "2: c\"d", "3: e");
    assertLines(true, "\"a\n\"\"b\n\"c,d\ne\n", "1" + after, "2: \"\"b", "3" + open, "4: e");
  }

  /** Lines that end within what was read, behind it, and with the file. */
  @Test
  void aLineThatIsTooLongIsSkipped() throws IOException {
    String fault = "! the line is longer than 1048576 bytes, is this a text file?";
    for (boolean quotes : new boolean[] {false, true}) {
      assertLines(quotes, "z".repeat(MAX) + "\nb\n", "1: " + MAX, "2: b");
      assertLines(quotes, "z".repeat(MAX), "1: " + MAX);
      for (int length : new int[] {MAX + 1, MAX + MAX / 2, 2 * MAX - 1, 2 * MAX, 5 * MAX / 2}) {
        String line = "z".repeat(length);
        assertLines(quotes, "a\n" + line + "\nb\n\nc", "1: a", "2" + fault, "3: b", "5: c");
        assertLines(quotes, line + "\n" + line + "\nb", "1" + fault, "2" + fault, "3: b");
        assertLines(quotes, "a\n" + line, "1: a", "2" + fault);
      }
    }
    String quoted = "\"" + "z".repeat(MAX) + "\"";
    assertLines(true, quoted + "\nb", "1" + fault, "2: b");
    String never = "! a quote is opened and never closed";
    assertLines(true, "\"a\n" + "z".repeat(3 * MAX) + "\nb", "1" + never, "2" + fault, "3: b");
    assertLines(true, "a\n\"" + "z".repeat(3 * MAX) + "\nb", "1: a", "2" + fault, "3: b");
  }

  @Test
  void aLineThatIsNotUtf8IsShownAndSkipped() throws IOException {
    String fault = "! the line is not UTF-8 text";
    for (boolean quotes : new boolean[] {false, true}) {
      assertEquals(
          List.of("1: a", "2" + fault + ": \" ~\\x7f\\x1f\\xe9\"", "3: b"),
          read(quotes, "a\n ~\u007f\u001f\u00e9\nb".getBytes(StandardCharsets.ISO_8859_1)));
      for (int length : new int[] {58, 59, 60}) {
        String shown = "\"\\xe9" + "z".repeat(Math.min(59, length)) + (length > 59 ? "..." : "");
        String line = "\u00e9" + "z".repeat(length) + "\nb\n";
        assertEquals(
            List.of("1" + fault + ": " + shown + "\"", "2: b"),
            read(quotes, line.getBytes(StandardCharsets.ISO_8859_1)));
      }
      assertEquals(
          List.of("1: a", "2" + fault + ": \"\\xfe\\xffb\""),
          read(quotes, "a\n\u00fe\u00ffb".getBytes(StandardCharsets.ISO_8859_1)));
    }
  }

  @Test
  void aByteOrderMarkIsNoText() throws IOException {
    assertLines(false, "\ufeff");
    assertLines(false, "\ufeffa\n", "1: a");
    assertLines(false, "a", "1: a");
    assertLines(false, "");
    assertLines(false, "a\ufeff", "1: a\ufeff");
    assertLines(false, "\n\r\n\r\na\r", "4: a");
  }
}
