package io.gru4j.algorithms;

import io.gru4j.data.SequenceBatch;
import io.gru4j.data.SequenceBatches;
import io.gru4j.events.TrainingEvents;

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
   * Trains one epoch, or its first batches if the listener cancels, from a position on.
   *
   * @param epoch from 0
   * @param at where the epoch stands; moved on
   * @param betweenSteps called before each step and behind the last; an exception of it passes
   *     through and leaves {@code at} where training can go on
   * @throws TrainingException as {@link Divergence} says
   */
  Epoch run(int epoch, Position at, Runnable betweenSteps) {
    long start = System.nanoTime() - (long) (at.seconds * 1e9);
    boolean cancelled = false;
    while (at.batch < batches.size() && !cancelled) {
      SequenceBatch batch = batches.get(at.batch);
      events.beginBatch();
      if (at.chunk == 0) {
        step.beginBatch(batch);
      }
      long targetsBefore = at.targets;
      double lossBefore = at.lossSum;
      double batchLoss = 0;
      int[] widths = chunkWidths[at.batch];
      while (at.chunk < widths.length) {
        at.seconds = (System.nanoTime() - start) * 1e-9;
        betweenSteps.run();
        int width = widths[at.chunk];
        double loss = step.run(batch, at.column, width);
        if (step.numTargets() > 0) {
          Divergence.check(loss, epoch + 1, step.steps(), parameters);
          at.stepped(step.numTargets(), loss);
          batchLoss += loss;
          observer.stepped(step, epoch, width, loss);
        }
        at.nextChunk(width);
      }
      observer.batchDone(epoch, batchLoss);
      at.nextBatch();
      long batchTargets = at.targets - targetsBefore;
      double meanLoss = (at.lossSum - lossBefore) / batchTargets;
      events.endBatch(epoch + 1, at.batch, batch.rows(), batchTargets, meanLoss);
      at.seconds = (System.nanoTime() - start) * 1e-9;
      listener.onBatch(
          new BatchProgress(
              epoch + 1,
              parameters.maxEpochs(),
              at.batch,
              batches.size(),
              at.targets,
              batches.numTargets(),
              at.meanLoss(),
              at.seconds));
      cancelled = listener.isCancelled();
    }
    boolean whole = at.batch == batches.size();
    if (whole) {
      betweenSteps.run();
    }
    return new Epoch(at.targets, at.steps, at.meanLoss(), at.seconds, whole);
  }

  /**
   * Finds the column of a position that comes from a file.
   *
   * @return false if this training has no such position
   */
  boolean place(Position at) {
    at.column = 0;
    if (at.batch >= batches.size()) {
      return at.batch == batches.size() && at.chunk == 0;
    }
    int[] widths = chunkWidths[at.batch];
    if (at.chunk >= widths.length) {
      return false;
    }
    for (int chunk = 0; chunk < at.chunk; chunk++) {
      at.column += widths[chunk];
    }
    return at.chunk == 0 || step.states()[0].rows() == batches.get(at.batch).rows();
  }
}
