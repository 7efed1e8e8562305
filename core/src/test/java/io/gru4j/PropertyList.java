package io.gru4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;

/**
 * Prints every property of the last test run as a Markdown table: its tries, those not rejected,
 * its seconds. jqwik has to tell of the properties that hold, and surefire writes what it says into
 * its reports:
 *
 * <pre>
 *   mvn verify -Djqwik.reporting.onlyfailures=false
 *   java core/src/test/java/io/gru4j/PropertyList.java tensor/target/surefire-reports core/target/surefire-reports
 * </pre>
 */
final class PropertyList {

  private static final Pattern TRIES = Pattern.compile("(?m)^tries = (\\d+) ");
  private static final Pattern CHECKS = Pattern.compile("(?m)^checks = (\\d+) ");

  private PropertyList() {}

  public static void main(String[] folders) throws Exception {
    System.out.println(
        "| class | property | tries | checks | seconds |\n| --- | --- | ---: | ---: | ---: |");
    int properties = 0;
    double seconds = 0;
    for (String folder : folders) {
      for (Path report : reports(Path.of(folder))) {
        var cases =
            DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(report.toFile())
                .getElementsByTagName("testcase");
        for (int i = 0; i < cases.getLength(); i++) {
          Element test = (Element) cases.item(i);
          String said = test.getTextContent();
          Matcher tries = TRIES.matcher(said);
          Matcher checks = CHECKS.matcher(said);
          if (tries.find() && checks.find()) {
            String type = test.getAttribute("classname");
            double time = Double.parseDouble(test.getAttribute("time").replace(",", ""));
            System.out.printf(
                Locale.ROOT,
                "| %s | %s | %s | %s | %.1f |%n",
                type.substring(type.lastIndexOf('.') + 1),
                test.getAttribute("name"),
                tries.group(1),
                checks.group(1),
                time);
            properties++;
            seconds += time;
          }
        }
      }
    }
    System.out.printf(Locale.ROOT, "%n%d properties, %.0f seconds%n", properties, seconds);
  }

  private static List<Path> reports(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml"))
          .sorted()
          .toList();
    }
  }
}
