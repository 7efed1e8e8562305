package io.gru4j.cli;

import io.gru4j.file.OneLine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Lines of cells in columns. A cell may come from a hostile file: it stays on its line. */
final class TextTable {
  private static final int MAX_CELL = 1000; // characters; more are cut off

  private final List<String[]> rows = new ArrayList<>();

  TextTable row(String... cells) {
    String[] row = new String[cells.length];
    Arrays.setAll(row, i -> OneLine.of(cells[i], MAX_CELL));
    rows.add(row);
    return this;
  }

  /** Aligns the first column to the left and the others to the right, as for numbers. */
  @Override
  public String toString() {
    return format(false);
  }

  /** Aligns all columns to the left, as for words. */
  String leftAligned() {
    return format(true);
  }

  private String format(boolean left) {
    int columns = rows.stream().mapToInt(row -> row.length).max().orElse(0);
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int c = 0; c < row.length; c++) {
        widths[c] = Math.max(widths[c], row[c].length());
      }
    }
    StringBuilder out = new StringBuilder();
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < row.length; c++) {
        String pad = " ".repeat(widths[c] - row[c].length());
        line.append(c == 0 ? "" : "  ").append(left || c == 0 ? row[c] + pad : pad + row[c]);
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
    return out.toString();
  }
}
