package io.gru4j.algorithms;

import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.Validation;
import io.gru4j.file.OneLine;
import io.gru4j.model.FittedModel;
import io.gru4j.model.Lineage;
import io.gru4j.parameters.NewItems;
import io.gru4j.tensor.RandomStream;
import io.gru4j.training.Start;
import io.gru4j.training.StateFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a trained model goes on to learn: from which model, what becomes of its items, and which old
 * sessions are learned again. Known items keep their rows, new ones are appended.
 *
 * {@snippet class="io.gru4j.JavadocExamplesTest" region="update"}
 *
 * <p>Not thread-safe.
 */
public final class Update {
  private static final long REPLAY_STREAMS = 16; // of a seed, one a replay; training has lower ones

  private static final String NEW_ITEMS = "new_items";
  private static final String SAME_ITEMS = "same_items";
  private static final String FORGET = "forget_items_after";
  private static final String REPLAY = "replay";
  private static final String NONE = "None";

  private final FittedModel start;
  private final List<Replay> replays = new ArrayList<>();
  private NewItems newItems = NewItems.NEIGHBOURS;
  private Duration forgetAfter; // null: never
  private boolean sameItems;
  private Path stateOf; // null: a fresh state

  /**
   * How the sessions of a replay were drawn.
   *
   * @param share of the sessions
   * @param seed that drew them
   */
  public record Drawn(double share, long seed) {}

  /** Old sessions, of which a share is learned again. */
  private record Replay(InteractionMatrix sessions, IdMap items, double share, long seed) {}

  /**
   * What an update trains on: the new sessions and those that are replayed, in the numbers of the
   * updated model's items.
   *
   * @param x the replayed sessions as the first users, then the new ones
   * @param items those of the model that are kept, in their order, then the new ones
   * @param validation of the same shape; null for none
   * @param added how many items are new
   * @param forgotten ids of the model's items that are forgotten, in their order
   * @param warnings what is sound but seldom meant
   * @param training what the estimator needs to know beside them
   */
  public record Data(
      InteractionMatrix x,
      IdMap items,
      Validation validation,
      int added,
      List<String> forgotten,
      List<String> warnings,
      Origin training) {}

  /** What an update starts from, for the estimator. */
  public static final class Origin {
    private final Start start;

    private Origin(Start start) {
      this.start = start;
    }

    Start start() {
      return start;
    }

    /**
     * Returns the model that the update starts from.
     *
     * @return the model
     */
    public FittedModel model() {
      return start.model();
    }
  }

  private Update(FittedModel start) {
    this.start = start;
  }

  /**
   * Goes on from a model.
   *
   * @param start the model, which stays as it is
   * @return a new update: new items begin at the mean of their neighbours, nothing is forgotten or
   *     replayed, and the optimizer's state is fresh
   */
  public static Update of(FittedModel start) {
    return new Update(start);
  }

  /**
   * Repeats an update, but for its {@linkplain #replay replays}, of which {@link #replays} says
   * what they were, and the {@linkplain #state state}.
   *
   * @param start the model that it started from
   * @param training what its model's lineage says of it
   * @return a new update of the same settings
   * @throws IllegalArgumentException if the settings are not those of an update
   */
  public static Update repeat(FittedModel start, Lineage.Training training) {
    Map<String, String> settings = training.settings();
    Update update = of(start).newItems(NewItems.of(settings.getOrDefault(NEW_ITEMS, "")));
    String forget = settings.getOrDefault(FORGET, NONE);
    if (!forget.equals(NONE)) {
      update.forgetItemsAfter(Duration.parse("PT" + forget));
    }
    update.sameItems = settings.getOrDefault(SAME_ITEMS, "").equals("True");
    return update;
  }

  /**
   * Says which replays an update had.
   *
   * @param training what its model's lineage says of it
   * @return each, in their order
   * @throws IllegalArgumentException if the settings are not those of an update
   */
  public static List<Drawn> replays(Lineage.Training training) {
    List<Drawn> all = new ArrayList<>();
    String text = training.settings().getOrDefault(REPLAY, NONE);
    for (String each : text.equals(NONE) ? new String[0] : text.split(",")) {
      String[] parts = each.split(" of seed ");
      all.add(new Drawn(Double.parseDouble(parts[0]), Long.parseLong(parts[1])));
    }
    return all;
  }

  /**
   * Says how the rows of new items begin.
   *
   * @param newItems how
   * @return this
   */
  public Update newItems(NewItems newItems) {
    this.newItems = newItems;
    return this;
  }

  /**
   * Forgets the items whose last click is older than this when the newest new click happens. Of an
   * item whose last click the model does not know it is taken to be the first new click, which is
   * the latest that it can be.
   *
   * @param age above 0; null to forget nothing
   * @return this
   */
  public Update forgetItemsAfter(Duration age) {
    this.forgetAfter = age;
    return this;
  }

