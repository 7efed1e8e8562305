package io.gru4j.cli.report;

import io.gru4j.file.OneLine;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Draws curves and histograms as SVG, with axes, ticks and units. Colours come from the page. */
final class Drawing {
  private static final float WIDTH = 480;
  private static final float HEIGHT = 280;
  private static final float LEFT = 68;
  private static final float RIGHT = 452;
  private static final float TOP = 14;
  private static final float BOTTOM = 230;
  private static final int MANY_POINTS = 40;
  private static final int LONGEST_NAME = 16;
  private static final float CHARACTER = 7; // a wide one
  private static final float LINE = 13;

  private Drawing() {}

  /** Each point has a dot that carries its numbers, in {@code data-x} and {@code data-y}. */
  static void curve(Block.Curve curve, Markup page) {
    List<Block.Point> points = curve.points();
    double leastX = points.stream().mapToDouble(Block.Point::x).min().orElseThrow();
    double mostX = points.stream().mapToDouble(Block.Point::x).max().orElseThrow();
    double leastY = points.stream().mapToDouble(Block.Point::y).min().orElseThrow();
    double mostY = points.stream().mapToDouble(Block.Point::y).max().orElseThrow();
    Axis x;
    Axis y;
    switch (curve.scale()) {
      case COUNT_AND_REAL -> {
        x = Axis.count(leastX, mostX, LEFT + 8, RIGHT - 4);
        y = Axis.real(leastY, mostY, BOTTOM, TOP);
      }
      case LOG_LOG -> {
        x = Axis.powersOfTen(mostX, LEFT, RIGHT);
        y = Axis.powersOfTen(mostY, BOTTOM, TOP);
      }
      default -> throw new AssertionError(curve.scale());
    }
    begin(curve.title(), page);
    yTicks(y, curve.yName(), page);
    xTicks(x, curve.xName(), page);
    String path =
        points.stream()
            .map(
                p ->
                    String.format(
                        Locale.ROOT, "%.2f,%.2f", (float) x.at(p.x()), (float) y.at(p.y())))
            .collect(Collectors.joining(" "));
    page.empty("polyline", "class", "curve", "points", path);
    float radius = points.size() > MANY_POINTS ? 1.3f : 3f;
    for (Block.Point p : points) {
      boolean marked = p.x() == curve.marked();
      page.open(
          "circle",
          "class",
          marked ? "dot marked" : "dot",
          "cx",
          (float) x.at(p.x()),
          "cy",
          (float) y.at(p.y()),
          "r",
          marked ? 5f : radius,
          "data-x",
          p.x(),
          "data-y",
          p.y());
      String text =
          curve.xName() + " " + number(p.x()) + ", " + curve.yName() + " " + number(p.y());
      page.text("title", marked ? text + ", " + curve.remark() : text).close("circle");
    }
    page.close("svg");
  }

  /** Each point has a dot that carries its numbers, as a curve's. */
  static void scatter(Block.Scatter scatter, Markup page) {
    double[] xs = scatter.points().stream().mapToDouble(Block.NamedPoint::x).sorted().toArray();
    double[] ys = scatter.points().stream().mapToDouble(Block.NamedPoint::y).sorted().toArray();
    Axis x = Axis.real(xs[0], xs[xs.length - 1], LEFT, RIGHT);
    Axis y = Axis.real(ys[0], ys[ys.length - 1], BOTTOM, TOP);
    begin(scatter.title(), page);
    yTicks(y, scatter.yName(), page);
    xTicks(x, scatter.xName(), page);
    for (int i = 0; i < scatter.points().size(); i++) {
      Block.NamedPoint p = scatter.points().get(i);
      float atX = (float) x.at(p.x());
      float atY = (float) y.at(p.y());
      page.open(
          "circle",
          "class",
          "dot faint",
          "cx",
          atX,
          "cy",
          atY,
          "r",
          3f,
          "data-x",
          p.x(),
          "data-y",
          p.y());
      page.text("title", p.name()).close("circle");
    }
    names(scatter, x, y, page);
    page.close("svg");
  }

