package io.gru4j.cli;

import static io.gru4j.parameters.GRU4RecParameters.KEEP_LAST;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.SAVE_BEST_TO_FILE;
import static io.gru4j.parameters.GRU4RecParameters.STOPPING_CRITERION;
import static io.gru4j.parameters.GRU4RecParameters.STOP_EARLY;

import io.gru4j.algorithms.GRU4Rec;
import io.gru4j.cli.report.HtmlPage;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.file.AtomicFile;
import io.gru4j.file.OneLine;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.progress.BatchProgress;
import io.gru4j.progress.TrainingException;
import io.gru4j.progress.TrainingListener;
import io.gru4j.progress.TrainingStoppedException;
import io.gru4j.training.MemoryEstimate;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code gru4j train}. */
final class TrainCommand implements Command {
  @Override
  public String name() {
    return "train";
  }

  @Override
  public String summary() {
    return "train a model on session files";
  }

  @Override
  public String usage() {
    return "FILE... --model OUT [--validation FILE | --validation-fraction 0.1] [flags]";
  }

  @Override
  public String details() {
    return SessionInput.FORMAT
        + "\n"
        + "With validation, each epoch is judged by the stopping criterion: the last click of each"
        + " validation session, predicted from those before it; the best epoch's model is kept"
        + " (--keep-last: the last one's). Without, all epochs are trained and the last model is"
        + " kept.\n"
        + Gate.DETAILS
        + "\n"
        + "stdout gets a summary, stderr the progress. --json prints one line: {\"model\": file,"
        + " \"bytes\": n, \"items\": n, \"seed\": n, \"epochs\": trained, \"stopped\": early or"
        + " not, \"kept\": epoch, \"loss\": x, \"criterion\": \"recall@50\", \"value\": x,"
        + " \"seconds\": s of training, \"history\": [the lines of --log-json]}.";
  }

  @Override
  public List<Option> options() {
    List<Option> options = new ArrayList<>();
    options.add(new Option("model", "OUT", "the model file to write, replaced if it is there"));
    options.addAll(TrainingInput.OPTIONS);
    options.add(
        new Option(
            "log-json", "FILE", "write a line of JSON for each epoch, replaced if it is there"));
    options.add(
        new Option(
            "report",
            "FILE",
            "write an HTML page on data, training and quality, replaced if it is there"));
    options.add(
        new Option(
            "strict",
            null,
            "fail if the loss against the whole catalogue stays above what guessing gives, ln(items"
                + " + 1)"));
    options.add(new Option("json", null, "print the summary as one line of JSON"));
    options.addAll(Gate.OPTIONS);
    options.addAll(CheckpointFlags.OPTIONS);
    options.add(SessionInput.THREADS);
    options.addAll(SessionInput.KEYS);
    options.add(SessionInput.SKIP_BAD_LINES);
    return options;
  }

  @Override
  public List<Option> parameters() {
    return ParameterOptions.of(GRU4RecParameters.defaults());
  }

  @Override
  public String argument() {
    return "FILE";
  }

  @Override
  public void run(CommandLine line, Console console)
      throws UsageException, WorkException, IOException {
    try (CheckpointFlags checkpoints = new CheckpointFlags(line)) {
      run(line, console, checkpoints);
    }
  }

