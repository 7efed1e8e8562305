package io.gru4j.cli;

import static io.gru4j.parameters.GRU4RecParameters.SAVE_BEST_TO_FILE;
import static io.gru4j.parameters.GRU4RecParameters.SEED;

import io.gru4j.algorithms.GRU4Rec;
import io.gru4j.algorithms.Update;
import io.gru4j.file.RealPath;
import io.gru4j.model.FittedModel;
import io.gru4j.model.ModelFileException;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.training.Training;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The model file that a training goes on from, with the optimizer's state that is kept beside. */
final class StartModel {
  static final Option FROM =
      new Option(
          "from",
          "MODEL",
          "go on from a model with the same items, for more epochs; its parameters are the defaults"
              + " of the flags");

  static final Option FRESH_STATE =
      new Option(
          "fresh-state",
          null,
          "begin with a fresh state of the optimizer, also where one is kept beside MODEL");

  private final Path file;
  private final FittedModel model;
  private final GRU4RecParameters parameters;
  private final boolean goesOnFromState;
  private final boolean ignoresState;

  private StartModel(Path file, boolean freshState) throws WorkException, IOException {
    this.file = file;
    if (Files.isDirectory(file)) {
      throw new WorkException(file + ": is a folder, expected a model file");
    }
    try (GRU4Rec<?> estimator = GRU4Rec.ofFile(file)) {
      model = estimator.model();
      parameters =
          estimator.parameters().toBuilder()
              .set(SEED, model.seed())
              .set(SAVE_BEST_TO_FILE, false)
              .build();
    }
    boolean kept = GRU4Rec.stateFiles(file).stream().anyMatch(Files::exists);
    goesOnFromState = kept && !freshState;
    ignoresState = kept && freshState;
  }

  /** The model that {@code --from} names; null if there is none. */
  static StartModel from(CommandLine line) throws UsageException, WorkException, IOException {
    Optional<Path> file = line.path(FROM.name());
    boolean fresh = line.isOn(FRESH_STATE.name());
    if (file.isEmpty()) {
      if (fresh) {
        throw new UsageException("--fresh-state needs --from MODEL");
      }
      return null;
    }
    for (String flag : List.of("preset", "algorithm")) {
      if (line.get(flag).isPresent()) {
        throw new UsageException("--from and --" + flag + " exclude each other: MODEL has its own");
      }
    }
    return new StartModel(file.get(), fresh);
  }

  /** The model of a file. */
  static StartModel of(Path file, CommandLine line)
      throws UsageException, WorkException, IOException {
    return new StartModel(file, line.isOn(FRESH_STATE.name()));
  }

  Path file() {
    return file;
  }

  FittedModel model() {
    return model;
  }

  /** Those that it was trained with, and the seed that was drawn if it was. */
  GRU4RecParameters parameters() {
    return parameters;
  }

  /** The file itself if a state is kept beside it that is to be used, else null. */
  Path keptStateOrNull() {
    return goesOnFromState ? file : null;
  }

  /** Whether a state is kept beside the file and is not to be used. */
  boolean ignoresState() {
    return ignoresState;
  }

  /** Adds the files that are read, unless the new model is to take their place. */
  void addTo(CommandFiles files, Path out) throws IOException {
    if (!isReplacedBy(out)) {
      files.reads("MODEL", List.of(file));
      if (goesOnFromState) {
        files.reads("MODEL", GRU4Rec.stateFiles(file).stream().filter(Files::exists).toList());
      }
    }
  }

  /** Whether the new model is to take the file's place. */
  boolean isReplacedBy(Path out) throws IOException {
    return RealPath.isSame(RealPath.of(file), RealPath.of(out));
  }

  /** Joins new sessions with the model. */
  Update.Data join(Update update, TrainingInput.Data data) throws WorkException, IOException {
    try {
      return update.with(data.train(), data.items(), data.validation());
    } catch (IllegalArgumentException e) {
      throw new WorkException(file + ": " + e.getMessage());
    } catch (ModelFileException e) { // of the state: the model is in memory
      throw new WorkException(e.getMessage() + "; --fresh-state goes on without it");
    }
  }

  /** Whether these data are those that the model has learned last. */
  boolean hasLearned(Update.Data data, GRU4RecParameters parameters) {
    return model
        .lineage()
        .last()
        .filter(
            last ->
                last.data()
                    .equals(
                        Training.dataHashes(data.x(), data.items(), data.validation(), parameters)))
        .isPresent();
  }

  /** The training that goes on from the model. */
  TrainingRun.Job job(GRU4RecParameters parameters, Update.Data data, double readSeconds) {
    return new TrainingRun.Job(
        parameters,
        new TrainingInput.Data(data.x(), data.items(), data.validation()),
        model,
        readSeconds,
        (estimator, resumes) -> {
          if (resumes) {
            estimator.resume(data);
          } else {
            estimator.fit(data);
          }
        });
  }
}
