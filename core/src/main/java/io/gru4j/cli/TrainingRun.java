package io.gru4j.cli;

import static io.gru4j.parameters.GRU4RecParameters.KEEP_LAST;
import static io.gru4j.parameters.GRU4RecParameters.SAVE_BEST_TO_FILE;
import static io.gru4j.parameters.GRU4RecParameters.STOPPING_CRITERION;
import static io.gru4j.parameters.GRU4RecParameters.STOP_EARLY;

import io.gru4j.algorithms.GRU4Rec;
import io.gru4j.cli.report.HtmlPage;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.file.AtomicFile;
import io.gru4j.file.OneLine;
import io.gru4j.model.FittedModel;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.progress.TrainingException;
import io.gru4j.progress.TrainingStoppedException;
import io.gru4j.progress.UpdateNorm;
import io.gru4j.tensor.Backend;
import io.gru4j.training.MemoryEstimate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;

/**
 * What {@code train} and {@code update} have in common: the files that a training writes, the
 * training, with checkpoints, and what is said of it. The model is written last, and only when the
 * {@link Gate} lets it pass.
 */
final class TrainingRun {
  static final List<Option> OPTIONS =
      Stream.of(
              List.of(
                  new Option("model", "OUT", "the model file to write, replaced if it is there"),
                  new Option(
                      "keep-state",
                      null,
                      "also write the optimizer's state, to OUT.state, for an update to go on from;"
                          + " with validation it needs --keep-last")),
              TrainingInput.OPTIONS,
              List.of(
                  new Option(
                      "log-json",
                      "FILE",
                      "write a line of JSON for each epoch, replaced if it is there"),
                  new Option(
                      "report",
                      "FILE",
                      "write an HTML page on data, training and quality, replaced if it is there"),
                  new Option(
                      "strict",
                      null,
                      "fail if the loss against the whole catalogue stays above what guessing"
                          + " gives, ln(items + 1)"),
                  new Option("json", null, "print the summary as one line of JSON")),
              Gate.OPTIONS,
              CheckpointFlags.OPTIONS,
              List.of(SessionInput.THREADS),
              SessionInput.KEYS,
              List.of(SessionInput.SKIP_BAD_LINES))
          .flatMap(List::stream)
          .toList();

  /** Trains, anew or from the checkpoint. */
  interface Fitting {
    void fit(GRU4Rec<?> estimator, boolean resumes) throws IOException;
  }

  /**
   * What is to be done.
   *
   * @param parameters of the estimator
   * @param data as it is trained on
   * @param startOrNull the model that training goes on from
   * @param readSeconds how long reading took
   * @param fitting trains
   */
  record Job(
      GRU4RecParameters parameters,
      TrainingInput.Data data,
      FittedModel startOrNull,
      double readSeconds,
      Fitting fitting) {}

  private final CommandLine line;
  private final String command;
  private final Console console;
  private final CheckpointFlags checkpoints;
  private final Path out;
  private final Optional<Path> log;
  private final Optional<Path> report;
  private final Optional<Gate> gate;
  private final boolean keepState;
  private final boolean strict;
  private final boolean json;
  private final int threads;
  private final Instant started = Instant.now();

  /** Reads the flags; {@code command} is what they are of, such as {@code train}. */
  TrainingRun(CommandLine line, String command, Console console, CheckpointFlags checkpoints)
      throws UsageException {
    this.line = line;
    this.command = command;
    this.console = console;
    this.checkpoints = checkpoints;
    out = line.requirePath("model");
    log = line.path("log-json");
    report = line.path("report");
    gate = Gate.of(line);
    keepState = line.isOn("keep-state");
    strict = line.isOn("strict");
    json = line.isOn("json");
    threads = SessionInput.threads(line);
  }

  Path out() {
    return out;
  }

  int threads() {
    return threads;
  }

