package io.gru4j.cli;

import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SessionData;
import io.gru4j.data.SessionSplit;
import io.gru4j.data.Validation;
import io.gru4j.prepare.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The training sessions and the validation sessions that the flags name. */
final class TrainingInput {
  static final List<Option> OPTIONS =
      Stream.concat(
              Stream.of(
                  new Option("validation", "FILE", "sessions to judge the epochs by"),
                  new Option(
                      "validation-fraction",
                      "X",
                      "set the newest sessions aside to judge the epochs by")),
              SessionFilters.OPTIONS.stream())
          .toList();

  /**
   * What was read.
   *
   * @param train a user is a session
   * @param items ids of the items
   * @param validation of the same shape, sessions without their last click and those clicks; null
   *     if no flag asks for it
   */
  record Data(InteractionMatrix train, IdMap items, Validation validation) {}

  private final List<Path> files;
  private final Optional<Path> validation;
  private final Optional<Double> fraction;
  private final SessionInput input;
  private final SessionFilters filters;

  /** Takes the flags; {@code words} name the session files. */
  TrainingInput(CommandLine line, Console console, List<String> words) throws UsageException {
    files = SessionInput.paths(words);
    validation = line.path("validation");
    SessionInput.requireOneStandardInput(files, validation.stream().toList());
    fraction = line.fraction("validation-fraction");
    input = new SessionInput(line, console);
    filters = new SessionFilters(line);
    if (validation.isPresent() && fraction.isPresent()) {
      throw new UsageException("--validation and --validation-fraction exclude each other");
    }
  }

  boolean hasValidation() {
    return validation.isPresent() || fraction.isPresent();
  }

  /** Adds the files that are read. */
  CommandFiles addTo(CommandFiles all) throws IOException {
    return all.reads("FILE", SessionInput.onDisk(files))
        .reads("--validation", SessionInput.onDisk(validation.stream().toList()));
  }

  Data read() throws IOException, WorkException {
    return read(null);
  }

  /** As the other, and what judges may have clicks on items that a model knows already. */
  Data read(IdMap knownItemsOrNull) throws IOException, WorkException {
    SessionData data = read(files, null);
    InteractionMatrix train = data.interactions();
    IdMap items = data.items();
    if (validation.isPresent() && knownItemsOrNull != null) {
      items = union(items, knownItemsOrNull);
    }
    Validation judged = null;
    int heldClicks = 0;
    if (fraction.isPresent()) {
      if (train.numActiveUsers() < 2) {
        throw new WorkException(
            SessionInput.names(files)
                + " has 1 session, --validation-fraction needs two or more: one to learn from, one"
                + " to judge by");
      }
      SessionSplit split = SessionSplit.byFraction(train, fraction.get());
      train = split.train();
      judged = Validation.leaveLastOut(split.validation());
    } else if (validation.isPresent()) {
      InteractionMatrix held = read(List.of(validation.get()), items).interactions();
      heldClicks = held.numInteractions();
      int sessions = Math.addExact(train.numUsers(), held.numUsers());
      int first = train.numUsers();
      judged = Validation.leaveLastOut(withUsers(held, sessions, first, items.size()));
      train = withUsers(train, sessions, 0, items.size());
    }
    requirePairs(train);
    if (judged != null && judged.out().numInteractions() == 0) {
      throw new WorkException(
          fraction.isPresent()
              ? SessionInput.names(files)
                  + ": no session that is set aside has two clicks, so there is none to judge by"
              : SessionInput.nothingToPredict(List.of(validation.get()), heldClicks));
    }
    return new Data(train, items, judged);
  }

  private static IdMap union(IdMap first, IdMap second) {
    List<String> ids = new ArrayList<>(first.ids());
    second.ids().stream().filter(id -> first.indexOf(id) < 0).forEach(ids::add);
    return IdMap.of(ids);
  }

  /** Reads other sessions by the same rules. */
  SessionData readMore(Path file) throws IOException, WorkException {
    return read(List.of(file), null);
  }

  private SessionData read(List<Path> from, IdMap knownItemsOrNull)
      throws IOException, WorkException {
    if (!filters.any()) {
      return input.read(from, knownItemsOrNull);
    }
    List<Step> steps =
        knownItemsOrNull == null
            ? filters.steps(input.format())
            : filters.stepsForJudging(input.format());
    return input.read(from, knownItemsOrNull, steps, filters.hasGap(), filters.answers());
  }

  private void requirePairs(InteractionMatrix train) throws WorkException {
    for (int user : train.activeUsers()) {
      if (train.historyLength(user) > 1) {
        return;
      }
    }
    throw new WorkException(
        SessionInput.names(files)
            + ": no session"
            + (fraction.isPresent() ? " to learn from" : "")
            + " has two clicks, so there is none to predict");
  }

  /** The same sessions as users {@code first, first + 1, ...} of {@code numUsers}. */
  private static InteractionMatrix withUsers(
      InteractionMatrix matrix, int numUsers, int first, int numItems) {
    int n = matrix.numInteractions();
    int[] users = new int[n];
    int[] items = new int[n];
    double[] times = new double[n];
    int row = 0;
    for (int user = 0; user < matrix.numUsers(); user++) {
      for (int position = 0; position < matrix.historyLength(user); position++) {
        users[row] = first + user;
        items[row] = matrix.item(user, position);
        times[row++] = matrix.timestamp(user, position);
      }
    }
    return InteractionMatrix.of(numUsers, numItems, users, items, times);
  }
}