  /** Writes the first names that do not lie on one before. */
  private static void names(Block.Scatter scatter, Axis x, Axis y, Markup page) {
    List<float[]> taken = new ArrayList<>(); // left, right, y
    for (int i = 0; i < Math.min(scatter.named(), scatter.points().size()); i++) {
      Block.NamedPoint p = scatter.points().get(i);
      String name = OneLine.of(p.name(), LONGEST_NAME);
      boolean left = x.at(p.x()) > (LEFT + RIGHT) / 2; // of its point
      float at = (float) x.at(p.x()) + (left ? -6 : 6);
      float atY = (float) y.at(p.y()) + 4;
      float width = CHARACTER * name.length();
      float[] box = {left ? at - width : at, left ? at : at + width, atY};
      if (taken.stream().noneMatch(other -> overlap(box, other))) {
        taken.add(box);
        page.text("text", name, "class", left ? "label near y" : "label near", "x", at, "y", atY);
      }
    }
  }

  private static boolean overlap(float[] a, float[] b) {
    return a[0] < b[1] && b[0] < a[1] && Math.abs(a[2] - b[2]) < LINE;
  }

  /** Each bar carries its height in {@code data-y}. */
  static void bars(Block.Bars bars, Markup page) {
    double most = bars.bars().stream().mapToLong(Block.Bar::value).max().orElseThrow();
    Axis y = Axis.fromZero(most, BOTTOM, TOP);
    begin(bars.title(), page);
    yTicks(y, bars.yName(), page);
    float slot = (RIGHT - LEFT) / bars.bars().size();
    float width = Math.min(0.85f * slot, 40);
    int every = bars.bars().size() > 20 ? 2 : 1;
    for (int i = 0; i < bars.bars().size(); i++) {
      Block.Bar bar = bars.bars().get(i);
      float middle = LEFT + (i + 0.5f) * slot;
      float top = (float) y.at(bar.value());
      page.open(
          "rect",
          "class",
          "bar",
          "x",
          middle - width / 2,
          "y",
          top,
          "width",
          width,
          "height",
          BOTTOM - top,
          "data-y",
          bar.value());
      page.text("title", bar.label() + ": " + number(bar.value())).close("rect");
      boolean last = i == bars.bars().size() - 1;
      if (last || i % every == 0 && i + every <= bars.bars().size() - 1) {
        xLabel(middle, bar.label(), page);
      }
    }
    xName(bars.xName(), page);
    page.close("svg");
  }

  private static String number(double x) {
    return x == Math.rint(x) ? String.format(Locale.ROOT, "%,.0f", x) : Double.toString(x);
  }

  private static void begin(String title, Markup page) {
    String box = "0 0 %.0f %.0f".formatted(WIDTH, HEIGHT);
    page.open(
        "svg",
        "xmlns",
        "http://www.w3.org/2000/svg",
        "viewBox",
        box,
        "role",
        "img",
        "aria-label",
        title);
    page.empty("line", "class", "axis", "x1", LEFT, "y1", BOTTOM, "x2", RIGHT, "y2", BOTTOM);
    page.empty("line", "class", "axis", "x1", LEFT, "y1", TOP, "x2", LEFT, "y2", BOTTOM);
  }

  private static void yTicks(Axis y, String name, Markup page) {
    for (BigDecimal tick : y.ticks()) {
      float at = (float) y.at(tick.doubleValue());
      page.empty("line", "class", "grid", "x1", LEFT, "y1", at, "x2", RIGHT, "y2", at);
      page.text("text", y.label(tick), "class", "label y", "x", LEFT - 6, "y", at + 4);
    }
    float middle = (TOP + BOTTOM) / 2;
    String turned = String.format(Locale.ROOT, "rotate(-90 14 %.2f)", middle);
    page.text("text", name, "class", "name", "x", 14f, "y", middle, "transform", turned);
  }

  private static void xTicks(Axis x, String name, Markup page) {
    for (BigDecimal tick : x.ticks()) {
      float at = (float) x.at(tick.doubleValue());
      page.empty("line", "class", "tick", "x1", at, "y1", BOTTOM, "x2", at, "y2", BOTTOM + 4);
      xLabel(at, x.label(tick), page);
    }
    xName(name, page);
  }

  private static void xLabel(float at, String label, Markup page) {
    page.text("text", label, "class", "label x", "x", at, "y", BOTTOM + 18);
  }

  private static void xName(String name, Markup page) {
    page.text("text", name, "class", "name", "x", (LEFT + RIGHT) / 2, "y", HEIGHT - 10);
  }
}
