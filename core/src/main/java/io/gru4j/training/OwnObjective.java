package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecParameters.LOSS_FN;
import static io.gru4j.parameters.GRU4RecParameters.NUM_NEGATIVES;

import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import io.gru4j.tensor.nn.OwnNegatives;
import io.gru4j.tensor.nn.PairwiseLoss;

/** A pairwise loss of each target against negatives of its own: the mean over the targets. */
final class OwnObjective implements Objective {
  private final OwnNegatives output;
  private final NegativeSource source;
  private final int each;
  private int[] negatives = new int[0]; // [target][each]

  OwnObjective(GruNetwork network, GRU4RecParameters p, NegativeSource source, Parallel parallel) {
    this.source = source;
    this.each = p.get(NUM_NEGATIVES);
    this.output =
        new OwnNegatives(network.outputWeight(), network.outputBias(), loss(p), each, parallel);
  }

  private static PairwiseLoss loss(GRU4RecParameters p) {
    return switch (p.get(LOSS_FN)) {
      case BPR -> PairwiseLoss.BPR;
      case BPR_MAX -> PairwiseLoss.BPR_MAX;
      case TOP1 -> PairwiseLoss.TOP1;
      case TOP1_MAX -> PairwiseLoss.TOP1_MAX;
    };
  }

  @Override
  public Variable forward(Tape tape, Variable hidden, Chunk chunk, long step) {
    long all = chunk.numTargets * (each + 32L); // with the target, filled up to panels
    if (all > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "%d targets of one step with num_negatives %d are more scores than one array holds:"
                  .formatted(chunk.numTargets, each)
              + " lower batch_size, bptt or num_negatives");
    }
    int count = chunk.numTargets * each;
    if (negatives.length < count) {
      negatives = new int[count];
    }
    source.draw(step, chunk.targets, chunk.numTargets, negatives, count);
    return output.forward(tape, hidden, chunk.targets, negatives);
  }

  @Override
  public double loss() {
    return output.lossValue();
  }

  @Override
  public int divisor(int numTargets) {
    return numTargets;
  }
}