  /**
   * Finds out before the work begins what would make it fail in the end.
   *
   * @param files those that are read
   * @param validated whether epochs are judged
   */
  void prepare(CommandFiles files, GRU4RecParameters parameters, boolean validated)
      throws UsageException, WorkException, IOException {
    if (keepState && validated && !parameters.get(KEEP_LAST)) {
      throw new UsageException(
          "--keep-state needs --keep-last where epochs are judged: the state is that of the last");
    }
    files.writes("--model", out);
    files.writes("--model", bestSoFar(out));
    if (keepState) {
      for (Path state : GRU4Rec.stateFiles(out)) {
        files.writes("--keep-state", state);
      }
    }
    if (log.isPresent()) {
      files.writes("--log-json", log.get());
    }
    if (report.isPresent()) {
      files.writes("--report", report.get());
    }
    if (gate.isPresent()) {
      gate.get().addTo(files, out);
    }
    checkpoints.addTo(files);
    files.check();
    if (parameters.get(SAVE_BEST_TO_FILE)) {
      files.checkBestFile(parameters.algorithm().estimator());
    }
    if (log.isPresent()) {
      OutputFile.checkStream(log.get());
    }
    OutputFile.checkWritable(out);
    if (keepState) {
      OutputFile.checkWritable(GRU4Rec.stateFiles(out).getFirst());
    }
    if (report.isPresent()) {
      OutputFile.checkWritable(report.get());
    }
    checkpoints.prepare(console.err());
  }

  /** Trains, and writes the model if nothing objects. */
  void run(Job job) throws UsageException, WorkException, IOException {
    GRU4RecParameters parameters = job.parameters();
    TrainingInput.Data data = job.data();
    if (gate.isPresent()) {
      Gate.old(out); // that it is a model is seen before the training
      gate.get().read(new SessionInput(line, console));
    }
    LittleWork.expect(LittleWork.ofTraining(parameters, data.train(), data.validation()));
    if (data.validation() != null && (parameters.get(STOP_EARLY) || !parameters.get(KEEP_LAST))) {
      ParameterOptions.blindCriterion(
              parameters.get(STOPPING_CRITERION),
              data.items().size(),
              "epochs",
              "--stopping-criterion bpr" + (parameters.get(STOP_EARLY) ? "" : " or --keep-last"))
          .ifPresent(console.err()::println);
    }
    MemoryEstimate memory =
        MemoryEstimate.of(
            parameters, data.train(), data.items(), data.validation(), job.startOrNull(), threads);
    console.err().println("training needs about " + memory + " of heap");
    try (GRU4Rec<?> estimator = GRU4Rec.of(parameters);
        StopSignal signal = new StopSignal(estimator::stop, console.err());
        EpochLog epochLog = log.isPresent() ? new EpochLog(log.get()) : null) {
      estimator.keepState(keepState);
      TrainingRecorder recorder = new TrainingRecorder(console, parameters, epochLog);
      if (report.isPresent()) {
        recorder.measureUpdates();
      }
      Backend.description(); // is logged when it is chosen: now, not amid the progress
      long begin = System.nanoTime();
      recorder.progress.begin();
      if (strict && !TrainingSummary.judgesLoss(parameters)) {
        recorder.onWarning(
            "--strict has no effect here, only with negatives catalogue: what guessing gives is not"
                + " known for a loss against some items");
      }
      signal.listen();
      double fitSeconds;
      TrainingSummary summary;
      OldAndNew compared = null;
      Optional<Gate.Refusal> refusal = Optional.empty();
      boolean done = false;
      try {
        fit(estimator.threads(threads).listener(recorder), job.fitting(), out, checkpoints);
        fitSeconds = (System.nanoTime() - begin) * 1e-9;
        summary = new TrainingSummary(out, estimator, recorder.last, recorder.best, fitSeconds);
        Optional<String> fault = summary.fault();
        if (fault.isPresent() && strict) {
          checkpoints.delete(); // the same steps would end in the same way
          throw new WorkException(fault.get() + "; " + saveBeside(estimator, out, "the model"));
        }
        fault.ifPresent(recorder.warnings::add); // it is shown at the end, which is now
        if (gate.isPresent()) {
          FittedModel old = Gate.old(out).orElse(job.startOrNull());
          compared = gate.get().judge(old, estimator.model(), threads);
          (json ? console.err() : console.out()).print(compared.text());
          refusal = gate.get().refuse(compared, estimator.model(), out);
        }
        if (refusal.isPresent()) {
          checkpoints.delete(); // the same steps would end in the same way
        } else {
          save(estimator);
        }
        done = true;
      } finally {
        recorder.repeatWarnings();
        if (!done && report.isPresent()) {
          console.err().println("no report is written to " + report.get() + ": there is no model");
        }
      }
      if (refusal.isEmpty()) {
        console.out().print(json ? summary.json() + "\n" : summary.text());
      }
      if (report.isPresent()) {
        Path written = refusal.map(Gate.Refusal::file).orElse(out);
        TrainingReport.Run run =
            new TrainingReport.Run(
                "gru4j " + command + " " + line.quoted(),
                written.toString(),
                Files.size(written),
                started,
                threads,
                job.readSeconds(),
                fitSeconds);
        writeReport(report.get(), run, data, estimator, recorder.updates, compared);
      }
      if (refusal.isPresent()) {
        throw new WorkException(refusal.get().reason());
      }
    }
  }

