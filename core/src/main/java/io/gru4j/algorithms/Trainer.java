package io.gru4j.algorithms;

import io.gru4j.data.SequenceBatch;
import io.gru4j.data.SequenceBatches;
import io.gru4j.events.TrainingEvents;
import java.util.Locale;

/** Runs epochs: all batches in order, each cut into chunks of at most {@code bptt} columns. */
final class Trainer {

  /** Sees each optimizer step and each batch; for tests that hold them against recorded runs. */
  interface Observer {
    default void stepped(TrainingStep step, int epoch, int width, double loss) {}

    default void batchDone(int epoch, double sumOfChunkLosses) {}
  }

  /**
   * What an epoch came to: targets, optimizer steps, mean loss over targets, seconds; whole unless
   * the listener cancelled it before its last batch.
   */
  record Epoch(long targets, long steps, double loss, double seconds, boolean whole) {}

  private final SequenceBatches batches;
  private final TrainingStep step;
  private final Gru4RecParameters parameters;
  private final TrainingListener listener;
  private final Observer observer;
  private final TrainingEvents events;
  private final int[][] chunkWidths;

  Trainer(
      SequenceBatches batches,
      TrainingStep step,
      Gru4RecParameters parameters,
      TrainingListener listener,
      Observer observer,
      TrainingEvents events) {
    this.batches = batches;
    this.step = step;
    this.parameters = parameters;
    this.listener = listener;
    this.observer = observer;
    this.events = events;
    this.chunkWidths = new int[batches.size()][];
    for (int i = 0; i < chunkWidths.length; i++) {
      chunkWidths[i] = SequenceBatches.chunkWidths(batches.get(i).width(), parameters.bptt());
    }
  }

  /**
   * Trains one epoch, or its first batches if the listener cancels.
   *
   * @param epoch from 0
   * @throws TrainingException if a loss is not finite
   */
  Epoch run(int epoch) {
    long start = System.nanoTime();
    long firstStep = step.steps();
    long targets = 0;
    double lossSum = 0;
    boolean cancelled = false;
    int b = 0;
    while (b < batches.size() && !cancelled) {
      SequenceBatch batch = batches.get(b);
      events.beginBatch();
      step.beginBatch(batch);
      long targetsBefore = targets;
      double lossBefore = lossSum;
      int from = 0;
      double batchLoss = 0;
      for (int width : chunkWidths[b]) {
        double loss = step.run(batch, from, width);
        from += width;
        if (step.numTargets() > 0) {
          requireFinite(loss, epoch);
          targets += step.numTargets();
          lossSum += loss * step.numTargets();
          batchLoss += loss;
          observer.stepped(step, epoch, width, loss);
        }
      }
      observer.batchDone(epoch, batchLoss);
      b++;
      long batchTargets = targets - targetsBefore;
      double meanLoss = (lossSum - lossBefore) / batchTargets;
      events.endBatch(epoch + 1, b, batch.rows(), batchTargets, meanLoss);
      listener.onBatch(
          new BatchProgress(
              epoch + 1,
              parameters.maxEpochs(),
              b,
              batches.size(),
              targets,
              batches.numTargets(),
              lossSum / Math.max(1, targets),
              (System.nanoTime() - start) * 1e-9));
      cancelled = listener.isCancelled();
    }
    double seconds = (System.nanoTime() - start) * 1e-9;
    double loss = lossSum / Math.max(1, targets);
    return new Epoch(targets, step.steps() - firstStep, loss, seconds, b == batches.size());
  }

  private void requireFinite(double loss, int epoch) {
    if (!Double.isFinite(loss)) {
      throw new TrainingException(
          String.format(
              Locale.ROOT,
              "the loss is %s in epoch %d, step %d, with learning_rate %s: try a smaller one",
              loss,
              epoch + 1,
              step.steps(),
              parameters.learningRate()));
    }
  }
}
