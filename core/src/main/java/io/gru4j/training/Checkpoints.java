package io.gru4j.training;

import io.gru4j.file.OneLine;
import io.gru4j.model.FittedModel;
import io.gru4j.model.Lineage;
import io.gru4j.progress.TrainingListener;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** When a training writes its checkpoint, and where to; the one before it is kept beside it. */
public final class Checkpoints {
  /** The name of the newest checkpoint's file. */
  public static final String FILE = "checkpoint.safetensors";

  /** The name of the file of the checkpoint before that one. */
  public static final String BEFORE_FILE = "checkpoint-before.safetensors";

  private final Path folder;
  private final Path file;
  private final Path before;
  private final long interval; // nanoseconds
  private long tried = System.nanoTime();
  private boolean keepBefore; // for the newest is damaged
  private boolean failing;

  /**
   * Sets folder and interval.
   *
   * @param folder an existing folder
   * @param interval between checkpoints within an epoch, above 0
   */
  public Checkpoints(Path folder, Duration interval) {
    this.folder = folder;
    this.file = folder.resolve(FILE);
    this.before = folder.resolve(BEFORE_FILE);
    if (interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException("interval must be > 0, got " + interval);
    }
    this.interval = interval.toSeconds() > Integer.MAX_VALUE ? Long.MAX_VALUE : interval.toNanos();
  }

  /**
   * Says what a user can do who wants none of a folder's checkpoints.
   *
   * @param folder where they are
   * @return such as {@code to start anew, delete ck/checkpoint.safetensors}: all that are there
   */
  public static String toStartAnew(Path folder) {
    return Stream.of(FILE, BEFORE_FILE)
        .map(folder::resolve)
        .filter(Files::exists)
        .map(file -> OneLine.of(file.toString()))
        .collect(Collectors.joining(" and ", "to start anew, delete ", ""));
  }

  /**
   * Returns whether a model is what the training made that has left its checkpoint in a folder:
   * where a machine dies between the two, the model is there and the checkpoint not deleted.
   *
   * @param folder where the checkpoint is
   * @param model any model
   * @return true if so; false too if no checkpoint can be read, or it was not of an update
   */
  public static boolean hasMade(Path folder, FittedModel model) {
    Optional<Lineage.Training> last = model.lineage().last();
    if (last.isEmpty() || last.get().start() == null) {
      return false;
    }
    for (String name : List.of(FILE, BEFORE_FILE)) {
      try (CheckpointFile file = CheckpointFile.open(folder.resolve(name))) {
        return file.isOf(last.get());
      } catch (IOException e) {
        continue; // to resume from it says what is wrong
      }
    }
    return false;
  }

  /** As the other, of this folder. */
  String toStartAnew() {
    return toStartAnew(folder);
  }

  /** Returns the file, which may not be there yet. */
  Path file() {
    return file;
  }

  /** Returns the file of the checkpoint before, which may not be there. */
  Path before() {
    return before;
  }

  /**
   * Says that the newest is not sound: the next one takes its place, not that of the one before.
   */
  void newestIsDamaged() {
    keepBefore = true;
  }

  /** Returns whether the interval has passed since the last checkpoint, written or not. */
  boolean due() {
    return System.nanoTime() - tried >= interval;
  }

  /**
   * Writes the checkpoint. An interrupt before or during the writing does no harm: the flag is set
   * again when the file is written.
   *
   * @param listener warned if it cannot be written, once until it can be again; those before are
   *     then as they were
   * @return null, or why it cannot be written
   */
  String write(TrainingState state, Fingerprint startedWith, TrainingListener listener) {
    boolean interrupted = Thread.interrupted();
    String failure = null;
    try {
      while (!tryWrite(state, startedWith)) {
        interrupted |= Thread.interrupted();
      }
      keepBefore = false;
    } catch (IOException e) {
      failure = "the checkpoint cannot be written: " + e.getMessage();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    tried = System.nanoTime();
    if (failure != null && !failing) {
      listener.onWarning(failure);
    }
    failing = failure != null;
    return failure;
  }

  /** Returns false if an interrupt has closed the file. */
  private boolean tryWrite(TrainingState state, Fingerprint startedWith) throws IOException {
    try {
      CheckpointFile.write(file, keepBefore ? null : before, state, startedWith);
      return true;
    } catch (ClosedByInterruptException e) {
      return false;
    }
  }
}