  private void save(GRU4Rec<?> estimator) throws WorkException, IOException {
    if (checkpoints.hasCheckpoint()) {
      try {
        write(estimator);
      } catch (IOException e) {
        throw new WorkException(
            e.getMessage() + "; the training is kept, " + checkpoints.howToGoOn());
      }
      checkpoints.delete();
    } else if (keepState) {
      try {
        write(estimator);
      } catch (IOException e) {
        throw new WorkException(e.getMessage() + "; " + ModelOutput.keep(estimator.model(), out));
      }
    } else {
      ModelOutput.save(estimator.model(), out);
    }
    if (!keepState) {
      deleteOldState();
    }
  }

  /** A state beside the new model that is the old one's would be refused at the next update. */
  private void deleteOldState() throws IOException {
    for (Path state : GRU4Rec.stateFiles(out)) {
      if (Files.exists(state)) { // not so where the name would be too long
        Files.delete(state);
        console
            .err()
            .println(state + " is deleted: it was of the model before; --keep-state keeps one");
      }
    }
  }

  private void write(GRU4Rec<?> estimator) throws IOException {
    if (keepState) {
      estimator.saveWithState(out);
    } else {
      estimator.model().save(out);
    }
  }

  private void writeReport(
      Path file,
      TrainingReport.Run run,
      TrainingInput.Data data,
      GRU4Rec<?> estimator,
      SortedMap<Integer, List<UpdateNorm>> updates,
      OldAndNew comparedOrNull)
      throws IOException {
    FittedModel model = estimator.model();
    TrainingReport.Quality quality = null;
    InteractionMatrix sessions = null;
    if (data.validation() != null) {
      console.err().println("report: the model and two baselines predict the validation sessions");
      sessions = data.validation().in().union(data.validation().out());
      quality = TrainingReport.Quality.measure(model, data.train(), sessions, run.threads());
    }
    DataStatistics statistics = DataStatistics.of(data.train());
    NetworkReport network =
        NetworkReport.measure(model, statistics, data.train(), sessions, updates, run.threads());
    TrainingReport report =
        new TrainingReport(
            run, statistics, model, estimator.parameters(), quality, network, comparedOrNull);
    AtomicFile.writeText(file, HtmlPage.of(report.report()));
    console.err().println("report: " + OneLine.of(file.toString()));
  }

  /** Trains; if that fails, what was learned by then need not be lost. */
  static void fit(GRU4Rec<?> estimator, Fitting fitting, Path out, CheckpointFlags checkpoints)
      throws WorkException, IOException {
    boolean resumes = checkpoints.resumes();
    try {
      checkpoints.apply(estimator);
      fitting.fit(estimator, resumes);
    } catch (TrainingStoppedException e) {
      throw new WorkException(e.getMessage() + "; " + checkpoints.howToGoOn());
    } catch (UncheckedIOException e) {
      throw new WorkException(e.getMessage() + "; " + saveBestSoFar(estimator, out));
    } catch (TrainingException e) {
      String kept = saveBestSoFar(estimator, out);
      if (!resumes) {
        checkpoints.delete(); // the same steps would end in the same way
      }
      throw new WorkException(
          e.getMessage() + "; " + kept + (resumes ? "; the checkpoint is left" : ""));
    } catch (IllegalArgumentException e) {
      throw new WorkException(e.getMessage() + "; " + saveBestSoFar(estimator, out));
    } catch (OutOfMemoryError e) {
      throw new WorkException(Main.reason(e) + "; " + saveBestSoFar(estimator, out));
    }
  }

  private static Path bestSoFar(Path out) {
    return OutputFile.beside(out, ".best-so-far");
  }

  private static String saveBestSoFar(GRU4Rec<?> estimator, Path out) {
    return saveBeside(estimator, out, "the best model so far");
  }

  /** Writes the model of a training that failed: beside a model that is already there. */
  private static String saveBeside(GRU4Rec<?> estimator, Path out, String what) {
    boolean exists = Files.exists(out);
    Path to = exists ? bestSoFar(out) : out;
    FittedModel best;
    try {
      best = estimator.model();
    } catch (IllegalStateException e) {
      return "no model is written";
    }
    try {
      ModelOutput.save(best, to);
    } catch (WorkException e) {
      return what + " cannot be written: " + e.getMessage();
    }
    return what + " is written to " + to + (exists ? ", " + out + " is as it was" : "");
  }
}
