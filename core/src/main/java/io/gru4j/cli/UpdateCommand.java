package io.gru4j.cli;

import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;
import static io.gru4j.parameters.GRU4RecParameters.SEED;

import io.gru4j.algorithms.Update;
import io.gru4j.model.Lineage;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.UpdateDefaults;
import io.gru4j.training.LastClicks;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
  public Optional<String> whyNot(String flag) {
    return ParameterOptions.whyNotOfUpdate(flag);
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
    boolean timed = !line.get("time-key").equals(Optional.of("none"));
    if (start.isReplacedBy(training.out()) && checkpoints.hasMade(start.model())) {
      if (!timed) {
        throw new WorkException(
            start.file()
                + ": is what the training of the checkpoint has made already; if these sessions are"
                + " others: "
                + checkpoints.toStartAnew());
      }
      checkpoints.deleteOfEnded(start.file(), console.err());
      if (newest(data) <= newestKnown(start)) {
        return; // the same night again
      }
    }
    if (timed) {
      requireNew(start, data, console);
    }
    Update update = Update.of(start.model()).state(start.keptStateOrNull());
    flags.apply(update, input, parameters.get(SEED) == null ? 0 : parameters.get(SEED));
    Update.Data joined = start.join(update, data);
    requireKept(line, start, joined);
    double seconds = (System.nanoTime() - begin) * 1e-9;
    say(console, start, joined, parameters);
    training.run(start.job(parameters, joined, seconds));
  }

  /** The parameters of the model, with an update's own defaults. */
  static GRU4RecParameters defaults(StartModel start) {
    List<Lineage.Training> chain = start.model().lineage().trainings();
    String first = chain.isEmpty() ? null : chain.getFirst().parameters().get("learning_rate");
    double rate = first == null ? start.parameters().get(LEARNING_RATE) : Double.parseDouble(first);
    if (first != null && chain.getFirst().start() != null) { // what it started from has no chain
      boolean fresh = "fresh".equals(chain.getFirst().settings().get("state"));
      rate = UpdateDefaults.firstRate(rate, !fresh);
    }
    return UpdateDefaults.of(start.parameters(), rate, start.keptStateOrNull() != null);
  }

  /**
   * A feed that stands still must not be learned every night again, and one click in the future
   * would make all later nights old.
   */
  private static void requireNew(StartModel start, TrainingInput.Data data, Console console)
      throws WorkException {
    double known = newestKnown(start);
    double newest = newest(data);
    Instant tomorrow = Instant.now().plus(Duration.ofDays(1));
    if (LastClicks.isSeconds(newest) && newest > tomorrow.getEpochSecond()) {
      throw new WorkException(
          "the newest click is of "
              + words(newest)
              + ", which is not yet: every later update would be taken for old; correct the time or"
              + " leave the click out");
    }
    if (newest <= known) {
      throw new WorkException(
          "no click is newer than the newest that %s has learned (%s, the newest here is %s): to"
                  .formatted(start.file(), words(known), words(newest))
              + " learn the same sessions again use gru4j train --from "
              + start.file());
    }
    long old = LastClicks.notAfter(data.train(), known);
    if (old > 0) {
      console
          .err()
          .println(
              ("warning: %s of %s are not newer than the newest that %s has learned: what it"
                      + " has learned already is learned and counted again")
                  .formatted(
                      Numbers.count(old, "click"),
                      Numbers.count(data.train().numInteractions()),
                      start.file()));
    }
  }

  private static double newest(TrainingInput.Data data) {
    return LastClicks.newest(LastClicks.of(data.train()));
  }

  private static double newestKnown(StartModel start) {
    double[] last = start.model().lastClicks();
    return last == null ? Double.NaN : LastClicks.newest(last);
  }

  /** A wrong clock, or an age in the wrong unit, must not empty the shop. */
  private static void requireKept(CommandLine line, StartModel start, Update.Data data)
      throws UsageException, WorkException {
    int forgotten = data.forgotten().size();
    if (2L * forgotten > start.model().numItems() && !line.isOn(UpdateFlags.FORGET_MOST)) {
      throw new WorkException(
          "%s of %s items of %s would be forgotten, more than half: --%s if that is meant"
              .formatted(
                  Numbers.count(forgotten),
                  Numbers.count(start.model().numItems()),
                  start.file(),
                  UpdateFlags.FORGET_MOST));
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
                : (start.ignoresState()
                        ? "the optimizer's state beside "
                            + start.file()
                            + " is not used: it begins afresh, learning rate "
                        : "no state of the optimizer is kept beside "
                            + start.file()
                            + ": it begins afresh, learning rate ")
                    + parameters.get(LEARNING_RATE));
  }
}
