package io.gru4j.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PicturesTest {
  private static final Path FOLDER = Path.of("docs/pictures");
  private static final Path TOUR = Path.of("docs/tour.md");
  private static final Path ACCURACY = Path.of("docs/accuracy.md");
  private static final double LEGIBLE = 4.5; // WCAG 2.1, contrast of normal text

  /** After a change, {@link Pictures} makes them anew. */
  @Test
  void theFilesAreWhatTheProgramMakes() throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> paths = Files.list(FOLDER)) {
      for (Path path : paths.toList()) {
        files.put(
            path.getFileName().toString(),
            new String(Files.readAllBytes(path), StandardCharsets.UTF_8));
      }
    }
    Map<String, String> made = Pictures.all(FOLDER);
    assertEquals(made.keySet(), files.keySet());
    made.forEach((name, text) -> assertEquals(text, files.get(name), name));
  }

  @Test
  void eachHasWordsForThoseWhoDoNotSeeIt() throws IOException {
    String pages = Files.readString(TOUR) + Files.readString(ACCURACY);
    for (Map.Entry<String, String> picture : Pictures.all(FOLDER).entrySet()) {
      String svg = picture.getValue();
      assertTrue(Pattern.compile("<title id=\"title\">.{10,}</title>").matcher(svg).find(), svg);
      assertTrue(Pattern.compile("<desc id=\"desc\">.{100,}</desc>").matcher(svg).find(), svg);
      String shown = "!\\[[^\\]]{100,}\\]\\(pictures/" + Pattern.quote(picture.getKey()) + "\\)";
      assertEquals(1, Pattern.compile(shown).matcher(pages).results().count(), picture.getKey());
    }
  }

  @Test
  void everyTextIsLegibleOnLightAndOnDarkPages() {
    for (Ink ink : Ink.values()) {
      for (List<String> pair : ink.pairs()) {
        double contrast = contrast(pair.get(0), pair.get(1));
        assertTrue(contrast >= LEGIBLE, ink + " " + pair + ": " + contrast);
      }
    }
  }

  private static double contrast(String a, String b) {
    double x = luminance(a);
    double y = luminance(b);
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  }

  private static double luminance(String colour) {
    double sum = 0;
    double[] weights = {0.2126, 0.7152, 0.0722};
    for (int i = 0; i < 3; i++) {
      double c = Integer.parseInt(colour.substring(1 + 2 * i, 3 + 2 * i), 16) / 255.0;
      sum += weights[i] * (c <= 0.03928 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4));
    }
    return sum;
  }
}