  private static void run(CommandLine line, Console console, CheckpointFlags checkpoints)
      throws UsageException, WorkException, IOException {
    TrainingInput input = new TrainingInput(line, console);
    Path out = line.requirePath("model");
    Optional<Path> log = line.path("log-json");
    Optional<Path> report = line.path("report");
    Optional<Gate> gate = Gate.of(line);
    GRU4RecParameters parameters = ParameterOptions.read(line, GRU4RecParameters.defaults());
    boolean strict = line.isOn("strict");
    boolean json = line.isOn("json");
    int threads = SessionInput.threads(line);
    if (!input.hasValidation()) {
      ParameterOptions.refuseValidationFlags(
          line, "needs --validation FILE or --validation-fraction X");
    }
    CommandFiles files = input.addTo(new CommandFiles());
    files.writes("--model", out);
    files.writes("--model", bestSoFar(out));
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
    if (report.isPresent()) {
      OutputFile.checkWritable(report.get());
    }
    checkpoints.prepare(console.err());

    Instant started = Instant.now();
    long begin = System.nanoTime();
    TrainingInput.Data data = input.read();
    if (gate.isPresent()) {
      Gate.old(out); // that it is a model is seen before the training
      gate.get().read(new SessionInput(line, console));
    }
    double readSeconds = (System.nanoTime() - begin) * 1e-9;
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
        MemoryEstimate.of(parameters, data.train(), data.items(), data.validation(), threads);
    console.err().println("training needs about " + memory + " of heap");
    try (GRU4Rec<?> estimator = GRU4Rec.of(parameters);
        StopSignal signal = new StopSignal(estimator::stop, console.err());
        EpochLog epochLog = log.isPresent() ? new EpochLog(log.get()) : null) {
      Recorder recorder = new Recorder(console, parameters, epochLog);
      begin = System.nanoTime();
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
        fit(estimator.threads(threads).listener(recorder), data, out, checkpoints);
        fitSeconds = (System.nanoTime() - begin) * 1e-9;
        summary = new TrainingSummary(out, estimator, recorder.last, recorder.best, fitSeconds);
        Optional<String> fault = summary.fault();
        if (fault.isPresent() && strict) {
          checkpoints.delete(); // the same steps would end in the same way
          throw new WorkException(fault.get() + "; " + saveBestSoFar(estimator, out));
        }
        fault.ifPresent(recorder::onWarning);
        if (gate.isPresent()) {
          compared = gate.get().judge(Gate.old(out).orElse(null), estimator.model(), threads);
          (json ? console.err() : console.out()).print(compared.text());
          refusal = gate.get().refuse(compared, estimator.model(), out);
        }
        if (refusal.isPresent()) {
          checkpoints.delete(); // the same steps would end in the same way
        } else {
          save(estimator.model(), out, checkpoints);
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
                "gru4j train " + line.quoted(),
                written.toString(),
                Files.size(written),
                started,
                threads,
                readSeconds,
                fitSeconds);
        writeReport(report.get(), run, data, estimator, compared, console);
      }
      if (refusal.isPresent()) {
        throw new WorkException(refusal.get().reason());
      }
    }
  }

  private static void save(FittedModel model, Path out, CheckpointFlags checkpoints)
      throws WorkException, IOException {
    if (checkpoints.hasCheckpoint()) {
      try {
        model.save(out);
      } catch (IOException e) {
        throw new WorkException(
            e.getMessage() + "; the training is kept, " + checkpoints.howToGoOn());
      }
      checkpoints.delete();
    } else {
      ModelOutput.save(model, out);
    }
  }

  private static void writeReport(
      Path file,
      TrainingReport.Run run,
      TrainingInput.Data data,
      GRU4Rec<?> estimator,
      OldAndNew comparedOrNull,
      Console console)
      throws IOException {
    FittedModel model = estimator.model();
    TrainingReport.Quality quality = null;
    if (data.validation() != null) {
      console.err().println("report: the model and two baselines predict the validation sessions");
      InteractionMatrix sessions = data.validation().in().union(data.validation().out());
      quality = TrainingReport.Quality.measure(model, data.train(), sessions, run.threads());
    }
    DataStatistics statistics = DataStatistics.of(data.train());
    TrainingReport report =
        new TrainingReport(run, statistics, model, estimator.parameters(), quality, comparedOrNull);
    AtomicFile.writeText(file, HtmlPage.of(report.report()));
    console.err().println("report: " + OneLine.of(file.toString()));
  }

  /** Trains; if that fails, what was learned by then need not be lost. */
  static void fit(
      GRU4Rec<?> estimator, TrainingInput.Data data, Path out, CheckpointFlags checkpoints)
      throws WorkException, IOException {
    boolean resumes = checkpoints.resumes();
    try {
      checkpoints.apply(estimator);
      if (resumes) {
        estimator.resume(data.train(), data.items(), data.validation());
      } else {
        estimator.fit(data.train(), data.items(), data.validation());
      }
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

  /** Writes the best model of a training that failed: beside a model that is already there. */
  private static String saveBestSoFar(GRU4Rec<?> estimator, Path out) {
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
      return "the best model so far cannot be written: " + e.getMessage();
    }
    return "the best model so far is written to "
        + to
        + (exists ? ", " + out + " is as it was" : "");
  }

  /** Shows and logs what the training reports, and keeps what the summary needs. */
  private static final class Recorder implements TrainingListener {
    private final Progress progress;
    private final EpochLog log;
    private final PrintStream err;
    private final List<String> warnings = new ArrayList<>();
    private EpochSummary last;
    private EpochSummary best;

    Recorder(Console console, GRU4RecParameters parameters, EpochLog logOrNull) {
      String criterion = parameters.get(STOPPING_CRITERION).label();
      this.progress = new Progress(console, criterion, parameters.get(MAX_EPOCHS));
      this.log = logOrNull;
      this.err = console.err();
    }

    @Override
    public void onResume(List<EpochSummary> history) {
      err.println("goes on from the checkpoint, in epoch " + (history.size() + 1));
      history.forEach(this::record);
    }

    @Override
    public void onStep(BatchProgress step) {
      progress.onStep(step);
    }

    @Override
    public void onBatch(BatchProgress step) {
      progress.onBatch(step);
    }

    @Override
    public void onEpoch(EpochSummary epoch) {
      progress.onEpoch(epoch);
      record(epoch);
    }

    @Override
    public void onWarning(String warning) {
      progress.onWarning(warning);
      warnings.add(warning);
    }

    /** At the end, where they are seen. */
    void repeatWarnings() {
      if (!warnings.isEmpty()) {
        err.println(
            "in this training there was " + Numbers.count(warnings.size(), "warning") + ":");
        warnings.forEach(warning -> err.println("  " + warning));
      }
    }

    private void record(EpochSummary epoch) {
      if (log != null) {
        log.onEpoch(epoch);
      }
      last = epoch;
      if (epoch.criterion().isPresent() && epoch.better()) {
        best = epoch;
      }
    }
  }
}