  /**
   * Learns a share of some old sessions again, before the new ones. Clicks on items that the
   * updated model does not know are left out, and none counts as a new click of its item.
   *
   * @param sessions with timestamps
   * @param items ids of their items
   * @param share of the sessions, above 0, at most 1
   * @param seed draws them; after another number of trainings it draws others
   * @return this
   * @throws IllegalArgumentException if the share is out of range
   */
  public Update replay(InteractionMatrix sessions, IdMap items, double share, long seed) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("share must be above 0 and at most 1, got " + share);
    }
    DataChecks.requireTimestamps("replay", sessions);
    replays.add(new Replay(sessions, items, share, seed));
    return this;
  }

  /**
   * Trains the same items for more epochs: an item that is new is refused, and clicks are those of
   * sessions that the model may know already, so they do not add up.
   *
   * @return this
   */
  public Update sameItems() {
    this.sameItems = true;
    return this;
  }

  /**
   * Goes on from the optimizer's state that {@link GRU4Rec#saveWithState} wrote beside the start.
   *
   * @param file the start's file, not that of the state; null for a fresh state
   * @return this
   */
  public Update state(Path file) {
    this.stateOf = file;
    return this;
  }

  /**
   * Joins new sessions with the model.
   *
   * @param x users x items, with timestamps
   * @param items ids of those items, known and new
   * @param validation of the same shape as {@code x}; null for none
   * @return what is trained on
   * @throws IllegalArgumentException if a matrix has no timestamps, no data or another shape, or an
   *     item is new that may not be, or items are to be forgotten and it is not known what a unit
   *     of the times is
   * @throws IOException if the kept state cannot be read or is of another model
   */
  public Data with(InteractionMatrix x, IdMap items, Validation validation) throws IOException {
    DataChecks.check(x, items, validation);
    String sha256 = start.sha256();
    Start.KeptState kept = stateOf == null ? null : StateFile.find(stateFiles(stateOf), sha256);
    ItemNumbers numbers = new ItemNumbers(start, x, items, forgetAfter);
    if (sameItems && numbers.added() > 0) {
      throw new IllegalArgumentException(
          "the model does not know %d of %d items, such as %s: to learn new items, update it"
              .formatted(
                  numbers.added(),
                  items.size(),
                  OneLine.quoted(numbers.items().idOf(numbers.rows().length - numbers.added()))));
    }
    SessionRows rows = new SessionRows();
    int user = 0;
    for (int number = 0; number < replays.size(); number++) {
      Replay each = replays.get(number);
      int[] to = numbers.of(each.items);
      for (int old : chosen(each, number)) {
        user += rows.add(each.sessions, old, user, to) ? 1 : 0;
      }
    }
    int[] to = numbers.of(items);
    int first = user;
    int users = Math.addExact(first, x.numUsers());
    rows.addAll(x, first, to);
    int numItems = numbers.rows().length;
    Validation moved =
        validation == null
            ? null
            : new Validation(
                new SessionRows().addAll(validation.in(), first, to).matrix(users, numItems),
                new SessionRows().addAll(validation.out(), first, to).matrix(users, numItems));
    Start origin =
        new Start(
            start,
            sha256,
            numbers.rows(),
            newItems,
            kept,
            numbers.clicks(!sameItems),
            numbers.lastClicks(),
            settings());
    return new Data(
        rows.matrix(users, numItems),
        numbers.items(),
        moved,
        numbers.added(),
        numbers.forgotten(),
        numbers.warnings(),
        new Origin(origin));
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put(SAME_ITEMS, sameItems ? "True" : "False");
    settings.put(FORGET, forgetAfter == null ? NONE : forgetAfter.toSeconds() + "s");
    settings.put(REPLAY, replays.isEmpty() ? NONE : shares());
    return settings;
  }

  private String shares() {
    return String.join(
        ",", replays.stream().map(each -> each.share + " of seed " + each.seed).toList());
  }

  /** The sessions that are drawn, ascending; every night others. */
  private int[] chosen(Replay replay, int number) {
    int[] users = replay.sessions.activeUsers();
    int n = (int) Math.round(replay.share * users.length);
    long night = RandomStream.at(replay.seed, start.lineage().trainings().size());
    RandomStream random = new RandomStream(RandomStream.at(night, REPLAY_STREAMS + number));
    for (int i = 0; i < n; i++) { // Fisher-Yates, as far as it is needed
      int j = i + random.nextInt(users.length - i);
      int user = users[i];
      users[i] = users[j];
      users[j] = user;
    }
    int[] drawn = Arrays.copyOf(users, n);
    Arrays.sort(drawn);
    return drawn;
  }

  /** Where the state of a model's optimizer is kept: the newest, and the one before. */
  static List<Path> stateFiles(Path model) {
    String name = model.getFileName().toString();
    return List.of(
        model.resolveSibling(name + ".state"), model.resolveSibling(name + ".state-before"));
  }
}
