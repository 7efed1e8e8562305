package io.gru4j.docs;

import java.util.List;
import java.util.Locale;

/** What a colour of the pictures stands for, and its shades on a light and on a dark page. */
enum Ink {
  /** Words, and lines that carry no meaning of their own. */
  PLAIN("#1f2328", "#f6f8fa", "#e6edf3", "#161b22"),
  /** Remarks and units. */
  MUTED("#59636e", "#eff2f5", "#9da7b3", "#21262d"),
  /** The state, and everything that runs forward. */
  STATE("#0550ae", "#ddf4ff", "#6cb6ff", "#0f2a47"),
  /** Weights and their products. */
  WEIGHT("#116329", "#dafbe1", "#56d364", "#10301b"),
  /** Gates, and functions that act on each number. */
  GATE("#6639ba", "#f4ebff", "#c297ff", "#2b1d47"),
  /** Gradients, and everything that runs backward. */
  GRADIENT("#a33c00", "#fff1e5", "#f0a26c", "#3a2013"),
  /** The class that was really clicked, or the element that is followed. */
  TARGET("#7d4e00", "#fff8c5", "#e3b341", "#352b0c");

  static final String PAPER = "#ffffff";
  static final String DARK_PAPER = "#0d1117";

  private final String line;
  private final String fill;
  private final String darkLine;
  private final String darkFill;

  Ink(String line, String fill, String darkLine, String darkFill) {
    this.line = line;
    this.fill = fill;
    this.darkLine = darkLine;
    this.darkFill = darkFill;
  }

  private String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Style class of lines. */
  String stroke() {
    return id() + "-line";
  }

  /** Style class of text, arrow heads and bars. */
  String solid() {
    return id();
  }

  /** Style class of boxes: an outline and a pale fill. */
  String box() {
    return id() + "-box";
  }

  /** Identity of the arrow head. */
  String head() {
    return id() + "-head";
  }

  /** What stands on what: text and ground, light and dark. */
  List<List<String>> pairs() {
    return List.of(
        List.of(line, PAPER),
        List.of(line, fill),
        List.of(darkLine, DARK_PAPER),
        List.of(darkLine, darkFill));
  }

  /** The style sheet: light, and dark where the reader prefers it. */
  static String style() {
    StringBuilder css = new StringBuilder();
    css.append("text{font-family:system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif}\n");
    css.append(".m{font-family:'STIX Two Text','Latin Modern Roman','Times New Roman',serif}\n");
    css.append(".c{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}\n");
    css.append(".halo{fill:none;stroke-width:8}\n");
    css.append("line,path{fill:none;stroke-width:2;stroke-linejoin:round}\n");
    css.append(".void{fill:url(#void)}\n");
    css.append("rect,circle{stroke-width:1.5}\n");
    css.append(colours(PAPER, false));
    css.append("@media (prefers-color-scheme:dark){\n");
    css.append(colours(DARK_PAPER, true)).append("}\n");
    return css.toString();
  }

  private static String colours(String paper, boolean dark) {
    StringBuilder css = new StringBuilder();
    css.append(".paper{fill:").append(paper).append("}\n");
    css.append(".halo{stroke:").append(paper).append("}\n");
    css.append(".card{fill:none;stroke:").append(dark ? "#3d444d" : "#c4ccd4").append("}\n");
    for (Ink ink : values()) {
      String line = dark ? ink.darkLine : ink.line;
      String fill = dark ? ink.darkFill : ink.fill;
      css.append('.').append(ink.stroke()).append("{stroke:").append(line).append("}\n");
      css.append('.').append(ink.solid()).append("{fill:").append(line).append("}\n");
      css.append('.').append(ink.box()).append("{stroke:").append(line);
      css.append(";fill:").append(fill).append("}\n");
    }
    return css.toString();
  }
}
