package io.gru4j.cli;

import io.gru4j.algorithms.BatchProgress;
import io.gru4j.algorithms.TrainingListener;
import io.gru4j.model.EpochSummary;
import java.util.Locale;

/**
 * Shows training on stderr: a bar that moves on a terminal, elsewhere a line now and then, and a
 * line for each epoch on both. An event is a target that was learned.
 */
final class Progress implements TrainingListener {
  private static final int BAR = 24;
  private static final long NANOS_BETWEEN_BARS = 100_000_000L;
  private static final long NANOS_BETWEEN_LINES = 20_000_000_000L;

  private final Console console;
  private final String criterion;
  private final int maxEpochs;
  private long lastShown = System.nanoTime();
  private int drawn;

  /**
   * Makes a display.
   *
   * @param console where it prints
   * @param criterion the stopping criterion's name
   * @param maxEpochs the epochs there are at most
   */
  Progress(Console console, String criterion, int maxEpochs) {
    this.console = console;
    this.criterion = criterion;
    this.maxEpochs = maxEpochs;
  }

  @Override
  public void onBatch(BatchProgress p) {
    long now = System.nanoTime();
    if (now - lastShown < (console.terminal() ? NANOS_BETWEEN_BARS : NANOS_BETWEEN_LINES)) {
      return;
    }
    lastShown = now;
    if (console.terminal()) {
      draw(line(p));
    } else {
      console.err().println(line(p));
    }
  }

  /** The state of an epoch in one line. */
  static String line(BatchProgress p) {
    double share = p.targetsPerEpoch() == 0 ? 1 : (double) p.targetsDone() / p.targetsPerEpoch();
    int filled = (int) (Math.clamp(share, 0, 1) * BAR);
    double rate = p.targetsPerSecond();
    long left =
        p.targetsPerEpoch() * (p.maxEpochs() - p.epoch() + 1L) - p.targetsDone(); // all epochs
    return String.format(
        Locale.ROOT,
        "epoch %d/%d [%s%s] %3.0f%%  %,.0f events/s  loss %.4f  ETA %s",
        p.epoch(),
        p.maxEpochs(),
        "#".repeat(filled),
        "-".repeat(BAR - filled),
        100 * share,
        rate,
        p.meanLoss(),
        Numbers.duration(left / rate));
  }

  @Override
  public void onEpoch(EpochSummary e) {
    draw("");
    console.err().println(line(e, maxEpochs, criterion));
    lastShown = System.nanoTime();
  }

  /** A finished epoch in one line. */
  static String line(EpochSummary e, int maxEpochs, String criterion) {
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "epoch %d/%d: %s, %,.0f events/s, loss %.4f",
            e.epoch(),
            maxEpochs,
            Numbers.duration(e.seconds()),
            e.targetsPerSecond(),
            e.loss()));
    if (e.criterion().isPresent()) {
      out.append(String.format(Locale.ROOT, ", %s %.4f", criterion, e.criterion().getAsDouble()));
      out.append(e.better() ? " (best so far)" : "");
    }
    return out.append(e.stopped() ? ", stopped early" : "").toString();
  }

  /** Draws over the line on a terminal; an empty text removes it. */
  private void draw(String text) {
    if (text.length() + drawn == 0) {
      return;
    }
    String rest = " ".repeat(Math.max(0, drawn - text.length()));
    console.err().print("\r" + text + rest + (text.isEmpty() ? "\r" : ""));
    console.err().flush();
    drawn = text.length();
  }
}
