package io.gru4j.algorithms;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.time.Duration;

/** When a training writes its checkpoint, and where to. */
final class Checkpoints {
  private final Path file;
  private final long interval; // nanoseconds
  private long written = System.nanoTime();

  /**
   * Sets folder and interval.
   *
   * @param folder an existing folder
   * @param interval between checkpoints within an epoch, above 0
   */
  Checkpoints(Path folder, Duration interval) {
    this.file = folder.resolve(GRU4RecCrossEntropy.CHECKPOINT_FILE);
    if (interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException("interval must be > 0, got " + interval);
    }
    this.interval = interval.toSeconds() > Integer.MAX_VALUE ? Long.MAX_VALUE : interval.toNanos();
  }

  /** Returns the file, which may not be there yet. */
  Path file() {
    return file;
  }

  /** Returns whether the interval has passed since the last checkpoint. */
  boolean due() {
    return System.nanoTime() - written >= interval;
  }

  /**
   * Writes the checkpoint. An interrupt before or during the writing does no harm: the flag is set
   * again when the file is written.
   *
   * @throws UncheckedIOException if that fails; the old checkpoint is then unchanged
   */
  void write(TrainingState state, Fingerprint startedWith) {
    boolean interrupted = Thread.interrupted();
    try {
      while (!tryWrite(state, startedWith)) {
        interrupted |= Thread.interrupted();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the checkpoint cannot be written: " + e.getMessage(), e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    written = System.nanoTime();
  }

  /** Returns false if an interrupt has closed the file. */
  private boolean tryWrite(TrainingState state, Fingerprint startedWith) throws IOException {
    try {
      CheckpointFile.write(file, state, startedWith);
      return true;
    } catch (ClosedByInterruptException e) {
      return false;
    }
  }
}
