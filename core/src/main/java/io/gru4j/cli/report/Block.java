package io.gru4j.cli.report;

import java.util.List;

/** A piece of a section. Texts may hold anything, such as ids of a hostile file. */
public sealed interface Block {

  /**
   * A paragraph.
   *
   * @param text plain text
   */
  record Note(String text) implements Block {}

  /**
   * A text to copy, such as a command.
   *
   * @param title the caption
   * @param text plain text
   */
  record Code(String title, String text) implements Block {}

  /**
   * Words in two columns.
   *
   * @param title the caption
   * @param rows name and value
   */
  record Facts(String title, List<Fact> rows) implements Block {
    /** Copies the list. */
    public Facts {
      rows = List.copyOf(rows);
    }
  }

  /**
   * A row of {@link Facts}.
   *
   * @param name what it is
   * @param value its value
   */
  record Fact(String name, String value) {}

  /**
   * Figures in columns, which are aligned to the right; the first column has names.
   *
   * @param title the caption
   * @param head a name for each column
   * @param rows as long as {@code head}
   * @param folded whether the table is hidden until the reader opens it
   */
  record Table(String title, List<String> head, List<List<String>> rows, boolean folded)
      implements Block {
    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if a row is longer or shorter than the head
     */
    public Table {
      head = List.copyOf(head);
      rows = List.copyOf(rows);
      for (List<String> row : rows) {
        if (row.size() != head.size()) {
          throw new IllegalArgumentException(
              "%s: expected %d cells, got %s".formatted(title, head.size(), row));
        }
      }
    }
  }

  /**
   * A curve through points.
   *
   * @param title the caption
   * @param xName what x is, with its unit
   * @param yName what y is, with its unit
   * @param scale of both axes
   * @param points in ascending order of x, finite; on log-log axes 1 or more
   * @param marked the x of the point to be marked; NaN for none
   * @param remark what the mark means
   */
  record Curve(
      String title,
      String xName,
      String yName,
      Scale scale,
      List<Point> points,
      double marked,
      String remark)
      implements Block {
    /** Copies the list. */
    public Curve {
      points = List.copyOf(points);
    }
  }

  /** Scales of a curve's axes. */
  enum Scale {
    /** x counts, so its ticks are whole numbers; y is a real number and need not begin at 0. */
    COUNT_AND_REAL,
    /** Both logarithmic. */
    LOG_LOG
  }

  /**
   * A point of a curve.
   *
   * @param x to the right
   * @param y up
   */
  record Point(double x, double y) {}

  /**
   * Points in a plane, each with a name.
   *
   * @param title the caption
   * @param xName what x is
   * @param yName what y is
   * @param points in any order, finite; at least one
   * @param named so many of the first have their names beside them where there is room, the others
   *     when pointed at
   */
  record Scatter(String title, String xName, String yName, List<NamedPoint> points, int named)
      implements Block {
    /** Copies the list. */
    public Scatter {
      points = List.copyOf(points);
    }
  }

  /**
   * A point of a plane.
   *
   * @param x to the right
   * @param y up
   * @param name of any characters
   */
  record NamedPoint(double x, double y, String name) {}

  /**
   * A histogram.
   *
   * @param title the caption
   * @param xName what the bars are of, with its unit
   * @param yName what their heights are, with its unit
   * @param bars from left to right
   */
  record Bars(String title, String xName, String yName, List<Bar> bars) implements Block {
    /** Copies the list. */
    public Bars {
      bars = List.copyOf(bars);
    }
  }

  /**
   * A bar of a histogram.
   *
   * @param label below it
   * @param value its height, 0 or more
   */
  record Bar(String label, long value) {}
}
