package io.gru4j.spark;

import io.gru4j.data.Clicks;
import io.gru4j.data.IdMap;
import io.gru4j.data.TimeScale;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Whole sessions in a form that travels: {@link Clicks} with the ids of the items that are clicked.
 *
 * @param sessions their ids
 * @param items ids, each with a click
 * @param offsets where each session's clicks start, and behind them the number of all clicks
 * @param clicks of each click its item's number, or {@link Clicks#LEFT_OUT}
 * @param times of each click, in ticks
 * @param perSecond of the times' scale
 * @param decimals of the times' scale
 */
record ClickBlock(
    String[] sessions,
    String[] items,
    int[] offsets,
    int[] clicks,
    long[] times,
    long perSecond,
    int decimals)
    implements Serializable {

  static ClickBlock of(Clicks all) {
    int[] numbers = new int[all.itemIds().size()];
    Arrays.fill(numbers, Clicks.LEFT_OUT);
    List<String> items = new ArrayList<>();
    String[] sessions = new String[all.numSessions()];
    int[] offsets = new int[sessions.length + 1];
    int[] clicks = new int[all.numClicks()];
    long[] times = new long[clicks.length];
    for (int session = 0; session < sessions.length; session++) {
      sessions[session] = all.sessionId(session);
      offsets[session + 1] = all.start(session + 1);
    }
    for (int click = 0; click < clicks.length; click++) {
      int item = all.item(click);
      if (item != Clicks.LEFT_OUT && numbers[item] == Clicks.LEFT_OUT) {
        numbers[item] = items.size();
        items.add(all.itemIds().idOf(item));
      }
      clicks[click] = item == Clicks.LEFT_OUT ? item : numbers[item];
      times[click] = all.time(click);
    }
    TimeScale scale = all.scale();
    return new ClickBlock(
        sessions,
        items.toArray(String[]::new),
        offsets,
        clicks,
        times,
        scale.perSecond(),
        scale.decimals());
  }

  /** The clicks; items have the numbers that they have here. */
  Clicks toClicks() {
    return Clicks.of(
        IdMap.of(List.of(sessions)),
        IdMap.of(List.of(items)),
        offsets,
        clicks,
        times,
        new TimeScale(perSecond, decimals));
  }
}
