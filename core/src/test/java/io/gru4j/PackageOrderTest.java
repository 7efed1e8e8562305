package io.gru4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A package uses those below it alone, so that each can be read without those above. */
class PackageOrderTest {
  private static final Path SOURCES = Path.of("src/main/java/io/gru4j");

  private static final List<String> FROM_TOP =
      List.of(
          "cli",
          "cli.report",
          "http",
          "selection",
          "algorithms",
          "training",
          "progress",
          "parameters",
          "serve",
          "model",
          "metrics",
          "prepare",
          "data",
          "file",
          "events");

  private static final Pattern TYPE = Pattern.compile("\\bio\\.gru4j\\.([a-z.]+)\\.[A-Z]");

  @Test
  void noPackageUsesOneAboveIt() throws IOException {
    List<String> upward = new ArrayList<>();
    TreeSet<String> found = new TreeSet<>();
    List<Path> files;
    try (Stream<Path> all = Files.walk(SOURCES)) {
      files = all.filter(file -> file.toString().endsWith(".java")).toList();
    }
    for (Path file : files) {
      String own = SOURCES.relativize(file.getParent()).toString().replace('/', '.');
      found.add(own);
      Matcher used = TYPE.matcher(Files.readString(file));
      while (used.find()) {
        int place = FROM_TOP.indexOf(used.group(1));
        if (place >= 0 && place < FROM_TOP.indexOf(own)) {
          upward.add(file.getFileName() + " of " + own + " uses " + used.group(1));
        }
      }
    }
    assertEquals(List.of(), upward);
    assertEquals(new TreeSet<>(FROM_TOP), found, "each package has its place");
    assertTrue(files.size() > 150, files::toString);
  }
}
