package io.gru4j.parameters;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that a mistyped name probably stands for. */
public final class NearestName {
  private NearestName() {}

  /**
   * Returns the name with the fewest inserted, deleted, replaced or swapped letters (upper and
   * lower case alike), if those are few for its length; the first one of several.
   *
   * @param typed what was typed
   * @param names the names there are
   * @return the nearest, or nothing if none is near
   */
  public static Optional<String> of(String typed, Collection<String> names) {
    String nearest = null;
    int fewest = Math.max(2, typed.length() / 3) + 1;
    for (String name : names) {
      int edits = edits(typed.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT), fewest);
      if (edits < fewest) {
        nearest = name;
        fewest = edits;
      }
    }
    return Optional.ofNullable(nearest);
  }

  /**
   * Edit distance with adjacent swaps (optimal string alignment), or {@code limit} if not below.
   */
  private static int edits(String a, String b, int limit) {
    if (Math.abs(a.length() - b.length()) >= limit) {
      return limit;
    }
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(replaced, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
