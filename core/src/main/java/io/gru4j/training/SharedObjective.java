package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecOptions.BPREG;
import static io.gru4j.parameters.GRU4RecOptions.ELU;
import static io.gru4j.parameters.GRU4RecOptions.LOGQ;
import static io.gru4j.parameters.GRU4RecOptions.NUM_SAMPLES;
import static io.gru4j.parameters.GRU4RecOptions.SAMPLE_ALPHA;
import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.BPTT;

import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import io.gru4j.tensor.nn.SharedNegatives;

/**
 * Cross-entropy or bpr-max of each target against the other targets of the step and samples that
 * all share: the sum over the targets, divided by how many a full step has.
 */
final class SharedObjective implements Objective {
  private final SharedNegatives output;
  private final NegativeSource source;
  private final int[] samples;
  private final int divisor;

  SharedObjective(
      GruNetwork network,
      GRU4RecParameters p,
      ItemCounts counts,
      NegativeSource source,
      Parallel parallel) {
    this.source = source;
    this.samples = new int[p.get(NUM_SAMPLES)];
    this.divisor = divisor(p);
    Parameter weight = network.outputWeight();
    Parameter bias = network.outputBias();
    double logq = p.get(LOGQ);
    this.output =
        switch (p.algorithm()) {
          case CROSS_ENTROPY ->
              SharedNegatives.crossEntropy(
                  weight,
                  bias,
                  divisor,
                  counts.logarithms(logq),
                  counts.logarithms(logq * p.get(SAMPLE_ALPHA)),
                  parallel);
          case NEG_SAMPLING ->
              SharedNegatives.bprMax(weight, bias, divisor, p.get(BPREG), p.get(ELU), parallel);
        };
  }

  private static int divisor(GRU4RecParameters p) {
    long targets = (long) p.get(BATCH_SIZE) * p.get(BPTT);
    if (targets > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "batch_size * bptt must be at most %d with shared negatives, got %d * %d"
              .formatted(Integer.MAX_VALUE, p.get(BATCH_SIZE), p.get(BPTT)));
    }
    return (int) targets;
  }

  @Override
  public Variable forward(Tape tape, Variable hidden, Chunk chunk, long step) {
    source.draw(step, chunk.targets, chunk.numTargets, samples, samples.length);
    return output.forward(tape, hidden, chunk.targets, samples, samples.length);
  }

  @Override
  public double loss() {
    return output.lossValue();
  }

  @Override
  public int divisor(int numTargets) {
    return divisor;
  }
}
