package io.gru4j.spark;

import io.gru4j.data.Clicks;
import io.gru4j.data.TimeScale;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;

/** Puts the sorted rows of a partition together, some thousand whole sessions at a time. */
final class ClickBlocks implements Iterator<ClickBlock> {
  private static final int SESSIONS = 4096; // as many as a recommender scores at a time
  private static final int CLICKS = 1 << 16; // or a session more

  private final Iterator<Row> rows;
  private final long perSecond;
  private final int decimals;
  private final List<String> sessions = new ArrayList<>();
  private final Map<String, Integer> items = new HashMap<>();
  private final List<String> itemIds = new ArrayList<>();
  private int[] offsets = new int[SESSIONS + 1];
  private int[] clicks = new int[CLICKS];
  private long[] times = new long[CLICKS];
  private int n;
  private Row row; // read, but in no block yet

  private ClickBlocks(Iterator<Row> rows, long perSecond, int decimals) {
    this.rows = rows;
    this.perSecond = perSecond;
    this.decimals = decimals;
  }

  /** The blocks of a frame. */
  static JavaRDD<ClickBlock> of(ClickFrame frame) {
    TimeScale scale = frame.scale();
    long perSecond = scale.perSecond();
    int decimals = scale.decimals();
    return frame
        .sorted()
        .javaRDD()
        .mapPartitions(rows -> new ClickBlocks(rows, perSecond, decimals));
  }

  @Override
  public boolean hasNext() {
    return row != null || rows.hasNext();
  }

  @Override
  public ClickBlock next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    sessions.clear();
    items.clear();
    itemIds.clear();
    n = 0;
    row = row == null ? rows.next() : row;
    while (row != null && n < CLICKS && sessions.size() < SESSIONS) {
      session();
    }
    return new ClickBlock(
        sessions.toArray(String[]::new),
        itemIds.toArray(String[]::new),
        Arrays.copyOf(offsets, sessions.size() + 1),
        Arrays.copyOf(clicks, n),
        Arrays.copyOf(times, n),
        perSecond,
        decimals);
  }

  /** Takes all rows of one session. */
  private void session() {
    String session = row.getString(ClickFrame.SESSION_AT);
    sessions.add(session);
    do {
      if (n == clicks.length) {
        clicks = Arrays.copyOf(clicks, 2 * n);
        times = Arrays.copyOf(times, 2 * n);
      }
      clicks[n] = number(row.getString(ClickFrame.ITEM_AT));
      times[n++] = row.getLong(ClickFrame.TIME_AT);
      row = rows.hasNext() ? rows.next() : null;
    } while (row != null && row.getString(ClickFrame.SESSION_AT).equals(session));
    offsets[sessions.size()] = n;
  }

  private int number(String itemOrNull) {
    if (itemOrNull == null) {
      return Clicks.LEFT_OUT;
    }
    Integer known = items.putIfAbsent(itemOrNull, itemIds.size());
    if (known == null) {
      itemIds.add(itemOrNull);
    }
    return known == null ? itemIds.size() - 1 : known;
  }
}
