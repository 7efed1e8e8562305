package io.gru4j.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.file.Json;
import io.gru4j.model.Contribution;
import io.gru4j.model.Explanation;
import io.gru4j.model.FittedModel;
import io.gru4j.model.Trace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the page says of a model's inside: every light and every number is the model's. */
class InsidePageTest extends PageCase {
  private static final FittedModel MODEL = TestModel.make(5);
  private static final List<String> CLICKS = List.of("item3", "item9", "item14", "item9", "item27");
  private static final String MARKUP = "<b>Sock</b> & \u201cco\u201d";

  @Override
  FittedModel model() {
    return MODEL;
  }

  @Override
  String titles() {
    return "ItemId\tTitle\nitem3\tRed shoe\nitem9\t" + MARKUP + "\n";
  }

  private void clickThrough() throws Exception {
    open();
    for (int i = 0; i < CLICKS.size(); i++) {
      browser.click("document.querySelector('#items [data-item=" + CLICKS.get(i) + "]')");
      browser.await("document.querySelectorAll('#session li').length === " + (i + 1));
    }
    browser.await("document.querySelectorAll('#top .item').length === 10");
    Explanation best = explained().getFirst();
    browser.await(
        "document.querySelector('#top .item').dataset.item === " + Json.write(best.item()));
  }

  private static List<Explanation> explained() {
    return MODEL.explain(CLICKS, 10);
  }

  private static String row(int rank) {
    return "document.querySelectorAll('#top tbody tr')[" + (rank - 1) + "]";
  }

  private static double value(Contribution click, String way) {
    return switch (way) {
      case "log_probability" -> click.logProbability();
      case "leave_one_out" -> click.leaveOneOut();
      default -> click.gradientTimesInput();
    };
  }

  private void choose(String way) throws Exception {
    browser.evaluate(
        "{ const way = document.getElementById('way'); way.value = '%s';".formatted(way)
            + " way.dispatchEvent(new Event('change')); }");
  }

  private static String signed(double x) {
    String digits = String.format(Locale.ROOT, "%.3f", Math.abs(x));
    return x > 0 ? "\u25b2 +" + digits : x < 0 ? "\u25bc \u2212" + digits : digits;
  }

  private static String number(double x) {
    return (x < 0 ? "\u2212" : "") + String.format(Locale.ROOT, "%.3f", Math.abs(x));
  }

  /** What stands beside the clicks, and how they are lit. */
  private void assertLit(Explanation explanation, String way) throws Exception {
    List<String> expected = new ArrayList<>();
    List<String> classes = new ArrayList<>();
    for (Contribution click : explanation.clicks()) {
      double x = value(click, way);
      expected.add(signed(x));
      classes.add(x > 0 ? "for" : "against");
    }
    browser.await(
        "[...document.querySelectorAll('#session .say')].map(e => e.textContent).join() === "
            + Json.write(String.join(",", expected)));
    assertEquals(
        classes,
        browser.evaluate("[...document.querySelectorAll('#session li')].map(e => e.className)"));
  }

  @Test
  void whatIsPointedAtLightsTheClicksForItAndAgainstIt() throws Exception {
    clickThrough();
    assertEquals(List.of(), texts("#session .say"));
    List<Explanation> explained = explained();
    assertTrue(explained.getFirst().clicks().stream().anyMatch(c -> c.logProbability() < 0));
    for (int rank : new int[] {1, 4, 10}) {
      browser.point(row(rank), 0.3, 0.5);
      assertLit(explained.get(rank - 1), "log_probability");
    }
    for (String way : List.of("leave_one_out", "gradient_times_input")) {
      choose(way);
      browser.point(row(way.length() % 10 + 1), 0.3, 0.5);
      assertLit(explained.get(way.length() % 10), way);
    }
    browser.point("document.querySelector('h1')", 0.5, 0.5);
    browser.await("document.querySelectorAll('#session .say').length === 0");

    // The keyboard does it too, and a press keeps it.
    browser.evaluate(row(3) + ".querySelector('.item').focus()");
    assertLit(explained.get(2), "gradient_times_input");
    browser.press("Tab", 9, "");
    browser.press(" ", 32, " ");
    browser.evaluate("document.getElementById('search').focus()");
    assertLit(explained.get(2), "gradient_times_input");
    assertEquals("true", browser.evaluate(row(3) + ".querySelector('.why button').ariaPressed"));
    String note = (String) browser.evaluate("document.getElementById('why-note').textContent");
    Contribution most =
        explained.get(2).clicks().stream()
            .max(Comparator.comparing(Contribution::gradientTimesInput))
            .orElseThrow();
    assertTrue(note.contains(signed(most.gradientTimesInput()).substring(2)), note);
    assertNothingAmiss();
  }

