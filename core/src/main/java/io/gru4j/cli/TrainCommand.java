package io.gru4j.cli;

import io.gru4j.algorithms.BatchProgress;
import io.gru4j.algorithms.GRU4RecCrossEntropy;
import io.gru4j.algorithms.Gru4RecParameters;
import io.gru4j.algorithms.TrainingException;
import io.gru4j.algorithms.TrainingListener;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        + "stdout gets a summary, stderr the progress.";
  }

  @Override
  public List<Option> options() {
    List<Option> options = new ArrayList<>();
    options.add(new Option("model", "OUT", "the model file to write, replaced if it is there"));
    options.addAll(TrainingInput.OPTIONS);
    options.add(
        new Option(
            "log-json", "FILE", "write a line of JSON for each epoch, replaced if it is there"));
    options.add(SessionInput.THREADS);
    options.addAll(SessionInput.KEYS);
    options.add(SessionInput.SKIP_BAD_LINES);
    return options;
  }

  @Override
  public List<Option> parameters() {
    return ParameterOptions.of(Gru4RecParameters.defaults());
  }

  @Override
  public String argument() {
    return "FILE";
  }

  @Override
  public void run(CommandLine line, Console console)
      throws UsageException, WorkException, IOException {
    TrainingInput input = new TrainingInput(line, console);
    Path out = line.requirePath("model");
    Optional<Path> log = line.path("log-json");
    Gru4RecParameters parameters = ParameterOptions.read(line, Gru4RecParameters.defaults());
    int threads = SessionInput.threads(line);
    if (!input.hasValidation()) {
      ParameterOptions.refuseValidationFlags(
          line, "needs --validation FILE or --validation-fraction X");
    }
    OutputFile.refuseSame("--model", out, input.files());
    if (log.isPresent()) {
      OutputFile.refuseSame("--log-json", log.get(), input.files());
      OutputFile.refuseSame("--log-json", log.get(), List.of(out));
      OutputFile.checkStream(log.get());
    }
    OutputFile.checkWritable(out);

    TrainingInput.Data data = input.read();
    if (data.validation() != null && (parameters.stopEarly() || !parameters.keepLast())) {
      ParameterOptions.blindCriterion(
              parameters.stoppingCriterion(),
              data.items().size(),
              "epochs",
              "--stopping-criterion bpr" + (parameters.stopEarly() ? "" : " or --keep-last"))
          .ifPresent(console.err()::println);
    }
    try (EpochLog epochLog = log.isPresent() ? new EpochLog(log.get()) : null;
        GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy(parameters)) {
      Recorder recorder = new Recorder(console, parameters, epochLog);
      fit(estimator.threads(threads).listener(recorder), data, out);
      estimator.model().save(out);
      console.out().print(summary(out, estimator, recorder));
    }
  }

  /** Trains; if that fails, what was learned by then need not be lost. */
  static void fit(GRU4RecCrossEntropy estimator, TrainingInput.Data data, Path out)
      throws WorkException, IOException {
    try {
      estimator.fit(data.train(), data.items(), data.validation());
    } catch (TrainingException | IllegalArgumentException e) {
      throw new WorkException(e.getMessage() + "; " + saveBestSoFar(estimator, out));
    } catch (OutOfMemoryError e) {
      throw new WorkException(Main.reason(e) + "; " + saveBestSoFar(estimator, out));
    }
  }

  private static String saveBestSoFar(GRU4RecCrossEntropy estimator, Path out) throws IOException {
    FittedModel best;
    try {
      best = estimator.model();
    } catch (IllegalStateException e) {
      return "no model is written";
    }
    best.save(out);
    return "the best model so far is written to " + out;
  }

  private static String summary(Path out, GRU4RecCrossEntropy estimator, Recorder recorder)
      throws IOException {
    FittedModel model = estimator.model();
    Gru4RecParameters parameters = estimator.parameters();
    TextTable table = new TextTable();
    EpochSummary last = recorder.last;
    boolean judged = last.criterion().isPresent();
    boolean keepsBest = judged && !parameters.keepLast();
    EpochSummary kept = keepsBest ? recorder.best : last;
    String criterion = parameters.stoppingCriterion().criterionName();
    table.row("model", out + " (" + Numbers.bytes(Files.size(out)) + ")");
    if (parameters.saveBestToFile()) {
      table.row("copy", estimator.filename());
    }
    table.row("items", Numbers.count(model.numItems()));
    table.row("seed", model.seed().toString());
    table.row("epochs", last.epoch() + (last.stopped() ? ", stopped early" : ""));
    table.row(
        "kept",
        "epoch " + kept.epoch() + (keepsBest ? ", the best by " + criterion : ", the last"));
    table.row("loss", Numbers.score(kept.loss()));
    if (judged) {
      table.row(criterion, Numbers.score(kept.criterion().getAsDouble()));
    }
    return table.leftAligned();
  }

  /** Shows and logs what the training reports, and keeps what the summary needs. */
  private static final class Recorder implements TrainingListener {
    private final Progress progress;
    private final EpochLog log;
    private EpochSummary last;
    private EpochSummary best;

    Recorder(Console console, Gru4RecParameters parameters, EpochLog logOrNull) {
      String criterion = parameters.stoppingCriterion().criterionName();
      this.progress = new Progress(console, criterion, parameters.maxEpochs());
      this.log = logOrNull;
    }

    @Override
    public void onBatch(BatchProgress step) {
      progress.onBatch(step);
    }

    @Override
    public void onEpoch(EpochSummary epoch) {
      progress.onEpoch(epoch);
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
