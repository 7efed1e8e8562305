package io.gru4j.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Clicks session by session, each session's in the order of time: one array of items, one of exact
 * times, and where each session starts. It is what session files are prepared in; training reads
 * {@link SessionData}.
 *
 * <p>Sessions are numbered from 0, those without a click left are gone. Clicks are numbered from 0
 * through all sessions. 12 bytes a click and 8 a session, beside the ids. Immutable, so safe for
 * any number of threads.
 */
public final class Clicks {
  /** In the place of an item: the click's row did not meet the conditions. */
  public static final int LEFT_OUT = -1;

  private final IdMap sessionIds;
  private final IdMap itemIds;
  private final int[] keys; // of each session, its number in sessionIds
  private final int[] parts; // which part of its key's clicks it is, from 1; null: all of them
  private final int[] offsets; // session s has the clicks [offsets[s], offsets[s + 1])
  private final int[] items;
  private final long[] times;
  private final TimeScale scale;

  Clicks(
      IdMap sessionIds,
      IdMap itemIds,
      int[] keys,
      int[] parts,
      int[] offsets,
      int[] items,
      long[] times,
      TimeScale scale) {
    this.sessionIds = sessionIds;
    this.itemIds = itemIds;
    this.keys = keys;
    this.parts = parts;
    this.offsets = offsets;
    this.items = items;
    this.times = times;
    this.scale = scale;
  }

  /**
   * Makes clicks of arrays, which are copied.
   *
   * @param sessionIds the id of each session
   * @param itemIds ids of items
   * @param offsets where each session's clicks start, and behind them the number of all clicks
   * @param items of each click its item's number, or {@link #LEFT_OUT}
   * @param times of each click its time, ascending within a session
   * @param scale what the times are
   * @return the clicks
   * @throws IllegalArgumentException if a session has no click, or one is out of the order of time
   *     or on an item without an id
   */
  public static Clicks of(
      IdMap sessionIds, IdMap itemIds, int[] offsets, int[] items, long[] times, TimeScale scale) {
    if (offsets.length != sessionIds.size() + 1
        || offsets[0] != 0
        || items.length != offsets[offsets.length - 1]
        || times.length != items.length) {
      throw new IllegalArgumentException(
          "%d sessions, %d offsets, %d items, %d times do not go together"
              .formatted(sessionIds.size(), offsets.length, items.length, times.length));
    }
    int[] keys = new int[sessionIds.size()];
    for (int session = 0; session < keys.length; session++) {
      keys[session] = session;
      if (offsets[session] >= offsets[session + 1] || offsets[session + 1] > items.length) {
        throw new IllegalArgumentException("session " + session + " has no click");
      }
      for (int click = offsets[session]; click < offsets[session + 1]; click++) {
        if (click > offsets[session] && times[click] < times[click - 1]) {
          throw new IllegalArgumentException("click " + click + " is before the one before it");
        }
        if (items[click] < LEFT_OUT || items[click] >= itemIds.size()) {
          throw new IllegalArgumentException(
              "item " + items[click] + " is outside [0, " + itemIds.size() + ")");
        }
      }
    }
    return new Clicks(
        sessionIds, itemIds, keys, null, offsets.clone(), items.clone(), times.clone(), scale);
  }

  /**
   * Returns the number of sessions.
   *
   * @return the sessions, each with at least one click
   */
  public int numSessions() {
    return offsets.length - 1;
  }

  /**
   * Returns the number of clicks.
   *
   * @return the clicks of all sessions
   */
  public int numClicks() {
    return offsets[numSessions()];
  }

  /**
   * Counts the items that have a click.
   *
   * @return the number of items; 0 to the size of {@link #itemIds}
   */
  public int numItems() {
    BitSet seen = new BitSet(itemIds.size());
    for (int item : items) {
      if (item != LEFT_OUT) {
        seen.set(item);
      }
    }
    return seen.cardinality();
  }

  /**
   * Returns where a session starts.
   *
   * @param session in [0, numSessions]
   * @return the number of its first click; of the last session and one, the number of clicks
   */
  public int start(int session) {
    return offsets[session];
  }

  /**
   * Returns the length of a session.
   *
   * @param session in [0, numSessions)
   * @return its clicks, at least one
   */
  public int length(int session) {
    return offsets[session + 1] - offsets[session];
  }

  /**
   * Returns what was clicked.
   *
   * @param click in [0, numClicks)
   * @return the item's number in {@link #itemIds}, or {@link #LEFT_OUT}
   */
  public int item(int click) {
    return items[click];
  }

  /**
   * Returns when it was clicked.
   *
   * @param click in [0, numClicks)
   * @return ticks of {@link #scale}
   */
  public long time(int click) {
    return times[click];
  }

  /**
   * Returns what the times are.
   *
   * @return their scale
   */
  public TimeScale scale() {
    return scale;
  }

  /**
   * Returns the ids behind the items' numbers.
   *
   * @return the ids, those of items without a click too
   */
  public IdMap itemIds() {
    return itemIds;
  }

