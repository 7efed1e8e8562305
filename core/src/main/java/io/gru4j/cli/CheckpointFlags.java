package io.gru4j.cli;

import io.gru4j.algorithms.GRU4RecCrossEntropy;
import io.gru4j.file.OneLine;
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
                  + " in between; deleted when the model is written"),
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

  CheckpointFlags(CommandLine line) throws UsageException {
    folder = line.path("checkpoint").orElse(null);
    resume = line.isOn("resume");
    interval = minutes(line);
    command = "gru4j train " + (resume ? "" : "--resume ") + line.quoted();
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
    return folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_FILE);
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
    OutputFile.checkWritable(file());
    lock = CheckpointLock.of(folder);
    if (resume && !Files.exists(file())) {
      err.println(
          "there is no checkpoint in " + OneLine.of(folder.toString()) + ": training starts anew");
    }
    if (Files.exists(file()) && !resume) {
      throw new WorkException(
          "there is a checkpoint, " + file() + ": go on with --resume, or delete it to start anew");
    }
  }

  /** Whether there is a checkpoint to resume from. */
  boolean resumes() {
    return folder != null && resume && Files.exists(file());
  }

  /** Tells the estimator. */
  void apply(GRU4RecCrossEntropy estimator) {
    if (folder != null) {
      estimator.checkpoint(folder, interval);
    }
  }

  /** The message for a training that was stopped. */
  String howToGoOn() {
    return folder != null
        ? "to go on: " + command
        : "nothing is kept, for there is no --checkpoint DIR";
  }

  /** Whether there is a checkpoint. */
  boolean hasCheckpoint() {
    return folder != null && Files.exists(file());
  }

  /** Releases the folder. */
  @Override
  public void close() throws IOException {
    if (lock != null) {
      lock.close();
    }
  }

  /** Deletes the checkpoint: the training it was for has ended, or would fail again. */
  void delete() throws IOException {
    if (folder != null) {
      Files.deleteIfExists(file());
    }
  }
}
