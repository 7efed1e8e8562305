package io.gru4j.cli;

import io.gru4j.data.InteractionMatrix;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Statistics of sessions.
 *
 * @param sessions those with a click
 * @param clicks of all sessions
 * @param items those that were clicked
 * @param lengths sessions by their number of clicks, from 0 to the longest
 * @param popular items by descending number of clicks, equals by ascending number
 * @param popularity the clicks of each of {@code popular}
 */
record DataStatistics(
    int sessions, long clicks, int items, long[] lengths, int[] popular, int[] popularity) {

  static DataStatistics of(InteractionMatrix matrix) {
    int longest = IntStream.of(matrix.activeUsers()).map(matrix::historyLength).max().orElse(0);
    long[] lengths = new long[longest + 1];
    int[] clicks = new int[matrix.numItems()];
    for (int user : matrix.activeUsers()) {
      lengths[matrix.historyLength(user)]++;
      for (int item : matrix.items(user)) {
        clicks[item]++;
      }
    }
    long[] keys =
        IntStream.range(0, clicks.length)
            .filter(item -> clicks[item] > 0)
            .mapToLong(item -> (long) -clicks[item] << 32 | item)
            .sorted()
            .toArray();
    int[] popular = Arrays.stream(keys).mapToInt(key -> (int) key).toArray();
    int[] popularity = Arrays.stream(popular).map(item -> clicks[item]).toArray();
    return new DataStatistics(
        matrix.numActiveUsers(),
        matrix.numInteractions(),
        popular.length,
        lengths,
        popular,
        popularity);
  }

  double meanLength() {
    return (double) clicks / sessions;
  }

  /** The smallest length that at least this share of the sessions does not exceed. */
  int lengthAt(double share) {
    long seen = 0;
    int length = 0;
    while (length < lengths.length - 1 && seen + lengths[length] < share * sessions) {
      seen += lengths[length++];
    }
    return length;
  }

  /** The share of the clicks that the most popular items have. */
  double shareOfTop(int items) {
    return IntStream.of(popularity).limit(items).asLongStream().sum() / (double) clicks;
  }
}