  /**
   * Returns a session's id: that of the file, and, where sessions were split, {@code #} and which
   * part it is.
   *
   * @param session in [0, numSessions)
   * @return an id that no other session has
   */
  public String sessionId(int session) {
    String id = sessionIds.idOf(keys[session]);
    return parts == null ? id : id + "#" + parts[session];
  }

  /**
   * Keeps some clicks. Sessions that lose all are gone.
   *
   * @param kept whether a click of a number is kept; asked once for each, in order
   * @return the clicks that are left
   */
  public Clicks keepClicks(IntPredicate kept) {
    int[] newItems = new int[items.length];
    long[] newTimes = new long[items.length];
    int[] newKeys = new int[keys.length];
    int[] newParts = parts == null ? null : new int[keys.length];
    int[] newOffsets = new int[offsets.length];
    int n = 0;
    int sessions = 0;
    for (int session = 0; session < numSessions(); session++) {
      int before = n;
      for (int click = offsets[session]; click < offsets[session + 1]; click++) {
        if (kept.test(click)) {
          newItems[n] = items[click];
          newTimes[n++] = times[click];
        }
      }
      if (n > before) {
        newKeys[sessions] = keys[session];
        if (parts != null) {
          newParts[sessions] = parts[session];
        }
        newOffsets[++sessions] = n;
      }
    }
    if (n == items.length) {
      return this;
    }
    return new Clicks(
        sessionIds,
        itemIds,
        Arrays.copyOf(newKeys, sessions),
        parts == null ? null : Arrays.copyOf(newParts, sessions),
        Arrays.copyOf(newOffsets, sessions + 1),
        Arrays.copyOf(newItems, n),
        Arrays.copyOf(newTimes, n),
        scale);
  }

  /**
   * Keeps some sessions.
   *
   * @param kept whether a session of a number is kept; asked once for each, in order
   * @return the clicks of those sessions
   */
  public Clicks keepSessions(IntPredicate kept) {
    int[] left = new int[numSessions()]; // the numbers of those that are kept
    int sessions = 0;
    int n = 0;
    for (int session = 0; session < left.length; session++) {
      if (kept.test(session)) {
        left[sessions++] = session;
        n += length(session);
      }
    }
    if (sessions == left.length) {
      return this;
    }
    int[] newItems = new int[n];
    long[] newTimes = new long[n];
    int[] newKeys = new int[sessions];
    int[] newParts = parts == null ? null : new int[sessions];
    int[] newOffsets = new int[sessions + 1];
    for (int i = 0; i < sessions; i++) {
      int session = left[i];
      int at = newOffsets[i];
      System.arraycopy(items, offsets[session], newItems, at, length(session));
      System.arraycopy(times, offsets[session], newTimes, at, length(session));
      newOffsets[i + 1] = at + length(session);
      newKeys[i] = keys[session];
      if (parts != null) {
        newParts[i] = parts[session];
      }
    }
    return new Clicks(
        sessionIds, itemIds, newKeys, newParts, newOffsets, newItems, newTimes, scale);
  }

  /**
   * Splits sessions. The ids of all sessions get a part's number, so that they stay different.
   *
   * @param starts whether a click begins a session of its own; asked once for each click that is
   *     not its session's first, in order
   * @return as many clicks in as many sessions or more
   */
  public Clicks split(IntPredicate starts) {
    BitSet begins = new BitSet(numClicks());
    for (int session = 0; session < numSessions(); session++) {
      begins.set(offsets[session]);
      for (int click = offsets[session] + 1; click < offsets[session + 1]; click++) {
        begins.set(click, starts.test(click));
      }
    }
    int sessions = begins.cardinality();
    int[] newKeys = new int[sessions];
    int[] newParts = new int[sessions];
    int[] newOffsets = new int[sessions + 1];
    int n = 0;
    int part = 0;
    for (int session = 0; session < numSessions(); session++) {
      boolean sameKey = session > 0 && keys[session] == keys[session - 1];
      part = sameKey ? part : 0; // parts of one key stand together, in their order
      for (int at = offsets[session];
          at >= 0 && at < offsets[session + 1];
          at = begins.nextSetBit(at + 1)) {
        newKeys[n] = keys[session];
        newParts[n] = ++part;
        newOffsets[n++] = at;
      }
    }
    newOffsets[n] = numClicks();
    return new Clicks(sessionIds, itemIds, newKeys, newParts, newOffsets, items, times, scale);
  }

  /**
   * Returns the sessions in the order of their first clicks.
   *
   * @return their numbers; of those that start at one time the smaller number first
   */
  public int[] sessionsByStart() {
    long[] starts = new long[numSessions()];
    int[] order = new int[numSessions()];
    for (int session = 0; session < order.length; session++) {
      starts[session] = times[offsets[session]];
      order[session] = session;
    }
    TimeSort.sort(starts, order, 0, order.length);
    return order;
  }

