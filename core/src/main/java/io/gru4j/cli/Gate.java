package io.gru4j.cli;

import io.gru4j.model.FittedModel;
import io.gru4j.model.JudgedSessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * {@code --judge}: lets a new model take an old one's place only if it predicts the same sessions
 * about as well. A new model that may not is kept beside the old file.
 */
final class Gate {
  private static final double DEFAULT_ALLOWED = 0.02;

  static final List<Option> OPTIONS =
      List.of(
          new Option(
              "judge",
              "FILE",
              "sessions that the old and the new model predict, before the new one may take its"
                  + " place",
              true),
          new Option(
              "not-worse-than",
              "X",
              "with --judge: keep the old file, with exit status 1, if Recall@20 or MRR@20 is lower"
                  + " by more than the share X of its old value (default "
                  + DEFAULT_ALLOWED
                  + ")"));

  static final String DETAILS =
      "--judge: every click but each session's first is predicted by both models, the old one being"
          + " that of the file to be replaced. A click on an item that a model does not know is a"
          + " miss for it, not left out as by gru4j evaluate: so new items count for the model that"
          + " knows them. If the new model may not replace the old one, it is written beside it,"
          + " with .refused at the end of its name.";

  private final List<Path> files;
  private final double allowed;
  private JudgedSessions sessions;

  private Gate(List<Path> files, double allowed) {
    this.files = files;
    this.allowed = allowed;
  }

  /** Reads the flags; empty if there is to be no gate. */
  static Optional<Gate> of(CommandLine line) throws UsageException {
    List<Path> files = SessionInput.paths("--judge", line.all("judge"));
    Optional<String> given = line.get("not-worse-than");
    if (files.isEmpty() && given.isPresent()) {
      throw new UsageException("--not-worse-than needs --judge FILE");
    }
    if (files.contains(SessionInput.STANDARD_INPUT)) {
      throw new UsageException("--judge cannot be standard input, -");
    }
    return files.isEmpty()
        ? Optional.empty()
        : Optional.of(new Gate(files, given.isPresent() ? share(given.get()) : DEFAULT_ALLOWED));
  }

  private static double share(String text) throws UsageException {
    try {
      double share = Double.parseDouble(text);
      if (share >= 0 && share < 1) {
        return share;
      }
    } catch (NumberFormatException e) {
      // Falls through to the same message: what is wanted is the same.
    }
    throw new UsageException("--not-worse-than must be a number in [0, 1), got " + text);
  }

  /** Adds the files that are read and written. */
  void addTo(CommandFiles all, Path out) throws IOException {
    all.reads("--judge", files).writes("--model", refused(out));
  }

  /** Where a model goes that may not replace the old one. */
  private static Path refused(Path out) {
    return OutputFile.beside(out, ".refused");
  }

  /**
   * Reads the sessions, before hours of training.
   *
   * @throws WorkException if they judge nothing
   */
  void read(SessionInput input) throws WorkException, IOException {
    var data = input.read(files, null);
    sessions = new JudgedSessions(data.interactions(), data.items());
    if (sessions.targets() == 0) {
      throw new WorkException(
          SessionInput.names(files) + ": no session has two clicks, so there is none to judge by");
    }
  }

  /**
   * Reads the model that a new one would replace.
   *
   * @return empty if there is no such file
   * @throws IOException if it is no model, and so nothing can be compared with it
   */
  static Optional<FittedModel> old(Path out) throws WorkException, IOException {
    return Files.exists(out) ? Optional.of(ModelInput.load(out)) : Optional.empty();
  }

  /**
   * Has both models judged.
   *
   * @param oldOrNull the old one
   * @return their figures
   */
  OldAndNew judge(FittedModel oldOrNull, FittedModel now, int threads) {
    return OldAndNew.measure(oldOrNull, now, sessions, threads);
  }

  /**
   * Writes a new model beside the old one if it may not replace it.
   *
   * @return where it is, and why; empty if it may
   * @throws WorkException if it cannot be written there
   */
  Optional<Refusal> refuse(OldAndNew figures, FittedModel now, Path out) throws WorkException {
    Optional<String> fall = figures.fall(allowed);
    if (fall.isEmpty()) {
      return Optional.empty();
    }
    Path beside = refused(out);
    ModelOutput.save(now, beside);
    String reason =
        "%s, and --not-worse-than allows %s: %s, the new model is in %s"
            .formatted(
                fall.get(),
                allowed,
                out + (Files.exists(out) ? " is as it was" : " is not written"),
                beside);
    return Optional.of(new Refusal(beside, reason));
  }

  /**
   * What became of a model that may not replace the old one.
   *
   * @param file where it is
   * @param reason why, for people
   */
  record Refusal(Path file, String reason) {}
}
