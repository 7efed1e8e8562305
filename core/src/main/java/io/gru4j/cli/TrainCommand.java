package io.gru4j.cli;

import io.gru4j.algorithms.Update;
import io.gru4j.parameters.GRU4RecParameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

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
    List<Option> options = new ArrayList<>(TrainingRun.OPTIONS);
    options.add(StartModel.FROM);
    options.add(StartModel.FRESH_STATE);
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
    try (CheckpointFlags checkpoints = new CheckpointFlags(line, name())) {
      run(line, console, checkpoints);
    }
  }

  private void run(CommandLine line, Console console, CheckpointFlags checkpoints)
      throws UsageException, WorkException, IOException {
    TrainingInput input = new TrainingInput(line, console, line.requireArguments("FILE"));
    TrainingRun training = new TrainingRun(line, name(), console, checkpoints);
    StartModel start = StartModel.from(line);
    GRU4RecParameters base = start == null ? GRU4RecParameters.defaults() : start.parameters();
    GRU4RecParameters parameters = ParameterOptions.read(line, base);
    if (!input.hasValidation()) {
      ParameterOptions.refuseValidationFlags(
          line, "needs --validation FILE or --validation-fraction X");
    }
    CommandFiles files = input.addTo(new CommandFiles());
    if (start != null) {
      start.addTo(files, training.out());
    }
    training.prepare(files, parameters, input.hasValidation());
    long begin = System.nanoTime();
    TrainingInput.Data data = input.read();
    double seconds = (System.nanoTime() - begin) * 1e-9;
    if (start == null) {
      training.run(
          new TrainingRun.Job(
              parameters,
              data,
              null,
              seconds,
              (estimator, resumes) -> {
                if (resumes) {
                  estimator.resume(data.train(), data.items(), data.validation());
                } else {
                  estimator.fit(data.train(), data.items(), data.validation());
                }
              }));
      return;
    }
    Update update = Update.of(start.model()).sameItems().state(start.keptStateOrNull());
    Update.Data joined = start.join(update, data);
    if (start.isReplacedBy(training.out())
        && checkpoints.hasMade(start.model())
        && start.hasLearned(joined, parameters)) {
      checkpoints.deleteOfEnded(start.file(), console.err());
      return;
    }
    training.run(start.job(parameters, joined, seconds));
  }
}
