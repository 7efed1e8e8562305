package io.gru4j.cli.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Renders a report as one HTML page that loads nothing and runs no script. */
public final class HtmlPage {
  /** A browser runs and loads nothing, even if something were not escaped. */
  private static final String NOTHING_FROM_OUTSIDE =
      "default-src 'none'; style-src 'unsafe-inline'";

  /** A table of more columns is as wide as the page. */
  private static final int NARROW_COLUMNS = 4;

  private HtmlPage() {}

  /**
   * Renders a report.
   *
   * @param report what to show
   * @return HTML that is well-formed XML too, to be written as UTF-8
   */
  public static String of(Report report) {
    Markup page = new Markup();
    page.raw("<!DOCTYPE html>\n").open("html", "lang", "en").open("head");
    page.empty("meta", "charset", "utf-8");
    page.empty("meta", "http-equiv", "Content-Security-Policy", "content", NOTHING_FROM_OUTSIDE);
    page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    page.empty("meta", "name", "color-scheme", "content", "light dark");
    page.text("title", report.title() + ": " + report.subtitle());
    page.open("style").raw("\n" + style()).close("style").close("head").open("body");
    page.open("header").text("h1", report.title()).text("p", report.subtitle()).close("header");
    page.open("div", "class", "highlights");
    for (Report.Highlight each : report.highlights()) {
      page.open("div").text("span", each.name(), "class", "what").text("strong", each.value());
      page.text("span", each.remark()).close("div");
    }
    page.close("div");
    for (Report.Section section : report.sections()) {
      page.open("section").text("h2", section.title()).open("div", "class", "blocks");
      section.blocks().forEach(block -> block(block, page));
      page.close("div").close("section");
    }
    return page.close("body").close("html").toString();
  }

  private static void block(Block block, Markup page) {
    switch (block) {
      case Block.Note note -> page.text("p", note.text());
      case Block.Code code -> {
        page.open("figure", "class", "code").text("figcaption", code.title());
        page.text("pre", code.text()).close("figure");
      }
      case Block.Facts facts -> facts(facts, page);
      case Block.Table table -> table(table, page);
      case Block.Curve curve -> {
        page.open("figure").text("figcaption", curve.title());
        Drawing.curve(curve, page);
        page.close("figure");
      }
      case Block.Scatter scatter -> {
        page.open("figure").text("figcaption", scatter.title());
        Drawing.scatter(scatter, page);
        page.close("figure");
      }
      case Block.Bars bars -> {
        page.open("figure").text("figcaption", bars.title());
        Drawing.bars(bars, page);
        page.close("figure");
      }
    }
  }

  private static void facts(Block.Facts facts, Markup page) {
    page.open("table", "class", "facts").text("caption", facts.title()).open("tbody");
    for (Block.Fact fact : facts.rows()) {
      page.open("tr").text("th", fact.name(), "scope", "row").text("td", fact.value()).close("tr");
    }
    page.close("tbody").close("table");
  }

  private static void table(Block.Table table, Markup page) {
    String width = table.head().size() > NARROW_COLUMNS ? "wide" : "narrow";
    if (table.folded()) {
      page.open("details").text("summary", table.title()).open("table", "class", width);
    } else {
      page.open("table", "class", width).text("caption", table.title());
    }
    page.open("thead").open("tr");
    table.head().forEach(name -> page.text("th", name, "scope", "col"));
    page.close("tr").close("thead").open("tbody");
    for (List<String> row : table.rows()) {
      page.open("tr").text("th", row.getFirst(), "scope", "row");
      row.subList(1, row.size()).forEach(cell -> page.text("td", cell));
      page.close("tr");
    }
    page.close("tbody").close("table");
    if (table.folded()) {
      page.close("details");
    }
  }

  private static String style() {
    try (InputStream in = HtmlPage.class.getResourceAsStream("report.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
