package io.gru4j.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class HtmlPageTest {
  private static final String HOSTILE = "<script>alert(\"1\")</script>&amp;'";

  private static String page(Block... blocks) {
    Report.Section section = new Report.Section("section", List.of(blocks));
    return HtmlPage.of(new Report("title", "subtitle", List.of(), List.of(section)));
  }

  @Test
  void everyTextIsEscaped() {
    Block.Point point = new Block.Point(1, 2);
    Report report =
        new Report(
            HOSTILE,
            HOSTILE,
            List.of(new Report.Highlight(HOSTILE, HOSTILE, HOSTILE)),
            List.of(
                new Report.Section(
                    HOSTILE,
                    List.of(
                        new Block.Note(HOSTILE),
                        new Block.Code(HOSTILE, HOSTILE),
                        new Block.Facts(HOSTILE, List.of(new Block.Fact(HOSTILE, HOSTILE))),
                        new Block.Table(
                            HOSTILE,
                            List.of(HOSTILE, HOSTILE),
                            List.of(List.of(HOSTILE, HOSTILE)),
                            true),
                        new Block.Curve(
                            HOSTILE,
                            HOSTILE,
                            HOSTILE,
                            Block.Scale.COUNT_AND_REAL,
                            List.of(point),
                            1,
                            HOSTILE),
                        new Block.Scatter(
                            HOSTILE,
                            HOSTILE,
                            HOSTILE,
                            List.of(new Block.NamedPoint(0, 0, HOSTILE)),
                            0),
                        new Block.Bars(
                            HOSTILE, HOSTILE, HOSTILE, List.of(new Block.Bar(HOSTILE, 1)))))));
    String html = HtmlPage.of(report);
    Page page = new Page(html);
    assertEquals(List.of(), page.all("script"));
    assertFalse(html.contains("<script"));
    int all = html.split("alert", -1).length - 1;
    assertTrue(all >= 20, all + " texts");
    assertEquals(all, html.split("&lt;script&gt;alert", -1).length - 1);
    assertEquals(HOSTILE, page.all("pre").getFirst().text());
    assertEquals(HOSTILE, page.all("svg").getFirst().attributes().get("aria-label"));
  }

  @Property(tries = 300)
  void anyTextComesBackButWhatAPageCannotHold(@ForAll @Size(max = 40) List<Character> chars) {
    StringBuilder text = new StringBuilder("|");
    chars.forEach(text::append);
    text.append("|\u202e\u0000\u0085\ud800\uffff|");
    String read =
        new Page(page(new Block.Code("id", text.toString()))).all("pre").getFirst().text();
    assertEquals(text.codePointCount(0, text.length()), read.codePointCount(0, read.length()));
    assertTrue(read.endsWith("|\ufffd\ufffd\ufffd\ufffd\ufffd|"), read);
    int[] expected = text.codePoints().toArray();
    int[] actual = read.codePoints().toArray();
    for (int i = 0; i < expected.length; i++) {
      assertTrue(actual[i] == expected[i] || actual[i] == 0xfffd);
      boolean plain =
          Character.isLetterOrDigit(expected[i]) || "<>&\"' \t\n".indexOf(expected[i]) >= 0;
      assertTrue(!plain || actual[i] == expected[i], () -> "lost a character of " + text);
    }
  }

  @Test
  void nothingIsLoadedAndNoScriptRuns() {
    String html = page(new Block.Note("x"));
    assertTrue(
        html.contains("content=\"default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;\""));
    String own = html.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    for (String load :
        List.of("src=", "href", "url(", "@import", "http:", "https:", "//", "<script")) {
      assertFalse(own.contains(load), load);
    }
  }

  /** One epoch, two, 200: every point is where its numbers are on both axes, and on the page. */
  @Property(tries = 100)
  void aCurveGoesThroughItsPoints(
      @ForAll @IntRange(min = 1, max = 200) int n, @ForAll boolean logarithmic, @ForAll long seed) {
    Random random = new Random(seed);
    List<Block.Point> points = new ArrayList<>();
    double unit = Math.pow(10, random.nextInt(-6, 7));
    for (int i = 1; i <= n; i++) {
      double y = logarithmic ? 1 + random.nextInt(1_000_000) : unit * random.nextGaussian();
      points.add(new Block.Point(i, y));
    }
    Block.Scale scale = logarithmic ? Block.Scale.LOG_LOG : Block.Scale.COUNT_AND_REAL;
    Page page = new Page(page(new Block.Curve("curve", "x", "y", scale, points, n, "the last")));
    Page.Node figure = page.captioned("curve");
    assertEquals(points, Page.points(figure));
    List<Page.Node> dots = Page.below(figure, "circle");
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < n; i++) {
      double x = Double.parseDouble(dots.get(i).attributes().get("cx"));
      double y = Double.parseDouble(dots.get(i).attributes().get("cy"));
      assertTrue(x >= 68 && x <= 452 && y >= 14 && y <= 230, x + ", " + y);
      path.append(i == 0 ? "" : " ").append(dots.get(i).attributes().get("cx"));
      path.append(',').append(dots.get(i).attributes().get("cy"));
      if (i > 0 && !logarithmic) {
        double previous = Double.parseDouble(dots.get(i - 1).attributes().get("cy"));
        int up = Double.compare(points.get(i).y(), points.get(i - 1).y());
        assertTrue(up >= 0 ? y <= previous : y >= previous, "greater is higher");
      }
    }
    assertEquals(
        path.toString(), Page.below(figure, "polyline").getFirst().attributes().get("points"));
    assertEquals("dot marked", dots.getLast().attributes().get("class"));
    assertEquals(
        1, dots.stream().filter(d -> d.attributes().get("class").contains("mark")).count());
  }

  @Test
  void barsAreAsHighAsTheirValues() {
    List<Block.Bar> bars =
        List.of(new Block.Bar("1", 10), new Block.Bar("2", 0), new Block.Bar("3+", 40));
    Page page = new Page(page(new Block.Bars("bars", "length", "sessions", bars)));
    List<Page.Node> rects = Page.below(page.captioned("bars"), "rect");
    double[] heights =
        rects.stream().mapToDouble(e -> Double.parseDouble(e.attributes().get("height"))).toArray();
    assertEquals(4 * heights[0], heights[2], 0.02);
    assertEquals(0, heights[1]);
    assertEquals("40", rects.get(2).attributes().get("data-y"));
  }

  @Test
  void rowsFitTheirTable() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new Block.Table("t", List.of("a", "b"), List.of(List.of("1")), false));
  }
}
