package io.gru4j.cli;

import io.gru4j.algorithms.Update;
import io.gru4j.data.SessionData;
import io.gru4j.parameters.NewItems;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The flags that say what an update makes of items and of old sessions. */
final class UpdateFlags {
  private static final String NEW_ITEMS = "new-items";
  private static final String FORGET = "forget-items-after";
  private static final String REPLAY = "replay";
  static final String FORGET_MOST = "forget-most";

  static final List<Option> OPTIONS =
      List.of(
          new Option(
              NEW_ITEMS,
              "random|neighbours",
              "whether a new item begins at random or at the mean of the known items that are"
                  + " clicked beside it (default)"),
          new Option(
              FORGET,
              "90d",
              "drop the items whose last click is so much older than the newest new click"),
          new Option(FORGET_MOST, null, "forget even more than half of the items"),
          new Option(
              REPLAY,
              "OLD=X",
              "learn a share X of the sessions of a file again, drawn with the seed (0.2 of the"
                  + " last weeks keeps what they taught); may be given more than once",
              true));

  /** A file and the share of its sessions. */
  record Replay(Path file, double share) {
    /** Reads {@code OLD=X}; null if the text is no such thing. */
    static Replay orNull(String text) throws UsageException {
      int equals = text.lastIndexOf('=');
      try {
        double share = Double.parseDouble(text.substring(equals + 1));
        if (equals > 0 && share > 0 && share <= 1) {
          return new Replay(CommandLine.path("--" + REPLAY, text.substring(0, equals)), share);
        }
      } catch (NumberFormatException e) {
        return null;
      }
      return null;
    }
  }

  private final NewItems newItems; // null: the default
  private final Optional<Duration> forget;
  private final List<Replay> replays = new ArrayList<>();

  UpdateFlags(CommandLine line) throws UsageException {
    Optional<String> how = line.get(NEW_ITEMS);
    try {
      newItems = how.isEmpty() ? null : NewItems.of(how.get());
    } catch (IllegalArgumentException e) {
      throw new UsageException("--" + NEW_ITEMS + " " + e.getMessage());
    }
    forget = SessionFilters.duration(line, FORGET);
    for (String text : line.all(REPLAY)) {
      replays.add(replay(text));
    }
  }

  private static Replay replay(String text) throws UsageException {
    Replay replay = Replay.orNull(text);
    if (replay == null) {
      throw new UsageException(
          "--" + REPLAY + " must be a file and a share above 0, at most 1, OLD=0.2, got " + text);
    }
    return replay;
  }

  /** Adds the files that are read. */
  CommandFiles addTo(CommandFiles files) throws IOException {
    return files.reads("--" + REPLAY, replays.stream().map(Replay::file).toList());
  }

  /** Tells the update; {@code seed} draws the sessions that are replayed. */
  void apply(Update update, TrainingInput input, long seed) throws WorkException, IOException {
    if (newItems != null) {
      update.newItems(newItems);
    }
    update.forgetItemsAfter(forget.orElse(null));
    for (Replay each : replays) {
      SessionData old = input.readMore(each.file());
      update.replay(old.interactions(), old.items(), each.share(), seed);
    }
  }
}
