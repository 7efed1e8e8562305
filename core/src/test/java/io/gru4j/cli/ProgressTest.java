package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.model.EpochSummary;
import io.gru4j.progress.BatchProgress;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private Progress progress(int columns) {
    PrintStream print = new PrintStream(err, true, StandardCharsets.UTF_8);
    Console console = new Console(new ByteArrayInputStream(new byte[0]), print, print, columns);
    return new Progress(console, "recall", 5);
  }

  private static EpochSummary epoch(OptionalDouble criterion, boolean better, boolean stopped) {
    return new EpochSummary(2, 4, 100_000, 300, 5.25, criterion, better, stopped);
  }

  @Test
  void aStepShowsWhereTrainingIs() {
    // Half of epoch 2 of 5 at 25,000 targets a second: 3.5 epochs of 100,000 are left.
    BatchProgress half = new BatchProgress(2, 5, 3, 6, 50_000, 100_000, 5.25, 2);
    assertEquals(
        "epoch 2/5: batch 3/6, 50%, 25,000 targets/s, loss 5.2500, ETA 14 s",
        Progress.line(half, 25_000, 25_000));
    assertEquals(
        "epoch 2/5 [############------------]  50%  batch 3/6  25,000 targets/s  loss 5.2500"
            + "  ETA 14 s",
        Progress.bar(half, 25_000, 25_000, 200));
    assertEquals(
        "epoch 5/5 [########################] 100%  batch 6/6  25,000 targets/s  loss 5.2500"
            + "  ETA 0.0 s",
        Progress.bar(
            new BatchProgress(5, 5, 6, 6, 100_000, 100_000, 5.25, 4), 25_000, 25_000, 200));
    String first =
        Progress.line(new BatchProgress(1, 5, 1, 6, 0, 100, 0, 0), Double.NaN, Double.NaN);
    assertTrue(first.endsWith("- targets/s, loss 0.0000, ETA ?"), first);
  }

  @Test
  void aBarFitsItsTerminalAndLeavesOutWhatMattersLeast() {
    BatchProgress p = new BatchProgress(2, 5, 3, 6, 50_000, 100_000, 5.25, 2);
    String tail = "  loss 5.2500  ETA 14 s";
    String rate = "  25,000 targets/s";
    assertEquals(
        "epoch 2/5 [#######-------]  50%  batch 3/6" + rate + tail,
        Progress.bar(p, 25_000, 25_000, 83));
    assertEquals(
        "epoch 2/5 [###---]  50%  batch 3/6" + rate + tail, Progress.bar(p, 25_000, 25_000, 75));
    assertEquals(
        "epoch 2/5 [########--------]  50%" + rate + tail, Progress.bar(p, 25_000, 25_000, 74));
    assertEquals("epoch 2/5 50%" + rate + tail, Progress.bar(p, 25_000, 25_000, 60));
    assertEquals("epoch 2/5 50%" + tail, Progress.bar(p, 25_000, 25_000, 40));
    assertEquals("epoch 2/5 50%  loss", Progress.bar(p, 25_000, 25_000, 19));
    for (int width = 0; width < 200; width++) {
      assertTrue(Progress.bar(p, 25_000, 25_000, width).length() <= width);
    }
  }

  @Test
  void anEpochIsSummedUp() {
    assertEquals(
        "epoch 2/5: 4.0 s, 25,000 targets/s, loss 5.2500, recall 0.5000 (best so far)",
        Progress.line(epoch(OptionalDouble.of(0.5), true, false), 5, "recall"));
    assertEquals(
        "epoch 2/5: 4.0 s, 25,000 targets/s, loss 5.2500, recall 0.5000, stopped early",
        Progress.line(epoch(OptionalDouble.of(0.5), false, true), 5, "recall"));
    assertEquals(
        "epoch 2/5: 4.0 s, 25,000 targets/s, loss 5.2500",
        Progress.line(epoch(OptionalDouble.empty(), true, false), 5, "recall"));
  }

  /** A tenth of the speed in the first seconds: that is soon forgotten. */
  @Test
  void theRateIsThatOfRecentBatches() {
    RecentRate rate = new RecentRate();
    assertTrue(Double.isNaN(rate.perSecond()));
    long targets = 0;
    double seconds = 0;
    double atFourSeconds = 0;
    for (int i = 0; i < 400; i++) {
      seconds += 0.05;
      targets += seconds < 2 ? 5 : 50;
      int epoch = seconds < 10 ? 1 : 2;
      rate.add(
          new BatchProgress(
              epoch, 2, 1, 9, targets - (epoch - 1) * 8000, 8000, 1, seconds - (epoch - 1) * 10));
      atFourSeconds = seconds < 4.2 ? rate.perSecond() : atFourSeconds;
    }
    assertEquals(1000, atFourSeconds, 60);
    assertEquals(1000, rate.perSecond(), 30);
  }

  @Test
  void aTerminalShowsTheBeginning() {
    progress(72).begin();
    assertEquals(
        "\repoch 1/5: the first step", err.toString(StandardCharsets.UTF_8).stripTrailing());
    err.reset();
    progress(0).begin();
    assertEquals("", err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void whatIsNoTerminalGetsPlainLines() {
    Progress progress = progress(0);
    for (int i = 1; i <= 100; i++) {
      progress.onBatch(new BatchProgress(2, 5, i, 100, i, 100, 5, i * 0.01));
    }
    progress.onEpoch(epoch(OptionalDouble.empty(), false, false));
    assertEquals(
        "epoch 2/5: 4.0 s, 25,000 targets/s, loss 5.2500" + System.lineSeparator(),
        err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void aTerminalGetsABarThatTheEpochReplaces() throws InterruptedException {
    Progress progress = progress(72);
    Thread.sleep(150);
    progress.onBatch(new BatchProgress(2, 5, 49, 100, 49, 100, 5, 0.9));
    Thread.sleep(150);
    err.reset();
    progress.onBatch(new BatchProgress(2, 5, 50, 100, 50, 100, 5, 1));
    progress.onBatch(new BatchProgress(2, 5, 51, 100, 51, 100, 5, 1)); // too soon for another
    String bar = err.toString();
    assertTrue(bar.startsWith("\repoch 2/5 [###"), bar);
    assertEquals(0, bar.lastIndexOf('\r'));
    assertTrue(bar.length() - 1 < 72, bar);
    progress.onEpoch(epoch(OptionalDouble.empty(), false, false));
    String cleared = "\r" + " ".repeat(bar.length() - 1) + "\r";
    assertTrue(err.toString().startsWith(bar + cleared + "epoch 2/5: "), err.toString());
  }

  /**
   * A training of 100,000 targets as a JVM begins it: ten times faster every other second, then
   * 1,000 targets a second. Nothing is foretold before that.
   */
  @Test
  void nothingIsForetoldWhileTheRateClimbs() {
    for (double step : new double[] {0.02, 0.5, 1.5}) {
      RecentRate rate = new RecentRate();
      assertTrue(Double.isNaN(rate.forecast()));
      double targets = 0;
      double first = 0;
      for (double seconds = step; targets < 100_000; seconds += step) {
        targets += step * 1000 * Math.min(1, Math.pow(10, seconds / 2 - 4)); // full speed from 8 s
        rate.add(new BatchProgress(1, 1, 1, 9, (long) targets, 100_000, 1, seconds));
        if (!Double.isNaN(rate.forecast())) {
          first = first == 0 ? seconds : first;
          double eta = (100_000 - targets) / rate.forecast();
          double left = (100_000 - targets) / 1000;
          assertTrue(eta < 1.6 * left + 1, "at " + seconds + " s: " + eta + " for " + left);
        }
      }
      assertTrue(first > 8 && first < 20, "first at " + first);
    }
    BatchProgress p = new BatchProgress(2, 5, 3, 6, 50_000, 100_000, 5.25, 2);
    assertTrue(
        Progress.bar(p, 25_000, Double.NaN, 200)
            .endsWith("  25,000 targets/s  loss 5.2500  ETA ?"));
    assertTrue(
        Progress.line(p, 25_000, Double.NaN).endsWith("25,000 targets/s, loss 5.2500, ETA ?"));
  }

  @Test
  void aSteadyRateIsForetoldAfterFourSeconds() {
    RecentRate rate = new RecentRate();
    for (double seconds = 0.1; seconds < 6; seconds += 0.1) {
      rate.add(new BatchProgress(1, 1, 1, 9, (long) (1000 * seconds), 100_000, 1, seconds));
      assertEquals(seconds < 4.05, Double.isNaN(rate.forecast()), "at " + seconds);
    }
    assertEquals(1000, rate.forecast(), 20);
  }

  /** As measured on a busy machine: the rate climbs for a minute, with a pause in it. */
  @Test
  void aPauseInTheClimbIsNoEndOfIt() {
    double[] percent = { // of 139,000 targets, every 3 seconds
      0, 0, 0, 0, 0, 0.1, 0.2, 1, 2, 5, 8, 10, 12, 16, 23, 28, 34, 39, 44, 51, 57, 63, 69, 75, 81,
      87
    };
    RecentRate rate = new RecentRate();
    for (int i = 1; i < percent.length * 15 - 15; i++) {
      double seconds = i / 5.0;
      int k = i / 15;
      double share = percent[k] + (percent[k + 1] - percent[k]) * (i % 15) / 15;
      long targets = (long) (1390 * share);
      rate.add(new BatchProgress(1, 10, 1, 9, targets, 139_000, 1, seconds));
      assertTrue(
          Double.isNaN(rate.forecast()) || rate.forecast() > 0.75 * 2780,
          () -> "at " + seconds + " s: " + rate.forecast());
    }
    assertEquals(2780, rate.forecast(), 300);
  }

  /** What a logger prints would go on behind the bar. */
  @Test
  void whatOthersPrintStandsAboveTheStatus() {
    PrintStream print = new PrintStream(err, true, StandardCharsets.UTF_8);
    PrintStream logger = StatusLine.above(print);
    logger.print("one\n");
    progress(72).begin();
    logger.print("kernels\n");
    logger.print("two\n");
    String status = "epoch 1/5: the first step";
    assertEquals(
        "one\n\r" + status + "\r" + " ".repeat(status.length()) + "\rkernels\ntwo\n",
        err.toString(StandardCharsets.UTF_8));
  }
}
