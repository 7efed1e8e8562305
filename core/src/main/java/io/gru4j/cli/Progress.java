package io.gru4j.cli;

import io.gru4j.model.EpochSummary;
import io.gru4j.progress.BatchProgress;
import io.gru4j.progress.TrainingListener;
import java.util.Locale;

/**
 * Shows training on stderr: a bar that moves on a terminal, elsewhere a line now and then, and a
 * line for each epoch on both. The bar keeps to one line of the terminal, whatever its width.
 */
final class Progress implements TrainingListener {
  private static final int LONGEST_BAR = 24;
  private static final int SHORTEST_BAR = 6;

  private final Console console;
  private final String criterion;
  private final int maxEpochs;
  private final RecentRate recent = new RecentRate();
  private final StatusLine status;

  /**
   * Makes a display.
   *
   * @param console where it prints
   * @param criterion the stopping criterion's name
   * @param maxEpochs the epochs there are at most
   */
  Progress(Console console, String criterion, int maxEpochs) {
    this.console = console;
    this.status = new StatusLine(console);
    this.criterion = criterion;
    this.maxEpochs = maxEpochs;
  }

  /** Shows that training begins: the first step may take long. */
  void begin() {
    if (console.terminal()) {
      status.draw("epoch 1/" + maxEpochs + ": the first step");
    }
  }

  @Override
  public void onStep(BatchProgress p) {
    onBatch(p);
  }

  @Override
  public void onBatch(BatchProgress p) {
    recent.add(p);
    if (!status.isDue()) {
      return;
    }
    if (console.terminal()) {
      status.draw(
          bar(
              p,
              recent.perSecond(),
              recent.forecast(),
              console.columns() - 1)); // in the last column some terminals wrap
    } else {
      console.err().println(line(p, recent.perSecond(), recent.forecast()));
    }
  }

  /**
   * The state of an epoch in one line that stays.
   *
   * @param rate in targets per second
   * @param forecast the same for the rest of the training; NaN: it cannot be told yet
   */
  static String line(BatchProgress p, double rate, double forecast) {
    return String.format(
        Locale.ROOT,
        "epoch %d/%d: batch %,d/%,d, %.0f%%, %s, %s, ETA %s",
        p.epoch(),
        p.maxEpochs(),
        p.batch(),
        p.batches(),
        100 * share(p),
        rate(rate),
        loss(p.meanLoss()),
        eta(p, forecast));
  }

  /**
   * The state of an epoch with a bar, in at most {@code width} characters: where that is little,
   * first the batches, then the bar, then the speed are left out.
   */
  static String bar(BatchProgress p, double targetsPerSecond, double forecast, int width) {
    String head = String.format(Locale.ROOT, "epoch %d/%d ", p.epoch(), p.maxEpochs());
    String percent = String.format(Locale.ROOT, "%3.0f%%", 100 * share(p));
    String batches = String.format(Locale.ROOT, "  batch %,d/%,d", p.batch(), p.batches());
    String rate = "  " + rate(targetsPerSecond);
    String tail = "  " + loss(p.meanLoss()) + "  ETA " + eta(p, forecast);
    String rest = batches + rate + tail;
    int room = width - head.length() - percent.length() - "[] ".length();
    if (room - rest.length() < SHORTEST_BAR) {
      rest = rate + tail;
    }
    int bar = Math.min(LONGEST_BAR, room - rest.length());
    if (bar >= SHORTEST_BAR) {
      int filled = (int) (Math.clamp(share(p), 0, 1) * bar);
      return head + "[" + "#".repeat(filled) + "-".repeat(bar - filled) + "] " + percent + rest;
    }
    String line = head + percent.strip() + rest;
    line = line.length() <= width ? line : head + percent.strip() + tail;
    return line.substring(0, Math.clamp(width, 0, line.length()));
  }

  private static double share(BatchProgress p) {
    return p.targetsPerEpoch() == 0 ? 1 : (double) p.targetsDone() / p.targetsPerEpoch();
  }

  private static String rate(double targetsPerSecond) {
    return Double.isNaN(targetsPerSecond)
        ? "- targets/s"
        : String.format(Locale.ROOT, "%,.0f targets/s", targetsPerSecond);
  }

  private static String loss(double loss) {
    return String.format(Locale.ROOT, "loss %.4f", loss);
  }

  /** Time that training alone still takes, if no epoch is left out. */
  private static String eta(BatchProgress p, double rate) {
    long left = p.targetsPerEpoch() * (p.maxEpochs() - p.epoch() + 1L) - p.targetsDone();
    return Numbers.duration(left / rate);
  }

  @Override
  public void onEpoch(EpochSummary e) {
    status.draw("");
    console.err().println(line(e, maxEpochs, criterion));
    status.shown();
  }

  @Override
  public void onWarning(String warning) {
    status.draw("");
    console.err().println("warning: " + warning);
  }

  /** A finished epoch in one line. */
  static String line(EpochSummary e, int maxEpochs, String criterion) {
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "epoch %d/%d: %s, %s, %s",
            e.epoch(),
            maxEpochs,
            Numbers.duration(e.seconds()),
            rate(e.targetsPerSecond()),
            loss(e.loss())));
    if (e.criterion().isPresent()) {
      out.append(String.format(Locale.ROOT, ", %s %.4f", criterion, e.criterion().getAsDouble()));
      out.append(e.better() ? " (best so far)" : "");
    }
    return out.append(e.stopped() ? ", stopped early" : "").toString();
  }
}
