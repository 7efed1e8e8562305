package io.gru4j.cli;

import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;
import static io.gru4j.parameters.GRU4RecParameters.SEED;

import io.gru4j.algorithms.Update;
import io.gru4j.model.FittedModel;
import io.gru4j.model.Lineage;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.UpdateDefaults;
import io.gru4j.training.LastClicks;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** {@code gru4j update}. */
final class UpdateCommand implements Command {
  @Override
  public String name() {
    return "update";
  }

  @Override
  public String summary() {
    return "go on from a model with new sessions and new items";
  }

  @Override
  public String usage() {
    return "MODEL FILE... --model OUT [--replay OLD=0.2] [--keep-state] [flags]";
  }

  @Override
  public String details() {
    return SessionInput.FORMAT
        + "\n"
        + "Known items keep what was learned of them, items that are new in FILE... are appended."
        + " OUT may be MODEL: it is replaced when the new model is complete. Parameters are those"
        + " of MODEL where no flag says otherwise, but for epochs and learning rate, which have"
        + " defaults of their own, and the network, which stays. The same MODEL, sessions, flags"
        + " and seed give the same bytes; gru4j verify finds out.\n"
        + Gate.DETAILS
        + " Where OUT is not there, MODEL is the old one.\n"
        + "stdout and stderr get what train prints.";
  }

  @Override
  public List<Option> options() {
    List<Option> options = new ArrayList<>(TrainingRun.OPTIONS);
    options.addAll(UpdateFlags.OPTIONS);
    options.add(StartModel.FRESH_STATE);
    return options;
  }

  @Override
  public List<Option> parameters() {
    return ParameterOptions.ofUpdate();
  }

  @Override
  public String argument() {
    return "MODEL FILE";
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
    List<String> words = line.requireArguments("MODEL");
    if (words.size() < 2) {
      throw new UsageException("FILE is missing: the new sessions follow MODEL");
    }
    TrainingInput input = new TrainingInput(line, console, words.subList(1, words.size()));
    UpdateFlags flags = new UpdateFlags(line);
    TrainingRun training = new TrainingRun(line, name(), console, checkpoints);
    StartModel start = StartModel.of(CommandLine.path("MODEL", words.getFirst()), line);
    GRU4RecParameters parameters = ParameterOptions.read(line, defaults(start));
    if (!input.hasValidation()) {
      ParameterOptions.refuseValidationFlags(
          line, "needs --validation FILE or --validation-fraction X");
    }
    CommandFiles files = flags.addTo(input.addTo(new CommandFiles()));
    start.addTo(files, training.out());
    training.prepare(files, parameters, input.hasValidation());

    long begin = System.nanoTime();
    TrainingInput.Data data = input.read(start.model().items());
    requireNew(start, data);
    Update update = Update.of(start.model()).state(start.keptStateOrNull());
    flags.apply(update, input, parameters.get(SEED) == null ? 0 : parameters.get(SEED));
    Update.Data joined = start.join(update, data);
    double seconds = (System.nanoTime() - begin) * 1e-9;
    say(console, start, joined, parameters);
    training.run(start.job(parameters, joined, seconds));
  }

  /** The parameters of the model, with an update's own defaults. */
  static GRU4RecParameters defaults(StartModel start) {
    List<Lineage.Training> chain = start.model().lineage().trainings();
    String first = chain.isEmpty() ? null : chain.getFirst().parameters().get("learning_rate");
    double rate = first == null ? start.parameters().get(LEARNING_RATE) : Double.parseDouble(first);
    return UpdateDefaults.of(start.parameters(), rate, start.keptStateOrNull() != null);
  }

  /** A feed that stands still must not be learned every night again. */
  private static void requireNew(StartModel start, TrainingInput.Data data) throws WorkException {
    FittedModel model = start.model();
    double[] last = model.lastClicks();
    double known = last == null ? Double.NaN : LastClicks.newest(last);
    double newest = LastClicks.newest(LastClicks.of(data.train()));
    if (newest <= known) {
      throw new WorkException(
          "no click is newer than the newest that %s has learned (%s, the newest here is %s): to"
                  .formatted(start.file(), words(known), words(newest))
              + " learn the same sessions again use gru4j train --from "
              + start.file());
    }
  }

  private static String words(double time) {
    return LastClicks.isSeconds(time)
        ? Instant.ofEpochMilli((long) (time * 1e3)).toString()
        : BigDecimal.valueOf(time).stripTrailingZeros().toPlainString();
  }

  private static void say(
      Console console, StartModel start, Update.Data data, GRU4RecParameters parameters) {
    int known = data.items().size() - data.added();
    console
        .err()
        .println(
            start.file()
                + ": "
                + Numbers.count(known, "known item")
                + ", "
                + Numbers.count(data.added(), "new one")
                + ", "
                + Numbers.count(data.forgotten().size())
                + " forgotten");
    console
        .err()
        .println(
            start.keptStateOrNull() != null
                ? "the optimizer goes on from its kept state, learning rate "
                    + parameters.get(LEARNING_RATE)
                : "no state of the optimizer is kept beside "
                    + start.file()
                    + ": it begins afresh, learning rate "
                    + parameters.get(LEARNING_RATE));
  }
}
