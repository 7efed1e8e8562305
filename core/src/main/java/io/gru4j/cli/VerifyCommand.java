package io.gru4j.cli;

import static io.gru4j.parameters.GRU4RecParameters.SAVE_BEST_TO_FILE;

import io.gru4j.algorithms.GRU4Rec;
import io.gru4j.algorithms.Update;
import io.gru4j.data.SessionData;
import io.gru4j.model.FittedModel;
import io.gru4j.model.Lineage;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.training.Start;
import io.gru4j.training.Training;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** {@code gru4j verify}. */
final class VerifyCommand implements Command {
  @Override
  public String name() {
    return "verify";
  }

  @Override
  public String summary() {
    return "train again, and say whether a model file has the same bytes";
  }

  @Override
  public String usage() {
    return "MODEL FILE... [--start START] [--replay OLD=0.2]... [flags]";
  }

  @Override
  public String details() {
    return SessionInput.FORMAT
        + "\n"
        + "Trains as MODEL says that it was trained, with its parameters and its seed, on the"
        + " sessions and validation sessions that are given with the flags of that training. A"
        + " model that was updated needs the model that it went on from, and the sessions that"
        + " were replayed. Exit status 0: the bytes are the same. 1: they are not; stdout says what"
        + " differs: the start, the data, the seed, or else tensors.";
  }

  @Override
  public List<Option> options() {
    List<Option> options = new ArrayList<>();
    options.add(new Option("start", "START", "the model that MODEL went on from, as it was then"));
    options.add(
        new Option(
            "replay",
            "OLD=X",
            "sessions that were replayed; as often as --replay was given, in that order, with the"
                + " share X or without",
            true));
    options.add(new Option("seed", "N", "the seed that MODEL is said to be trained with"));
    options.addAll(TrainingInput.OPTIONS);
    options.add(SessionInput.THREADS);
    options.addAll(SessionInput.KEYS);
    options.add(SessionInput.SKIP_BAD_LINES);
    return options;
  }

  @Override
  public String argument() {
    return "MODEL FILE";
  }

  @Override
  public void run(CommandLine line, Console console)
      throws UsageException, WorkException, IOException {
    List<String> words = line.requireArguments("MODEL");
    if (words.size() < 2) {
      throw new UsageException("FILE is missing: the sessions follow MODEL");
    }
    Path file = CommandLine.path("MODEL", words.getFirst());
    TrainingInput input = new TrainingInput(line, console, words.subList(1, words.size()));
    List<Replayed> replays = new ArrayList<>();
    for (String text : line.all("replay")) {
      replays.add(Replayed.of(text));
    }
    int threads = SessionInput.threads(line);
    Path startFile = line.path("start").orElse(null);
    FittedModel model = ModelInput.load(file);
    Lineage.Training training =
        model
            .lineage()
            .last()
            .orElseThrow(
                () ->
                    new WorkException(
                        file + ": does not say how it was trained; older versions wrote no chain"));
    GRU4RecParameters parameters;
    try (GRU4Rec<?> estimator = GRU4Rec.ofFile(file)) {
      parameters = estimator.parameters().toBuilder().set(SAVE_BEST_TO_FILE, false).build();
    }
    Differences found = new Differences();
    found.compare("seed", line.get("seed").orElse(null), Long.toString(training.seed()));
    found.compare("seed in the file", Objects.toString(model.seed()), "" + training.seed());
    FittedModel again;
    if (training.start() == null) {
      if (startFile != null || !replays.isEmpty()) {
        throw new WorkException(
            file + ": was trained from nothing: leave --start and --replay out");
      }
      TrainingInput.Data data = input.read();
      found.data(
          training, Training.dataHashes(data.train(), data.items(), data.validation(), parameters));
      found.stopIfAny(file, console);
      try (GRU4Rec<?> estimator = estimator(parameters, training, threads, console)) {
        again = estimator.fit(data.train(), data.items(), data.validation()).model();
      }
    } else {
      FittedModel start = start(file, startFile, training);
      found.compare("the start", start.sha256(), training.start());
      found.stopIfAny(file, console);
      Update.Data data = data(file, startFile, start, training, input, replays, found, console);
      found.data(
          training, Training.dataHashes(data.x(), data.items(), data.validation(), parameters));
      found.stopIfAny(file, console);
      try (GRU4Rec<?> estimator = estimator(parameters, training, threads, console)) {
        again = estimator.fit(data).model();
      }
    }
    if (again.sha256().equals(model.sha256())) {
      console.out().println(file + ": the same bytes, SHA-256 " + model.sha256());
      return;
    }
    found.models(model, again);
    found.stopIfAny(file, console);
  }

