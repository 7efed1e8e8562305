package io.gru4j.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.file.Json;
import io.gru4j.model.FittedModel;
import io.gru4j.model.Recommendation;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page at / in a browser, clicked. */
class IndexPageTest extends PageCase {
  private static final FittedModel MODEL = TestModel.make(5);

  @Override
  FittedModel model() {
    return MODEL;
  }

  /** Waits until the page shows what the model says of the clicks. */
  private void awaitShown(FittedModel model, List<String> clicks) throws Exception {
    browser.await("document.querySelectorAll('#session li').length === " + clicks.size());
    List<Recommendation> expected = TestModel.expected(model, clicks, 10);
    List<Recommendation> shown = shown();
    for (int tries = 0; tries < 1000 && !matches(expected, shown); tries++) {
      Thread.sleep(10);
      shown = shown();
    }
    assertTrue(matches(expected, shown), clicks + ": expected " + expected + ", shown " + shown);
    assertEquals(clicks, texts("#session .name"));
  }

  private static boolean matches(List<Recommendation> expected, List<Recommendation> shown) {
    boolean same = expected.size() == shown.size();
    for (int i = 0; same && i < shown.size(); i++) {
      same =
          expected.get(i).item().equals(shown.get(i).item())
              && Math.abs(expected.get(i).score() - shown.get(i).score()) < 0.00051;
    }
    return same;
  }

  private List<Recommendation> shown() throws Exception {
    List<String> items = texts("#top td:nth-child(2)");
    List<String> scores = texts("#top td:nth-child(3)");
    List<Recommendation> shown = new ArrayList<>();
    for (int i = 0; i < Math.min(items.size(), scores.size()); i++) {
      shown.add(new Recommendation(items.get(i), Float.parseFloat(scores.get(i))));
    }
    return shown;
  }

  private static String row(int rank) {
    return "document.querySelectorAll('#top .item')[" + (rank - 1) + "]";
  }

  @Test
  void clicksChangeWhatIsRecommendedToWhatTheModelSays() throws Exception {
    open();
    List<String> clicks = new ArrayList<>(List.of("item3"));
    browser.click("document.querySelector('#items [data-item=item3]')");
    awaitShown(MODEL, clicks);

    String second = shown().get(1).item();
    browser.click(row(2));
    clicks.add(second);
    awaitShown(MODEL, clicks);
    assertTrue(texts("#top td:nth-child(5)").stream().anyMatch(t -> t.matches("new|[▲▼] \\d+")));

    browser.click("document.querySelectorAll('#items button')[1]"); // whose id looks like markup
    clicks.add(TestModel.HOSTILE);
    awaitShown(MODEL, clicks);
    assertEquals(0L, browser.evaluate("document.images.length"));

    browser.click("document.getElementById('undo')");
    clicks.removeLast();
    awaitShown(MODEL, clicks);
    browser.click("document.getElementById('clear')");
    awaitShown(MODEL, List.of());
    assertNothingAmiss();
  }

  @Test
  void aNewModelTakesTheSessionUp() throws Exception {
    open();
    browser.click("document.querySelector('#items [data-item=item3]')");
    awaitShown(MODEL, List.of("item3"));
    FittedModel other = TestModel.make(6);
    other.save(file);
    assertTrue(server.reload());
    browser.click("document.querySelector('#items [data-item=item9]')");
    awaitShown(other, List.of("item3", "item9"));
    browser.await("document.getElementById('status').textContent.includes('replaced')");
    browser.await(
        "document.getElementById('model').textContent.includes('"
            + server.model().fingerprint()
            + "')");
  }

  @Test
  void theKeyboardIsEnough() throws Exception {
    open();
    browser.evaluate("document.getElementById('search').focus()");
    browser.type("item42");
    browser.await("document.querySelectorAll('#items button').length === 1");
    browser.press("Tab", 9, "");
    browser.await("document.activeElement.textContent === 'item42'");
    browser.press("Enter", 13, "\r");
    awaitShown(MODEL, List.of("item42"));
    assertNothingAmiss();
  }

  @Test
  void clickedItemsCanBeLeftOut() throws Exception {
    open();
    browser.click("document.querySelector('#items [data-item=item3]')");
    awaitShown(MODEL, List.of("item3"));
    String best = shown().getFirst().item();
    browser.click(row(1));
    awaitShown(MODEL, List.of("item3", best));
    browser.click("document.getElementById('seen')");
    List<String> expected =
        TestModel.expected(MODEL, List.of("item3", best), 12).stream()
            .map(Recommendation::item)
            .filter(id -> !id.equals(best) && !id.equals("item3"))
            .limit(10)
            .toList();
    browser.await(
        "[...document.querySelectorAll('#top td:nth-child(2)')].map(e => e.textContent).join('|')"
            + " === "
            + Json.write(String.join("|", expected)));
  }

  @Test
  void itFitsItsWindowInLightAndDark() throws Exception {
    open();
    for (int item : new int[] {3, 9, 14, 27}) {
      browser.click("document.querySelector('#items [data-item=item" + item + "]')");
    }
    awaitShown(MODEL, List.of("item3", "item9", "item14", "item27"));
    for (boolean dark : new boolean[] {false, true}) {
      for (int width : new int[] {1200, 700, 360}) {
        browser.window(width, 800, dark);
        browser.evaluate("scrollTo(0, 0)");
        assertTrue(
            (Boolean) browser.evaluate("document.documentElement.scrollWidth <= innerWidth"),
            "at " + width);
        screenshot((dark ? "dark-" : "light-") + width + ".png");
      }
    }
    String nameless =
        "[...document.querySelectorAll('button, input, select')].filter(e => !e.textContent.trim()"
            + " && !(e.labels && e.labels.length)).length";
    assertEquals(0L, browser.evaluate(nameless));
    assertNothingAmiss();
  }

  @Test
  void thePolicyAllowsNothingFromElsewhere() throws Exception {
    try (Client client = new Client(server.address().getPort())) {
      Client.Reply page = client.get("/");
      String policy = page.header("content-security-policy").orElseThrow();
      assertTrue(policy.startsWith("default-src 'none'; connect-src 'self'; "), policy);
      assertFalse(policy.contains("unsafe"), policy);
      assertEquals("text/html; charset=utf-8", page.header("content-type").orElseThrow());
      assertFalse(Pattern.compile("https?:|//[a-z]|@import|url\\(").matcher(page.body()).find());
    }
  }
}
