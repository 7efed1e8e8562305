package io.gru4j.prepare;

import io.gru4j.data.Clicks;
import io.gru4j.data.TimeScale;
import java.util.BitSet;

/**
 * A log in arrays.
 *
 * @param clicks its clicks
 */
public record ClicksLog(Clicks clicks) implements SessionLog<ClicksLog> {
  @Override
  public TimeScale scale() {
    return clicks.scale();
  }

  @Override
  public long numClicks() {
    return clicks.numClicks();
  }

  @Override
  public long numSessions() {
    return clicks.numSessions();
  }

  @Override
  public Counts counts() {
    return Counts.of(clicks);
  }

  @Override
  public ClicksLog withinSessions(Step step) {
    return new ClicksLog(step.apply(clicks));
  }

  @Override
  public ClicksLog longEnough(int least) {
    return new ClicksLog(clicks.keepSessions(session -> clicks.length(session) >= least));
  }

  @Override
  public ClicksLog onFrequentItems(int least) {
    int[] counts = clicks.clicksByItem();
    BitSet frequent = new BitSet(counts.length);
    for (int item = 0; item < counts.length; item++) {
      frequent.set(item, counts[item] >= least);
    }
    return onItems(frequent);
  }

  /**
   * Keeps clicks on some items, and those that are left out.
   *
   * @param items the items' numbers
   * @return the clicks that are left
   */
  public ClicksLog onItems(BitSet items) {
    return new ClicksLog(
        clicks.keepClicks(
            click -> clicks.item(click) == Clicks.LEFT_OUT || items.get(clicks.item(click))));
  }

  @Override
  public ClicksLog startingFrom(long time) {
    return new ClicksLog(
        clicks.keepSessions(session -> clicks.time(clicks.start(session)) >= time));
  }

  @Override
  public ClicksLog startingBefore(long time) {
    return new ClicksLog(clicks.keepSessions(session -> clicks.time(clicks.start(session)) < time));
  }

  @Override
  public ClicksLog clicksBefore(long time) {
    return new ClicksLog(clicks.keepClicks(click -> clicks.time(click) < time));
  }

  @Override
  public ClicksLog onItemsOf(ClicksLog other) {
    BitSet known = new BitSet();
    for (int click = 0; click < other.clicks.numClicks(); click++) {
      if (other.clicks.item(click) != Clicks.LEFT_OUT) {
        known.set(other.clicks.item(click));
      }
    }
    return onItems(known);
  }

  @Override
  public long lastTime() {
    long last = Long.MIN_VALUE;
    for (int click = 0; click < clicks.numClicks(); click++) {
      last = Math.max(last, clicks.time(click));
    }
    return last;
  }

  @Override
  public long start(long rank) {
    return clicks.time(clicks.start(clicks.sessionsByStart()[(int) rank]));
  }
}