  private static FittedModel start(Path file, Path startOrNull, Lineage.Training training)
      throws WorkException, IOException {
    if (startOrNull == null) {
      throw new WorkException(
          file
              + ": went on from a model: --start names it, the file with SHA-256 "
              + training.start());
    }
    return ModelInput.load(startOrNull);
  }

  private static Update.Data data(
      Path file,
      Path startFile,
      FittedModel start,
      Lineage.Training training,
      TrainingInput input,
      List<Replayed> replays,
      Differences found,
      Console console)
      throws WorkException, IOException {
    TrainingInput.Data data = input.read(start.items());
    Update update;
    List<Update.Drawn> drawn;
    try {
      update = Update.repeat(start, training);
      drawn = Update.replays(training);
    } catch (RuntimeException e) {
      throw new WorkException(file + ": its chain has settings of no update: " + e.getMessage());
    }
    if (drawn.size() != replays.size()) {
      throw new WorkException(
          "%s: %s replayed, got %d with --replay"
              .formatted(
                  file,
                  drawn.size() == 1 ? "1 file was" : drawn.size() + " files were",
                  replays.size()));
    }
    for (int i = 0; i < drawn.size(); i++) {
      Double share = replays.get(i).shareOrNull();
      found.compare(
          "the share of " + replays.get(i).file(),
          share == null ? null : share.toString(),
          Double.toString(drawn.get(i).share()));
    }
    found.stopIfAny(file, console);
    for (int i = 0; i < drawn.size(); i++) {
      SessionData old = input.readMore(replays.get(i).file());
      update.replay(old.interactions(), old.items(), drawn.get(i).share(), drawn.get(i).seed());
    }
    if (!Start.isFresh(training)) {
      update.state(startFile);
    }
    return update.with(data.train(), data.items(), data.validation());
  }

  private static GRU4Rec<?> estimator(
      GRU4RecParameters parameters, Lineage.Training training, int threads, Console console) {
    return GRU4Rec.of(parameters)
        .threads(threads)
        .drawnSeed(training.seed())
        .listener(new TrainingRecorder(console, parameters, null));
  }

  /** Sessions that were replayed; a share that is not said is that of the chain. */
  private record Replayed(Path file, Double shareOrNull) {
    /** As {@code update} takes it, or the file alone. */
    static Replayed of(String text) throws UsageException {
      UpdateFlags.Replay replay = UpdateFlags.Replay.orNull(text);
      return replay == null
          ? new Replayed(CommandLine.path("--replay", text), null)
          : new Replayed(replay.file(), replay.share());
    }
  }

  /** What differs, a line each. */
  private static final class Differences {
    private final List<String> lines = new ArrayList<>();

    void compare(String what, String given, String recorded) {
      if (given != null && !given.equals(recorded)) {
        lines.add(what + ": " + given + ", MODEL was trained with " + recorded);
      }
    }

    void data(Lineage.Training training, Map<String, String> now) {
      now.forEach((name, hash) -> compare(name, hash, training.data().get(name)));
    }

    /** Where nothing else explains it: the values, or what stands beside them in the file. */
    void models(FittedModel model, FittedModel again) {
      Map<String, Integer> differing = new LinkedHashMap<>();
      List<Parameter> ours = model.network().parameters();
      List<Parameter> theirs = again.network().parameters();
      for (int i = 0; i < ours.size(); i++) {
        Parameter a = ours.get(i);
        Parameter b = theirs.get(i);
        if (a.rows() != b.rows()) {
          lines.add(a.name() + ": " + a.rows() + " rows, training again gives " + b.rows());
          continue;
        }
        int n = 0;
        for (int row = 0; row < a.rows(); row++) {
          for (int col = 0; col < a.cols(); col++) {
            n +=
                Float.floatToIntBits(a.get(row, col)) == Float.floatToIntBits(b.get(row, col))
                    ? 0
                    : 1;
          }
        }
        if (n > 0) {
          differing.put(a.name(), n);
        }
      }
      differing.forEach(
          (name, n) -> lines.add("tensor " + name + ": " + Numbers.count(n, "value")));
      if (!model.lineage().equals(again.lineage())) {
        lines.add("what the file says of its training");
      }
      if (lines.isEmpty()) {
        lines.add(
            "the bytes beside the tensors of the network: clicks, ids, parameters or history");
      }
    }

    void stopIfAny(Path file, Console console) throws WorkException {
      if (!lines.isEmpty()) {
        lines.forEach(each -> console.out().println("differs: " + each));
        throw new WorkException(file + ": is not what this training makes");
      }
    }
  }
}
