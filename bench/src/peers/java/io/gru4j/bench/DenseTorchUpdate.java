package io.gru4j.bench;

import io.gru4j.algorithms.Gru4RecParameters;
import org.bytedeco.pytorch.Adagrad;
import org.bytedeco.pytorch.AdagradOptions;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * As RecPack does it: a dense gradient of every parameter, torch's {@code clip_grad_norm_}, torch's
 * optimizers.
 */
final class DenseTorchUpdate implements TorchUpdate {

  private final TensorVector parameters;
  private final Double clipnorm;
  private final Optimizer optimizer;

  DenseTorchUpdate(TorchNetwork network, Gru4RecParameters p) {
    parameters = new TensorVector(network.all().values().toArray(Tensor[]::new));
    clipnorm = p.clipnorm();
    optimizer =
        switch (p.optimizationAlgorithm()) {
          case ADAGRAD -> new Adagrad(parameters, new AdagradOptions(p.learningRate()));
          case SGD -> {
            SGDOptions options = new SGDOptions(p.learningRate());
            options.momentum().put(p.momentum());
            yield new SGD(parameters, options);
          }
        };
  }

  @Override
  public boolean sparse() {
    return false;
  }

  @Override
  public void run(Tensor loss) {
    optimizer.zero_grad();
    loss.backward();
    if (clipnorm != null) {
      torch.clip_grad_norm_(parameters, clipnorm);
    }
    optimizer.step();
  }
}
