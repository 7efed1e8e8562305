package io.gru4j.bench;

import com.sun.management.ThreadMXBean;
import io.gru4j.progress.BatchProgress;
import io.gru4j.progress.TrainingListener;
import java.lang.management.ManagementFactory;

/**
 * Makes rounds of a number of batches of a training: seconds, mean loss over the targets, targets,
 * batches, bytes allocated a batch, those for the listener included. Ends the JVM after the last.
 */
final class StepRounds implements TrainingListener {

  private final ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final Rounds rounds;
  private final int warmUp;
  private final int perRound;
  private int batches; // since training began
  private double epochLoss; // sum over the targets of the epoch
  private long epochTargets;
  private double loss; // the same of the round
  private long targets;
  private long start; // of the round
  private long bytes; // allocated before it

  /**
   * Begins before the first batch.
   *
   * @param rounds where the figures go
   * @param warmUp batches before the first round
   * @param perRound batches of a round
   */
  StepRounds(Rounds rounds, int warmUp, int perRound) {
    this.rounds = rounds;
    this.warmUp = warmUp;
    this.perRound = perRound;
  }

  @Override
  public void onBatch(BatchProgress progress) {
    count(progress);
    batches++;
    if (batches < warmUp || (batches - warmUp) % perRound != 0) {
      return;
    }
    if (batches > warmUp) {
      double seconds = (System.nanoTime() - start) * 1e-9;
      double allocated = memory.getTotalThreadAllocatedBytes() - bytes;
      rounds.report(seconds, loss / targets, targets, perRound, allocated / perRound);
    }
    if (!rounds.next()) {
      System.exit(0);
    }
    loss = 0;
    targets = 0;
    bytes = memory.getTotalThreadAllocatedBytes();
    start = System.nanoTime();
  }

  private void count(BatchProgress progress) {
    if (progress.batch() == 1) {
      epochLoss = 0;
      epochTargets = 0;
    }
    double sum = progress.meanLoss() * progress.targetsDone();
    loss += sum - epochLoss;
    targets += progress.targetsDone() - epochTargets;
    epochLoss = sum;
    epochTargets = progress.targetsDone();
  }
}
