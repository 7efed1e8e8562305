package io.gru4j.cli;

import io.gru4j.algorithms.GRU4Rec;
import io.gru4j.file.OneLine;
import io.gru4j.model.FittedModel;
import io.gru4j.training.Checkpoints;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The flags of a training that can be interrupted and resumed. */
final class CheckpointFlags implements AutoCloseable {
  static final List<Option> OPTIONS =
      List.of(
          new Option(
              "checkpoint",
              "DIR",
              "write a checkpoint there after every epoch, when stopped by SIGINT or SIGTERM, and"
                  + " in between, and keep the one before; deleted when the model is written"),
          new Option(
              "checkpoint-minutes",
              "X",
              "minutes between checkpoints within an epoch (above 0; default 10)"),
          new Option(
              "resume", null, "go on from the checkpoint in DIR; start anew where there is none"));

  private final Path folder; // null: no checkpoints
  private final Duration interval;
  private final boolean resume;
  private final String command; // that goes on
  private CheckpointLock lock; // null: none is held

  /** Takes the flags; {@code of} is the command that they are of, such as {@code train}. */
  CheckpointFlags(CommandLine line, String of) throws UsageException {
    folder = line.path("checkpoint").orElse(null);
    resume = line.isOn("resume");
    interval = minutes(line);
    command = "gru4j " + of + " " + (resume ? "" : "--resume ") + line.quoted();
    for (String flag : List.of("resume", "checkpoint-minutes")) {
      if (folder == null && line.get(flag).isPresent()) {
        throw new UsageException("--" + flag + " needs --checkpoint DIR");
      }
    }
  }

  private static Duration minutes(CommandLine line) throws UsageException {
    String text = line.get("checkpoint-minutes").orElse("10");
    try {
      double minutes = Double.parseDouble(text);
      if (minutes > 0 && minutes < 1e6) {
        return Duration.ofNanos(Math.max(1, (long) (minutes * 60e9)));
      }
    } catch (NumberFormatException e) {
      // Falls through to the same message: what is wanted is the same.
    }
    throw new UsageException(
        "--checkpoint-minutes must be a number above 0 and below 1000000, got " + text);
  }

  private Path file() {
    return folder.resolve(GRU4Rec.CHECKPOINT_FILE);
  }

  private Path before() {
    return folder.resolve(GRU4Rec.CHECKPOINT_BEFORE_FILE);
  }

  /** Adds the files that these flags let a training write. */
  void addTo(CommandFiles files) throws IOException {
    boolean impossible = folder != null && Files.exists(folder) && !Files.isDirectory(folder);
    if (folder != null && !impossible) { // else prepare says so
      files.writes("--checkpoint", file());
      files.writes("--checkpoint", before());
      files.writes("--checkpoint", CheckpointLock.file(folder));
      if (!Files.exists(folder)) {
        files.writes("--checkpoint", folder); // a folder then
      }
    }
  }

  /**
   * Makes the folder if it is missing, locks it for this training, and checks whether a checkpoint
   * can be written.
   *
   * @param err receives a line if there is no checkpoint to resume from
   */
  void prepare(PrintStream err) throws WorkException, IOException {
    if (folder == null) {
      return;
    }
    if (!Files.exists(folder)) {
      OutputFile.checkWritable(folder);
      Files.createDirectory(folder);
    }
    if (!Files.isDirectory(folder)) {
      throw new FileSystemException(folder.toString(), null, "is a file, expected a folder");
    }
    for (Path file : List.of(file(), before())) {
      requireRegular(file);
      OutputFile.checkWritable(file);
    }
    lock = CheckpointLock.of(folder);
    if (resume && !hasCheckpoint()) {
      err.println(
          "there is no checkpoint in " + OneLine.of(folder.toString()) + ": training starts anew");
    }
    if (hasCheckpoint() && !resume) {
      Path there = Files.exists(file()) ? file() : before();
      throw new WorkException(
          "there is a checkpoint, "
              + there
              + ": go on with --resume; "
              + Checkpoints.toStartAnew(folder));
    }
  }

  /** In its place none can be written; whoever moves it away may go on from the other. */
  private void requireRegular(Path file) throws WorkException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      Path other = file.equals(file()) ? before() : file();
      boolean goesOn = Files.isRegularFile(other);
      throw new WorkException(
          file
              + ": is not a regular file: move it away"
              + (goesOn ? ", and --resume goes on from " + other : ""));
    }
  }

  /** Whether there is a checkpoint to resume from. */
  boolean resumes() {
    return resume && hasCheckpoint();
  }

  /** Whether the training of the checkpoint that is to be resumed has ended and made this model. */
  boolean hasMade(FittedModel model) {
    return resumes() && Checkpoints.hasMade(folder, model);
  }

  /** What to do to start anew, for messages. */
  String toStartAnew() {
    return Checkpoints.toStartAnew(folder);
  }

  /** Deletes the checkpoint of a training that has ended. */
  void deleteOfEnded(Path model, PrintStream err) throws IOException {
    err.println(
        "the training of the checkpoint in "
            + OneLine.of(folder.toString())
            + " had ended, "
            + OneLine.of(model.toString())
            + " is what it made: the checkpoint is deleted");
    delete();
  }

  /** Tells the estimator. */
  void apply(GRU4Rec<?> estimator) {
    if (folder != null) {
      estimator.checkpoint(folder, interval);
    }
  }

  /** The message for a training that was stopped. */
  String howToGoOn() {
    if (folder == null) {
      return "nothing is kept, for there is no --checkpoint DIR";
    }
    return hasCheckpoint() ? "to go on: " + command : "nothing is kept";
  }

  /** Whether there is a checkpoint, the newest or the one before. */
  boolean hasCheckpoint() {
    return folder != null && (Files.exists(file()) || Files.exists(before()));
  }

  /** Releases the folder. */
  @Override
  public void close() throws IOException {
    if (lock != null) {
      lock.close();
    }
  }

  /** Deletes the checkpoints: what they were for is done, or would fail in the same way. */
  void delete() throws IOException {
    if (folder != null) {
      Files.deleteIfExists(before());
      Files.deleteIfExists(file());
    }
  }
}