  /**
   * Sorts the sessions by their starts and numbers the items in the order of their first clicks:
   * what is read from a {@link ClickFile} of these clicks is in this order too.
   *
   * @return the same clicks; to be the last step, as {@link #split} needs the parts of one session
   *     together
   */
  public Clicks byStart() {
    int[] numbers = new int[itemIds.size()];
    Arrays.fill(numbers, LEFT_OUT);
    IdMap.Builder ids = new IdMap.Builder();
    int[] order = sessionsByStart();
    int[] newKeys = new int[order.length];
    int[] newParts = parts == null ? null : new int[order.length];
    int[] newOffsets = new int[order.length + 1];
    int[] newItems = new int[numClicks()];
    long[] newTimes = new long[numClicks()];
    int n = 0;
    for (int i = 0; i < order.length; i++) {
      for (int click = offsets[order[i]]; click < offsets[order[i] + 1]; click++) {
        int item = items[click];
        if (item != LEFT_OUT && numbers[item] == LEFT_OUT) {
          numbers[item] = itemIds.addTo(ids, item);
        }
        newItems[n] = item == LEFT_OUT ? LEFT_OUT : numbers[item];
        newTimes[n++] = times[click];
      }
      newOffsets[i + 1] = n;
      newKeys[i] = keys[order[i]];
      if (parts != null) {
        newParts[i] = parts[order[i]];
      }
    }
    return new Clicks(
        sessionIds, ids.build(), newKeys, newParts, newOffsets, newItems, newTimes, scale);
  }

  /** Appends a session's id in UTF-8; returns where it ends. */
  int copySessionId(int session, byte[] target, int at) {
    int end = sessionIds.copy(keys[session], target, at);
    if (parts != null) {
      target[end++] = '#';
      for (byte digit : Integer.toString(parts[session]).getBytes(StandardCharsets.US_ASCII)) {
        target[end++] = digit;
      }
    }
    return end;
  }

  /** The length of the longest id of a session or an item, in bytes. */
  int longestId() {
    return Math.max(sessionIds.longest() + 11, itemIds.longest());
  }

  /**
   * Counts the clicks of each item.
   *
   * @return by the item's number
   */
  public int[] clicksByItem() {
    int[] counts = new int[itemIds.size()];
    for (int item : items) {
      if (item != LEFT_OUT) {
        counts[item]++;
      }
    }
    return counts;
  }

  /** What is doubtful, where no session was split yet. */
  List<Doubt> doubts(boolean suspect, int sharedSessions) {
    return Doubts.of(
        sessionIds,
        itemIds,
        numSessions(),
        session -> offsets[session],
        click -> items[click],
        new Doubts.Times(click -> times[click], scale.perSecond(), suspect, scale.decimals() == 0),
        sharedSessions);
  }

  /**
   * Makes training data: a matrix of the clicks and the ids behind it.
   *
   * @return one user a session, one item for each that has a click, in the order of their numbers
   * @throws IllegalStateException if a click is {@link #LEFT_OUT}
   */
  public SessionData toSessionData() {
    int[] counts = clicksByItem();
    int[] numbers = new int[counts.length];
    IdMap.Builder kept = new IdMap.Builder();
    for (int item = 0; item < counts.length; item++) {
      numbers[item] = counts[item] == 0 ? -1 : itemIds.addTo(kept, item);
    }
    return toSessionData(kept.build(), numbers);
  }

  /**
   * Makes data to judge a model with: clicks on items that it does not know are dropped, and
   * counted.
   *
   * @param known the items that the model knows
   * @return one user a session, the items as they are given
   * @throws IllegalStateException if a click is {@link #LEFT_OUT}
   */
  public SessionData toSessionData(IdMap known) {
    int[] numbers = new int[itemIds.size()];
    for (int item = 0; item < numbers.length; item++) {
      numbers[item] = known.indexOf(itemIds.idOf(item));
    }
    return toSessionData(known, numbers);
  }

  private SessionData toSessionData(IdMap known, int[] numbers) {
    int n = 0;
    int[] users = new int[numClicks()];
    int[] newItems = new int[numClicks()];
    double[] newTimes = new double[numClicks()];
    IdMap.Builder ids = new IdMap.Builder();
    double unit = Math.pow(10, scale.decimals());
    for (int session = 0; session < numSessions(); session++) {
      byte[] id = sessionId(session).getBytes(StandardCharsets.UTF_8);
      ids.add(id, 0, id.length);
      for (int click = offsets[session]; click < offsets[session + 1]; click++) {
        if (items[click] == LEFT_OUT) {
          throw new IllegalStateException("click " + click + " is left out, so it has no item");
        }
        int item = numbers[items[click]];
        if (item >= 0) {
          users[n] = session;
          newItems[n] = item;
          newTimes[n++] = times[click] / unit;
        }
      }
    }
    InteractionMatrix matrix =
        InteractionMatrix.of(numSessions(), known.size(), users, newItems, newTimes, n);
    long dropped = numClicks() - n;
    return new SessionData(
        matrix, ids.build(), known, numClicks(), dropped, 0, List.of(), List.of());
  }

  /** Returns the shape, such as {@code Clicks(2 sessions, 5 clicks)}. */
  @Override
  public String toString() {
    return "Clicks(" + numSessions() + " sessions, " + numClicks() + " clicks)";
  }
}
