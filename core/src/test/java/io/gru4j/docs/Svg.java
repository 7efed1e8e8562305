package io.gru4j.docs;

import java.math.BigDecimal;
import java.util.Locale;

/**
 * One picture as SVG text, drawn from back to front. Coordinates are pixels from the top left.
 *
 * <p>Texts may hold formulas between dollar signs: letters are set in italics, {@code _} and {@code
 * ^} lower and raise the next character or group in braces. The same calls make the same text.
 */
final class Svg {
  /** Where a text stands in relation to its point. */
  enum Anchor {
    START,
    MIDDLE,
    END
  }

  private static final double SCRIPT = 0.72; // size of a lowered or raised letter
  private static final double FORMULA = 1.12; // serif letters look smaller than those around them

  private final StringBuilder body = new StringBuilder();
  private final int width;
  private final int height;
  private final String title;
  private final String description;

  Svg(int width, int height, String title, String description) {
    this.width = width;
    this.height = height;
    this.title = title;
    this.description = description;
  }

  /** The whole file. */
  @Override
  public String toString() {
    StringBuilder file = new StringBuilder();
    file.append("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"");
    file.append(" aria-labelledby=\"title desc\"");
    file.append(" width=\"" + width + "\" height=\"" + height + "\"");
    file.append(" viewBox=\"0 0 " + width + " " + height + "\">\n");
    file.append("<title id=\"title\">" + escape(title) + "</title>\n");
    file.append("<desc id=\"desc\">" + escape(description) + "</desc>\n");
    file.append("<style>\n" + Ink.style() + "</style>\n<defs>\n");
    for (Ink ink : Ink.values()) {
      file.append("<marker id=\"" + ink.head() + "\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\"");
      file.append(" markerWidth=\"9\" markerHeight=\"9\" markerUnits=\"userSpaceOnUse\"");
      file.append(" orient=\"auto\"><path d=\"M0 0L10 5L0 10z\" style=\"stroke:none\"");
      file.append(" class=\"filled " + ink.solid() + "\"/></marker>\n");
    }
    file.append("<pattern id=\"void\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">");
    file.append("<rect class=\"paper\" width=\"6\" height=\"6\" stroke=\"none\"/>");
    file.append("<path class=\"muted-line\" style=\"stroke-width:1\" d=\"M0 6L6 0\"/></pattern>\n");
    file.append("</defs>\n<rect class=\"paper\" width=\"100%\" height=\"100%\" rx=\"8\"/>\n");
    return file.append(body).append("</svg>\n").toString();
  }

  Svg box(double x, double y, double w, double h, double radius, Ink ink) {
    body.append("<rect class=\"" + ink.box() + "\"" + place(x, y, w, h));
    body.append(" rx=\"" + number(radius) + "\"/>\n");
    return this;
  }

  /** A thin outline around what belongs together. */
  Svg card(double x, double y, double w, double h) {
    body.append("<rect class=\"card\"" + place(x, y, w, h) + " rx=\"14\"/>\n");
    return this;
  }

  /** A thin line between what is apart. */
  Svg rule(double x1, double y, double x2) {
    body.append("<path class=\"card\" d=\"" + through(x1, y, x2, y) + "\"/>\n");
    return this;
  }

  /** A rectangle without outline, as a bar of a chart is. */
  Svg bar(double x, double y, double w, double h, Ink ink) {
    body.append("<rect class=\"" + ink.solid() + "\"" + place(x, y, w, h) + "/>\n");
    return this;
  }

  /** A rectangle that holds nothing: paper, crossed by thin lines. */
  Svg hatch(double x, double y, double w, double h) {
    body.append("<rect class=\"void\"" + place(x, y, w, h) + "/>\n");
    return this;
  }

  /** A thin upright line within a box. */
  Svg tick(double x, double from, double to, Ink ink) {
    return path(ink, " style=\"stroke-width:.5\"", through(x, from, x, to));
  }

  Svg dot(double x, double y, Ink ink) {
    body.append("<circle class=\"" + ink.solid() + "\" cx=\"" + number(x) + "\"");
    body.append(" cy=\"" + number(y) + "\" r=\"4\"/>\n");
    return this;
  }

  /** A circle with a text in it. */
  Svg circle(double x, double y, double r, String text, double size, Ink ink) {
    body.append("<circle class=\"" + ink.box() + "\" cx=\"" + number(x) + "\"");
    body.append(" cy=\"" + number(y) + "\" r=\"" + number(r) + "\"/>\n");
    return text(x, y + 0.35 * size, size, Anchor.MIDDLE, ink, text);
  }

  /** An addition of two inputs. */
  Svg plus(double x, double y) {
    sign(x, y);
    return segment(x - 6, y, x + 6, y).segment(x, y - 6, x, y + 6);
  }

  /** A product of two inputs, number by number. */
  Svg times(double x, double y) {
    sign(x, y);
    body.append("<circle class=\"plain\" cx=\"" + number(x) + "\" cy=\"" + number(y));
    body.append("\" r=\"3.5\"/>\n");
    return this;
  }

  private void sign(double x, double y) {
    body.append("<circle class=\"plain-box\" cx=\"" + number(x) + "\" cy=\"" + number(y));
    body.append("\" r=\"13\"/>\n");
  }

  private Svg segment(double x1, double y1, double x2, double y2) {
    return path(
        Ink.PLAIN, "", "M" + number(x1) + " " + number(y1) + "L" + number(x2) + " " + number(y2));
  }

  /** A line through points, given as x, y, x, y and so on. */
  Svg line(Ink ink, double... points) {
    return path(ink, "", through(points));
  }

  /** A line through points with a head at its end; what lies below it is parted. */
  Svg arrow(Ink ink, double... points) {
    body.append("<path class=\"halo\" d=\"" + through(inner(points)) + "\"/>\n");
    return path(ink, headOf(ink), through(points));
  }

  /** As {@link #arrow}, dashed: a gradient. */
  Svg dashedArrow(Ink ink, double... points) {
    body.append("<path class=\"halo\" d=\"" + through(inner(points)) + "\"/>\n");
    return path(ink, headOf(ink) + " stroke-dasharray=\"6 4\"", through(points));
  }

  Svg dashedLine(Ink ink, double... points) {
    return path(ink, " stroke-dasharray=\"6 4\"", through(points));
  }

  private static String headOf(Ink ink) {
    return " marker-end=\"url(#" + ink.head() + ")\"";
  }

  private Svg path(Ink ink, String attributes, String d) {
    body.append("<path class=\"" + ink.stroke() + "\"" + attributes + " d=\"" + d + "\"/>\n");
    return this;
  }

  /** The same points, both ends drawn in, so that a parting does not bite into what they touch. */
  private static double[] inner(double[] points) {
    double[] result = points.clone();
    int n = points.length;
    drawIn(result, 0, points[2] - points[0], points[3] - points[1]);
    drawIn(result, n - 2, points[n - 4] - points[n - 2], points[n - 3] - points[n - 1]);
    return result;
  }

  private static void drawIn(double[] points, int at, double dx, double dy) {
    double length = Math.sqrt(dx * dx + dy * dy);
    double by = Math.min(8, length / 3);
    points[at] += dx / length * by;
    points[at + 1] += dy / length * by;
  }

  private static String through(double... points) {
    StringBuilder d = new StringBuilder();
    for (int i = 0; i < points.length; i += 2) {
      d.append(i == 0 ? "M" : "L").append(number(points[i])).append(' ');
      d.append(number(points[i + 1]));
    }
    return d.toString();
  }

  Svg text(double x, double y, double size, Anchor anchor, Ink ink, String text) {
    return text(x, y, size, anchor, ink.solid(), text);
  }

  /** Text as in code: all characters have one width. */
  Svg code(double x, double y, double size, Anchor anchor, Ink ink, String text) {
    return text(x, y, size, anchor, ink.solid() + " c", text);
  }

  /** Bold text. */
  Svg heading(double x, double y, double size, Anchor anchor, Ink ink, String text) {
    return text(x, y, size, anchor, ink.solid() + "\" font-weight=\"600", text);
  }

  private Svg text(double x, double y, double size, Anchor anchor, String style, String text) {
    body.append("<text class=\"" + style + "\" x=\"" + number(x) + "\" y=\"" + number(y) + "\"");
    body.append(" font-size=\"" + number(size) + "\"");
    body.append(" text-anchor=\"" + anchor.name().toLowerCase(Locale.ROOT) + "\">");
    String[] parts = text.split("\\$", -1);
    for (int i = 0; i < parts.length; i++) {
      body.append(i % 2 == 0 ? escape(parts[i]) : formula(parts[i], size));
    }
    body.append("</text>\n");
    return this;
  }

  private static String formula(String formula, double size) {
    StringBuilder spans = new StringBuilder();
    double shift = formula(spans, formula, size, 0, 0);
    if (shift != 0) {
      spans.append("<tspan dy=\"" + number(-shift) + "\">\u200b</tspan>"); // back to the line
    }
    return spans.toString();
  }

  /**
   * Appends a formula whose line is {@code line} below the text's.
   *
   * @param shift where the span before stands, below the text's line
   * @return where the last span stands
   */
  private static double formula(
      StringBuilder spans, String formula, double size, double line, double shift) {
    double above = 0; // width of the script just written: its counterpart stands below or above it
    int i = 0;
    while (i < formula.length()) {
      char c = formula.charAt(i);
      if (c == '_' || c == '^') {
        int end = endOfScript(formula, i + 1);
        boolean group = formula.charAt(i + 1) == '{';
        String script = group ? formula.substring(i + 2, end - 1) : formula.substring(i + 1, end);
        double to = line + (c == '_' ? 0.24 : -0.38) * size;
        if (above > 0) {
          spans.append("<tspan dx=\"" + number(-above) + "\">\u200b</tspan>");
        }
        shift = formula(spans, script, SCRIPT * size, to, shift);
        above = above > 0 ? 0 : script.length() * size * 0.42;
        i = end;
      } else {
        int end = i;
        while (end < formula.length() && "_^".indexOf(formula.charAt(end)) < 0) {
          end++;
        }
        runs(spans, formula.substring(i, end), size, line - shift);
        shift = line;
        above = 0;
        i = end;
      }
    }
    return shift;
  }

  private static int endOfScript(String formula, int start) {
    if (formula.charAt(start) != '{') {
      return start + 1;
    }
    int depth = 0;
    int i = start;
    do {
      depth += formula.charAt(i) == '{' ? 1 : formula.charAt(i) == '}' ? -1 : 0;
      i++;
    } while (depth > 0);
    return i;
  }

  /** One span for each run of letters, which are italic, or of other characters. */
  private static void runs(StringBuilder spans, String text, double size, double dy) {
    int i = 0;
    while (i < text.length()) {
      boolean letter = isVariable(text.charAt(i));
      int end = i;
      while (end < text.length() && isVariable(text.charAt(end)) == letter) {
        end++;
      }
      spans.append("<tspan class=\"m\" font-size=\"" + number(FORMULA * size) + "\"");
      if (letter) {
        spans.append(" font-style=\"italic\"");
      }
      if (i == 0 && dy != 0) {
        spans.append(" dy=\"" + number(dy) + "\"");
      }
      spans.append('>').append(escape(text.substring(i, end))).append("</tspan>");
      i = end;
    }
  }

  /** A variable is italic; the d of a derivative and functions are not. */
  private static boolean isVariable(char c) {
    return Character.isLetter(c) && c != 'd' && c != '\u03c3';
  }

  private static String place(double x, double y, double w, double h) {
    return " x=\""
        + number(x)
        + "\" y=\""
        + number(y)
        + "\" width=\""
        + number(w)
        + "\" height=\""
        + number(h)
        + "\"";
  }

  /** At most two decimals, none where they are 0. */
  private static String number(double x) {
    return BigDecimal.valueOf(Math.round(x * 100), 2).stripTrailingZeros().toPlainString();
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
