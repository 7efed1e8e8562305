package io.gru4j.cli.report;

import java.util.List;

/**
 * A page: a heading, some figures that matter most, then sections.
 *
 * @param title the heading
 * @param subtitle one line below it
 * @param highlights shown large
 * @param sections in order
 */
public record Report(
    String title, String subtitle, List<Highlight> highlights, List<Section> sections) {

  /**
   * A figure that is shown large.
   *
   * @param name what it is
   * @param value the figure with its unit
   * @param remark what to compare it with; may be empty
   */
  public record Highlight(String name, String value, String remark) {}

  /**
   * Blocks below a heading of their own.
   *
   * @param title the heading
   * @param blocks in order
   */
  public record Section(String title, List<Block> blocks) {
    /** Copies the list. */
    public Section {
      blocks = List.copyOf(blocks);
    }
  }

  /** Copies the lists. */
  public Report {
    highlights = List.copyOf(highlights);
    sections = List.copyOf(sections);
  }
}
