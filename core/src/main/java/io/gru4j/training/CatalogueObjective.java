package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecOptions.LABEL_SMOOTHING;

import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import io.gru4j.tensor.nn.OutputLayer;

/** Cross-entropy of the softmax over all classes: the mean over the targets. */
final class CatalogueObjective implements Objective {
  private final OutputLayer output;

  CatalogueObjective(GruNetwork network, GRU4RecParameters p, Parallel parallel) {
    output =
        new OutputLayer(network.outputWeight(), network.outputBias(), parallel)
            .labelSmoothing(p.get(LABEL_SMOOTHING));
  }

  @Override
  public Variable forward(Tape tape, Variable hidden, Chunk chunk, long step) {
    return output.forward(tape, hidden, chunk.targets);
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
