package io.gru4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What a page quotes from a method is in that method. A quote's first line names it: {@code //
 * ScalarProducts.product}.
 */
class QuotedCodeTest {
  /** A block of Java that quotes a method: class, method, quote. */
  static final Pattern QUOTE = Pattern.compile("(?ms)^```java\n// (\\w+)\\.(\\w+)\n(.*?)^```$");

  @Test
  void quotesAreInTheirMethods() throws IOException {
    List<String> faults = new ArrayList<>();
    int quotes = 0;
    for (Path page : DocumentationTest.pages()) {
      for (MatchResult quote : QUOTE.matcher(Files.readString(page)).results().toList()) {
        quotes++;
        String expected = inOneLine(quote.group(3));
        if (methods(source(quote.group(1)), quote.group(2)).stream()
            .noneMatch(method -> inOneLine(method).contains(expected))) {
          faults.add(
              page + ": not in " + quote.group(1) + "." + quote.group(2) + ":\n" + quote.group(3));
        }
      }
    }
    assertEquals(List.of(), faults);
    assertTrue(quotes >= 3, "only " + quotes + " quotes");
  }

  private static String inOneLine(String code) {
    return code.strip().replaceAll("\\s+", " ");
  }

  private static String source(String name) throws IOException {
    for (String module : List.of("tensor", "core")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src/main/java"))) {
        var file = files.filter(f -> f.endsWith(name + ".java")).findFirst();
        if (file.isPresent()) {
          return Files.readString(file.get());
        }
      }
    }
    throw new AssertionError("there is no class " + name);
  }

  /** The bodies of all methods of one name. */
  private static List<String> methods(String source, String name) {
    List<String> bodies = new ArrayList<>();
    Matcher head = Pattern.compile("[\\w>\\]] " + name + "\\([^;{)]*\\)\\s*\\{").matcher(source);
    while (head.find()) {
      int depth = 1;
      int end = head.end();
      while (depth > 0) {
        char c = source.charAt(end++);
        depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      }
      bodies.add(source.substring(head.end(), end));
    }
    return bodies;
  }
}