  @Test
  void probabilitiesStandBesideScores() throws Exception {
    clickThrough();
    List<String> shown = texts("#top td:nth-child(4)");
    List<Explanation> explained = explained();
    assertEquals(10, shown.size());
    for (int i = 0; i < 10; i++) {
      double p = 100 * explained.get(i).probability();
      assertEquals(String.format(Locale.ROOT, p >= 0.1 ? "%.1f %%" : "%.3f %%", p), shown.get(i));
    }
  }

  @Test
  void titlesAreShownAsText() throws Exception {
    clickThrough();
    assertEquals("Red shoe item3", texts("#session .name").getFirst());
    assertEquals(MARKUP + " item9", texts("#session .name").get(1));
    assertEquals(0L, browser.evaluate("document.querySelectorAll('main b').length"));
    browser.evaluate("document.getElementById('search').focus()");
    browser.type("red sh");
    browser.await("document.querySelectorAll('#items button').length === 1");
    assertEquals(List.of("Red shoe item3"), texts("#items button"));
    assertNothingAmiss();
  }

  private void openInside() throws Exception {
    clickThrough();
    browser.click("document.querySelector('#inside > summary')");
    browser.await("document.querySelectorAll('#cells li').length === " + CLICKS.size());
  }

  private static float before(Trace.Layer layer, int t, int unit) {
    return t == 0 ? 0 : layer.state()[t - 1][unit];
  }

  /** The click that moves a unit most. */
  private static int reaction(Trace.Layer layer, int unit) {
    return IntStream.range(0, CLICKS.size())
        .boxed()
        .max(Comparator.comparing(t -> moved(layer, t, unit)))
        .orElseThrow();
  }

  private static float moved(Trace.Layer layer, int t, int unit) {
    return Math.abs(layer.state()[t][unit] - before(layer, t, unit));
  }

  /** Units by the click that they react to, those that it moves most first. */
  private static List<Integer> sorted(Trace.Layer layer) {
    return IntStream.range(0, layer.state()[0].length)
        .boxed()
        .sorted(
            Comparator.<Integer>comparingInt(u -> reaction(layer, u))
                .thenComparing(u -> -moved(layer, reaction(layer, u), u)))
        .toList();
  }

  private void assertUnrolled(int layer, int unit, int click) throws Exception {
    Trace.Layer of = MODEL.trace(CLICKS).layers().get(layer);
    String title = "Unit " + unit + " of layer " + (layer + 1) + ", unrolled over the session";
    browser.await(
        "document.getElementById('unit-title').textContent === "
            + Json.write(title)
            + " && document.querySelector('.cell[aria-pressed=true]').dataset.click === '"
            + click
            + "'");
    List<String> states = new ArrayList<>(List.of("h " + number(0)));
    for (int t = 0; t < CLICKS.size(); t++) {
      String cell = "[data-click=\"" + t + "\"] ";
      assertEquals(List.of(number(of.reset()[t][unit])), texts(cell + ".r"));
      assertEquals(List.of(number(of.update()[t][unit])), texts(cell + ".z"));
      assertEquals(List.of(number(of.candidate()[t][unit])), texts(cell + ".n"));
      states.add("h\u2032 " + number(of.state()[t][unit]));
    }
    assertEquals(states, texts("#cells .state"));
    String equation = texts("#equation").getFirst();
    assertTrue(equation.endsWith(" = " + number(of.state()[click][unit])), equation);
    assertTrue(equation.contains("(1 \u2212 " + number(of.update()[click][unit]) + ")"), equation);
  }

  @Test
  void theUnitPointedAtIsUnrolledWithTheModelsNumbers() throws Exception {
    openInside();
    Trace trace = MODEL.trace(CLICKS);
    for (int layer : new int[] {0, 1}) {
      List<Integer> order = sorted(trace.layers().get(layer));
      String maps = ".map:has([data-layer=\"" + layer + "\"][data-what=";
      for (int[] at : new int[][] {{0, 0}, {4, 2}, {8, 4}}) {
        String what = at[0] == 4 ? "update" : "state";
        browser.point(
            "document.querySelector('" + maps + "\"" + what + "\"])')",
            (at[1] + 0.5) / CLICKS.size(),
            (at[0] + 0.5) / order.size());
        assertUnrolled(layer, order.get(at[0]), at[1]);
      }
    }
    assertNothingAmiss();
  }

