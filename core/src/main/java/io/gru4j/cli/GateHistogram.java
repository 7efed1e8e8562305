package io.gru4j.cli;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.model.FittedModel;
import io.gru4j.model.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * How open the gates of a layer are: of every unit after every click of some sessions.
 *
 * @param reset counts by tenths of (0, 1), from the lowest up
 * @param update the same of the update gate
 */
record GateHistogram(long[] reset, long[] update) {
  static final int TENTHS = 10;
  private static final int MOST_CLICKS = 2_000;
  private static final int LONGEST = 50; // clicks of a session: one must not be all

  private GateHistogram() {
    this(new long[TENTHS], new long[TENTHS]);
  }

  /**
   * Counts, in sessions that are spread evenly over all.
   *
   * @param sessions with at least one
   * @return one for each layer
   */
  static List<GateHistogram> of(FittedModel model, InteractionMatrix sessions) {
    List<GateHistogram> layers = new ArrayList<>();
    model.network().layers().forEach(layer -> layers.add(new GateHistogram()));
    int clicks = 0;
    for (int user : spread(sessions.activeUsers(), MOST_CLICKS / 4)) {
      int length = Math.min(sessions.historyLength(user), LONGEST);
      if (clicks + length > MOST_CLICKS && clicks > 0) {
        break;
      }
      clicks += length;
      List<String> ids =
          IntStream.range(0, length)
              .mapToObj(i -> model.items().idOf(sessions.item(user, i)))
              .toList();
      List<Trace.Layer> traced = model.trace(ids).layers();
      for (int i = 0; i < traced.size(); i++) {
        count(traced.get(i).reset(), layers.get(i).reset);
        count(traced.get(i).update(), layers.get(i).update);
      }
    }
    return layers;
  }

  /** At most so many, evenly spread over all. */
  static int[] spread(int[] all, int most) {
    int n = Math.min(most, all.length);
    return IntStream.range(0, n).map(i -> all[(int) ((long) i * all.length / n)]).toArray();
  }

  private static void count(float[][] gate, long[] counts) {
    for (float[] units : gate) {
      for (float value : units) {
        counts[Math.clamp((int) (value * TENTHS), 0, TENTHS - 1)]++;
      }
    }
  }

  /** The share of a gate's values below 0.1 and from 0.9 on: it hardly passes a gradient there. */
  static double saturated(long[] gate) {
    return (gate[0] + gate[TENTHS - 1]) / (double) LongStream.of(gate).sum();
  }

  /** The share of a gate's values in a tenth. */
  static double share(long[] gate, int tenth) {
    return gate[tenth] / (double) LongStream.of(gate).sum();
  }
}
