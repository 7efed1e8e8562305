package io.gru4j.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * What people call the items of a model: a title, and the address of a picture if there is one.
 * Both are any text, to be escaped by whoever puts them into a page. Immutable.
 */
public final class ItemTitles {
  /** No item has a title. */
  public static final ItemTitles NONE = new ItemTitles(new String[0], new String[0], 0, 0);

  private static final String ITEM = "ItemId";
  private static final String TITLE = "Title";
  private static final String PICTURE = "Picture";

  /** Characters of a title. */
  private static final int LONGEST_TITLE = 500;

  /** Characters of a picture's address. */
  private static final int LONGEST_PICTURE = 2_000;

  private final String[] titles; // by the item's number; null: it has none
  private final String[] pictures;
  private final int count;
  private final long unknown;

  private ItemTitles(String[] titles, String[] pictures, int count, long unknown) {
    this.titles = titles;
    this.pictures = pictures;
    this.count = count;
    this.unknown = unknown;
  }

  /**
   * Reads a table, as session files are read: plain or packed, its separator found, with a header.
   * Its columns are ItemId, Title and, if it is there, Picture; others are not looked at.
   *
   * @param file the file, in UTF-8
   * @param items the items whose titles are kept
   * @return their titles
   * @throws SessionFileException if a column is missing, or a row is bad: a title is empty or
   *     longer than 500 characters, a picture's address longer than 2,000, or an item there twice;
   *     it names the line
   * @throws IOException if reading fails
   */
  public static ItemTitles read(Path file, IdMap items) throws IOException {
    String[] titles = new String[items.size()];
    String[] pictures = new String[items.size()];
    long[] lines = new long[items.size()];
    int count = 0;
    long unknown = 0;
    try (RowSource rows =
        new TableReader(new LineReader(file), SessionFormat.DEFAULT, List.of(ITEM, TITLE), "")) {
      int id = rows.want(ITEM);
      int title = rows.want(TITLE);
      int picture = rows.has(PICTURE) ? rows.want(PICTURE) : -1;
      while (rows.next()) {
        int item = items.indexOf(text(rows, id));
        String titleText = text(rows, title, LONGEST_TITLE);
        String pictureText = picture < 0 ? "" : text(rows, picture, LONGEST_PICTURE);
        if (titleText.isBlank()) {
          throw rows.fault(title, "is empty; leave out the row of an item without a title");
        }
        if (item < 0) {
          unknown++;
          continue;
        }
        if (titles[item] != null) {
          throw rows.fault(id, "is there twice, first on line " + lines[item]);
        }
        titles[item] = titleText;
        pictures[item] = pictureText.isBlank() ? null : pictureText;
        lines[item] = rows.line();
        count++;
      }
    }
    return new ItemTitles(titles, pictures, count, unknown);
  }

  private static String text(RowSource rows, int column) {
    int from = rows.start(column);
    return new String(rows.buffer(), from, rows.end(column) - from, StandardCharsets.UTF_8);
  }

  private static String text(RowSource rows, int column, int longest) throws SessionFileException {
    String text = text(rows, column);
    if (text.length() > longest) {
      throw rows.fault(
          column, "has %,d characters, at most %,d are kept".formatted(text.length(), longest));
    }
    return text;
  }

  /**
   * Returns the title of an item.
   *
   * @param item its number, at least 0
   * @return the title, or null
   */
  public String title(int item) {
    return item < titles.length ? titles[item] : null;
  }

  /**
   * Returns the address of an item's picture, as the file has it.
   *
   * @param item its number, at least 0
   * @return the address, or null
   */
  public String picture(int item) {
    return item < pictures.length ? pictures[item] : null;
  }

  /**
   * Returns how many items have a title.
   *
   * @return at least 0
   */
  public int count() {
    return count;
  }

  /**
   * Returns how many rows were of items that are not wanted.
   *
   * @return at least 0
   */
  public long unknown() {
    return unknown;
  }
}
