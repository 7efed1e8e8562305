package io.gru4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * README and the pages below docs name only classes, members, tests, files and sections that exist.
 */
class DocumentationTest {
  private static final Path ROOT = Path.of("..");
  private static final Path PLAIN = Path.of("docs/PlainGru4Rec.java");
  private static final Pattern FENCED = Pattern.compile("(?ms)^```(\\w*)\n(.*?)^```$");
  private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
  private static final Pattern NAME =
      Pattern.compile(
          "(?:io(?:\\.[a-z]\\w*)+\\.)?([A-Z]\\w*[a-z]\\w*)(?:[.#](\\w+))?(?:\\(.*\\))?");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

  private static final Set<String> COLUMNS = Set.of("SessionId", "ItemId", "Time"); // of files

  private final List<String> faults = new ArrayList<>();

  static List<Path> pages() throws IOException {
    List<Path> pages =
        new ArrayList<>(
            List.of(ROOT.resolve("README.md"), ROOT.resolve(".github/CONTRIBUTING.md")));
    try (Stream<Path> files = Files.walk(Path.of("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    return pages;
  }

  static String withoutFenced(String text) {
    return FENCED.matcher(text).replaceAll("");
  }

  @Test
  void everyNamedClassAndMemberExists() throws IOException {
    Map<String, String> sources = sources();
    int tests = 0;
    for (Path page : pages()) {
      for (MatchResult code :
          CODE.matcher(withoutFenced(Files.readString(page))).results().toList()) {
        var name = NAME.matcher(code.group(1));
        if (!name.matches() || COLUMNS.contains(name.group())) {
          continue;
        }
        String source = sources.get(name.group(1));
        if (source == null) {
          if (!isOfTheJdk(name.group(1))) {
            faults.add(page + ": there is no class " + name.group(1));
          }
        } else if (name.group(2) != null) {
          boolean isTest = name.group(1).endsWith("Test");
          if (!(isTest ? isTestIn(source, name.group(2)) : isMemberIn(source, name.group(2)))) {
            faults.add(page + ": " + name.group(1) + " has no " + name.group(2));
          }
          tests += isTest ? 1 : 0;
        }
      }
    }
    assertEquals(List.of(), faults);
    assertTrue(tests >= 30, "only " + tests + " tests are named");
  }

  /** Text of the source file by the simple name of each type in it. */
  private static Map<String, String> sources() throws IOException {
    Pattern type = Pattern.compile("(?:class|interface|record|enum) ([A-Z]\\w*)");
    Map<String, String> sources = new HashMap<>();
    for (String module : List.of("tensor", "core", "core/spark", "bench")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src"))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          String text = Files.readString(file);
          type.matcher(text)
              .results()
              .forEach(m -> sources.merge(m.group(1), text, String::concat));
        }
      }
    }
    sources.put("PlainGru4Rec", Files.readString(PLAIN));
    return sources;
  }

  private static boolean isOfTheJdk(String name) {
    for (String folder :
        List.of("java.lang.", "java.util.", "java.nio.file.", "java.lang.System$")) {
      try {
        Class.forName(folder + name);
        return true;
      } catch (ClassNotFoundException e) {
        // the next one
      }
    }
    return false;
  }

  /** A declaration: a type before it, or a component or constant of its own. */
  private static boolean isMemberIn(String source, String member) {
    return Pattern.compile("[\\w>\\]] " + member + "\\s*[(=;,{)]").matcher(source).find()
        || Pattern.compile("(?m)^\\s+" + member + "\\s*[(,;]").matcher(source).find();
  }

  private static boolean isTestIn(String source, String method) {
    return Pattern.compile("@(Test|Property|ParameterizedTest)\\b[^;{]*?\\bvoid " + method + "\\(")
        .matcher(source)
        .find();
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    for (Path page : pages()) {
      String text = withoutFenced(Files.readString(page));
      for (MatchResult link : LINK.matcher(text).results().toList()) {
        String target = link.group(1);
        if (target.contains("://")) {
          continue;
        }
        String[] parts = target.split("#", 2);
        Path file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]);
        if (!Files.exists(file)) {
          faults.add(page + ": " + target + " is no file");
        } else if (parts.length == 2 && !anchors(file).contains(parts[1])) {
          faults.add(page + ": " + target + " is none of the sections " + anchors(file));
        }
      }
    }
    assertEquals(List.of(), faults);
  }

  /** The sections of a page as GitHub names them in links. */
  private static TreeSet<String> anchors(Path page) throws IOException {
    TreeSet<String> anchors = new TreeSet<>();
    for (MatchResult heading :
        HEADING.matcher(withoutFenced(Files.readString(page))).results().toList()) {
      String text = heading.group(1).toLowerCase(Locale.ROOT);
      anchors.add(text.replaceAll("[^\\w\\- ]", "").replace(' ', '-'));
    }
    return anchors;
  }

  @Test
  void readmeIsShort() throws IOException {
    List<String> lines = Files.readAllLines(ROOT.resolve("README.md"));
    assertTrue(lines.size() <= 200, lines.size() + " lines");
    assertEquals(List.of(), lines.stream().filter(line -> line.length() > 120).toList());
  }

  /**
   * The pom that readers paste has the project's version and the plugins' versions of its build.
   */
  @Test
  void thePomOfReadmeIsOfThisVersion() throws IOException {
    String pom =
        FENCED
            .matcher(Files.readString(ROOT.resolve("README.md")))
            .results()
            .filter(block -> block.group(1).equals("xml"))
            .map(block -> block.group(2))
            .findFirst()
            .orElseThrow();
    String parent = Files.readString(ROOT.resolve("pom.xml"));
    assertEquals(
        List.of(
            "1",
            first("version", parent),
            first("toolchains.version", parent),
            "[25,)",
            first("compiler.version", parent)),
        values("version", pom));
    assertEquals(values("maven.compiler.release", parent), values("maven.compiler.release", pom));
  }

  private static List<String> values(String tag, String pom) {
    return Pattern.compile("<" + Pattern.quote(tag) + ">([^<]*)<")
        .matcher(pom)
        .results()
        .map(m -> m.group(1))
        .toList();
  }

  private static String first(String tag, String pom) {
    return values(tag, pom).getFirst();
  }

  @Test
  void javaIsTakenFromTheExamplesThatRun() throws IOException {
    String examples = Files.readString(Path.of("src/test/java/io/gru4j/JavadocExamplesTest.java"));
    List<String> regions = new ArrayList<>();
    Pattern.compile("(?ms)// @start region=\"\\w+\"\n(.*?)^ *// @end")
        .matcher(examples)
        .results()
        .forEach(m -> regions.add(m.group(1).stripTrailing().stripIndent()));
    regions.addAll(plainRegions().values());
    int found = 0;
    for (Path page : pages()) {
      for (MatchResult block : FENCED.matcher(Files.readString(page)).results().toList()) {
        if (block.group(1).equals("java")
            && !QuotedCodeTest.QUOTE.matcher(block.group()).matches()) {
          found++;
          assertTrue(
              regions.contains(block.group(2).strip()),
              page + ": no region of JavadocExamplesTest or " + PLAIN + ":\n" + block.group(2));
        }
      }
    }
    assertTrue(found > 0);
  }

  /** The text below each heading of the plain network, by the heading. */
  private static Map<String, String> plainRegions() throws IOException {
    Map<String, String> regions = new LinkedHashMap<>();
    Pattern.compile("(?ms)^// ---- (.*?) ----$(.*?)(?=^// ---- |\\z)")
        .matcher(Files.readString(PLAIN))
        .results()
        .forEach(m -> regions.put(m.group(1), m.group(2).strip()));
    return regions;
  }

  /** Each part of the plain network that names a section of the tour is quoted there, once. */
  @Test
  void theTourQuotesThePlainNetwork() throws IOException {
    String tour = Files.readString(Path.of("docs/tour.md"));
    List<String> parts = new ArrayList<>();
    for (var region : plainRegions().entrySet()) {
      var section = Pattern.compile(".*\\(tour, section (\\d+)\\)").matcher(region.getKey());
      if (section.matches()) {
        String quote = "\n```java\n" + region.getValue() + "\n```\n";
        int start = tour.indexOf("\n## " + section.group(1) + ". ");
        int end = tour.indexOf("\n## ", start + 1);
        int at = tour.indexOf(quote);
        parts.add(region.getKey());
        assertTrue(
            start < at && at < end, PLAIN + ": not quoted where it says: " + region.getKey());
        assertEquals(at, tour.lastIndexOf(quote), region.getKey());
      }
    }
    assertTrue(parts.size() >= 8, parts.toString());
  }
}
