package io.gru4j.training;

import io.gru4j.events.TrainingEvents;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.progress.BatchProgress;
import io.gru4j.progress.TrainingListener;

/** Runs epochs: all batches in order, each cut into chunks, one optimizer step for each. */
public final class Trainer {

  /** Sees each optimizer step and each batch; for tests that hold them against recorded runs. */
  public interface Observer {
    /**
     * A step was made.
     *
     * @param step the step, with its gradients' norm and its learning rate
     * @param epoch from 0
     * @param width time steps of its chunk
     * @param loss the mean over its targets; of shared negatives the sum, divided by a full step's
     */
    default void stepped(TrainingStep step, int epoch, int width, double loss) {}

    /**
     * A batch is done.
     *
     * @param epoch from 0
     * @param sumOfChunkLosses of the losses of its chunks
     */
    default void batchDone(int epoch, double sumOfChunkLosses) {}
  }

  /**
   * The result of an epoch: targets, optimizer steps, mean loss over targets, seconds; complete
   * unless the listener cancelled it before its last batch.
   */
  record Epoch(long targets, long steps, double loss, double seconds, boolean whole) {}

  private static final double SECONDS_BETWEEN_STEPS = 0.25; // that a listener is told of

  private final EpochBatches batches;
  private final Chunk chunk = new Chunk();
  private final TrainingStep step;
  private final GRU4RecParameters parameters;
  private final TrainingListener listener;
  private final Observer observer;
  private final TrainingEvents events;
  private final Passes passes;

  /**
   * What the passes over the sessions are.
   *
   * @param name of one: an epoch, or a round
   * @param all how many there are at most, over which the learning rate runs its course
   * @param before that the start had behind it, for the order of the sessions
   */
  record Passes(String name, int all, int before) {}

  Trainer(
      EpochBatches batches,
      TrainingStep step,
      GRU4RecParameters parameters,
      TrainingListener listener,
      Observer observer,
      TrainingEvents events,
      Passes passes) {
    this.batches = batches;
    this.step = step;
    this.parameters = parameters;
    this.listener = listener;
    this.observer = observer;
    this.events = events;
    this.passes = passes;
  }

  /**
   * Trains one epoch, or its first batches if the listener cancels, from a position on.
   *
   * @param epoch from 0
   * @param at where the epoch stands; moved on
   * @param betweenSteps called before each step and after the last one; its exception is passed on,
   *     and {@code at} then says where training can continue
   * @throws TrainingException as {@link Divergence} says
   */
  Epoch run(int epoch, Position at, Runnable betweenSteps) {
    long start = System.nanoTime() - (long) (at.seconds * 1e9);
    boolean cancelled = false;
    double told = at.seconds; // when the listener was
    batches.begin(passes.before() + epoch);
    while (at.batch < batches.size() && !cancelled) {
      events.beginBatch();
      int rows = batches.rows(at.batch);
      if (!at.goesOn(step.hasTracks())) {
        step.beginBatch(rows);
      }
      long targetsBefore = at.targets;
      double lossBefore = at.lossSum;
      double batchLoss = 0;
      while (at.chunk < batches.chunks(at.batch)) {
        at.seconds = (System.nanoTime() - start) * 1e-9;
        betweenSteps.run();
        int width = batches.fill(chunk, at.batch, at.chunk);
        double loss = step.run(chunk, done(epoch, at));
        if (step.numTargets() > 0) {
          Divergence.check(loss, passes.name(), epoch + 1, step.steps(), parameters);
          at.stepped(step.numTargets(), step.lossSum(loss));
          batchLoss += loss;
          observer.stepped(step, epoch, width, loss);
        }
        at.nextChunk();
        at.seconds = (System.nanoTime() - start) * 1e-9;
        boolean goesOn = at.chunk < batches.chunks(at.batch);
        if (goesOn && at.targets > 0 && at.seconds - told > SECONDS_BETWEEN_STEPS) {
          told = at.seconds;
          listener.onStep(progress(epoch, at, at.batch + 1));
        }
      }
      observer.batchDone(epoch, batchLoss);
      at.nextBatch();
      long batchTargets = at.targets - targetsBefore;
      double meanLoss = (at.lossSum - lossBefore) / batchTargets;
      events.endBatch(epoch + 1, at.batch, rows, batchTargets, meanLoss);
      at.seconds = (System.nanoTime() - start) * 1e-9;
      told = at.seconds;
      listener.onBatch(progress(epoch, at, at.batch));
      cancelled = listener.isCancelled();
    }
    boolean whole = at.batch == batches.size();
    if (whole) {
      betweenSteps.run();
    }
    return new Epoch(at.targets, at.steps, at.meanLoss(), at.seconds, whole);
  }

  private BatchProgress progress(int epoch, Position at, int batch) {
    return new BatchProgress(
        epoch + 1,
        passes.all(),
        batch,
        batches.size(),
        at.targets,
        batches.numTargets(),
        at.meanLoss(),
        at.seconds);
  }

  /** Returns which share of the targets of all epochs has been trained on. */
  private double done(int epoch, Position at) {
    double ofEpoch = at.targets / (double) batches.numTargets();
    return (epoch + ofEpoch) / passes.all();
  }

  /**
   * Checks a position that was read from a file.
   *
   * @param epoch from 0
   * @return false if this training has no such position
   */
  boolean hasPlace(int epoch, Position at) {
    batches.begin(passes.before() + epoch);
    if (at.batch >= batches.size()) {
      return at.batch == batches.size() && at.chunk == 0;
    }
    return at.chunk < batches.chunks(at.batch)
        && (!at.goesOn(step.hasTracks()) || step.states()[0].rows() == batches.rows(at.batch));
  }
}