  /** The keyboard goes through map and session, and what it reaches is said. */
  @Test
  void theKeyboardGoesThroughMapAndSession() throws Exception {
    openInside();
    List<Integer> order = sorted(MODEL.trace(CLICKS).layers().getFirst());
    browser.evaluate("document.querySelector('.map').focus()");
    browser.press("ArrowLeft", 37, "");
    browser.press("ArrowDown", 40, "");
    browser.press("ArrowDown", 40, "");
    assertUnrolled(0, order.get(2), 3);
    browser.press("Home", 36, "");
    assertUnrolled(0, order.get(2), 0);
    String said = texts("#inside-status").getFirst();
    assertTrue(said.startsWith("unit " + order.get(2) + ", click 1: Red shoe: h 0.000, r "), said);
    browser.click("document.getElementById('forth')");
    assertUnrolled(0, order.get(2), 1);
    browser.evaluate("document.getElementById('step').focus()");
    browser.press("ArrowRight", 39, "");
    assertUnrolled(0, order.get(2), 2);
    browser.click("document.getElementById('back')");
    assertUnrolled(0, order.get(2), 1);
    String nameless =
        "[...document.querySelectorAll('#inside [role=application], #inside [tabindex]')].filter("
            + "e => !e.ariaLabel && !e.getAttribute('aria-labelledby')).length";
    assertEquals(0L, browser.evaluate(nameless));
    assertNothingAmiss();
  }

  @Test
  void theTableHasAllUnitsOfTheClick() throws Exception {
    openInside();
    browser.click("document.querySelector('#numbers > summary')");
    browser.await("document.querySelectorAll('#units tbody tr').length === 9");
    browser.click("document.getElementById('back')");
    browser.await("document.querySelector('#units caption').textContent.includes('click 4')");
    Trace.Layer layer = MODEL.trace(CLICKS).layers().getFirst();
    List<String> expected = new ArrayList<>();
    for (int u : sorted(layer)) {
      expected.add(
          String.join(
              " ",
              Integer.toString(u),
              number(before(layer, 3, u)),
              number(layer.reset()[3][u]),
              number(layer.update()[3][u]),
              number(layer.candidate()[3][u]),
              number(layer.state()[3][u]),
              Integer.toString(reaction(layer, u) + 1)));
    }
    assertEquals(
        expected,
        browser.evaluate(
            "[...document.querySelectorAll('#units tbody tr')].map("
                + "r => [...r.cells].map(c => c.textContent).join(' '))"));
    browser.evaluate(
        "const order = document.getElementById('order'); order.value = 'number';"
            + " order.dispatchEvent(new Event('change'))");
    assertEquals(
        IntStream.range(0, 9).mapToObj(Integer::toString).toList(), texts("#units tbody th"));
  }

  /** A pixel of a map is mixed of the colours of 0 and of 1 or -1, by the model's number. */
  @Test
  void theMapsAreColouredByTheNumbers() throws Exception {
    openInside();
    Trace trace = MODEL.trace(CLICKS);
    for (int l = 0; l < 2; l++) {
      Trace.Layer layer = trace.layers().get(l);
      List<Integer> order = sorted(layer);
      float most = 0;
      for (float[] row : layer.state()) {
        for (float h : row) {
          most = Math.max(most, Math.abs(h));
        }
      }
      int[] white = {255, 255, 255};
      for (int t = 0; t < CLICKS.size(); t++) {
        for (int r = 0; r < order.size(); r++) {
          float z = layer.update()[t][order.get(r)];
          assertColour(white, new int[] {0x1f, 0x6f, 0xb2}, z, pixel(l, "update", t, r));
          float h = layer.state()[t][order.get(r)] / most;
          int[] full = h > 0 ? new int[] {0x1f, 0x6f, 0xb2} : new int[] {0xb4, 0x56, 0x0a};
          assertColour(white, full, Math.abs(h), pixel(l, "state", t, r));
        }
      }
    }
  }

  private List<?> pixel(int layer, String what, int t, int row) throws Exception {
    return (List<?>)
        browser.evaluate(
            "[...document.querySelector('[data-layer=\"%d\"][data-what=\"%s\"]').getContext('2d').getImageData(%d, %d, 1, 1).data]"
                .formatted(layer, what, t, row));
  }

  private static void assertColour(int[] zero, int[] full, float share, List<?> pixel) {
    for (int c = 0; c < 3; c++) {
      double expected = zero[c] + share * (full[c] - zero[c]);
      assertEquals(expected, ((Number) pixel.get(c)).doubleValue(), 1, pixel::toString);
    }
  }

  @Test
  void itFitsItsWindowInLightAndDark() throws Exception {
    openInside();
    browser.click("document.querySelector('#numbers > summary')");
    browser.click(row(2) + ".querySelector('button.why')");
    for (boolean dark : new boolean[] {false, true}) {
      for (int width : new int[] {1200, 700, 360}) {
        browser.window(width, 2400, dark);
        browser.evaluate("scrollTo(0, 0)");
        screenshot("inside-" + (dark ? "dark-" : "light-") + width + ".png");
        String wider =
            "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right >"
                + " innerWidth && !e.closest('.cells')).map(e => e.outerHTML.slice(0, 99))";
        assertEquals(List.of(), browser.evaluate(wider), "at " + width);
        assertTrue(
            (Boolean) browser.evaluate("document.documentElement.scrollWidth <= innerWidth"),
            "at " + width);
      }
    }
    assertNothingAmiss();
  }
}
