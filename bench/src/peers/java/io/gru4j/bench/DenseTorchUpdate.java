package io.gru4j.bench;

import static io.gru4j.parameters.GRU4RecParameters.CLIPNORM;
import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;
import static io.gru4j.parameters.GRU4RecParameters.MOMENTUM;
import static io.gru4j.parameters.GRU4RecParameters.OPTIMIZATION_ALGORITHM;

import io.gru4j.parameters.GRU4RecParameters;
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

  DenseTorchUpdate(TorchNetwork network, GRU4RecParameters p) {
    parameters = new TensorVector(network.all().values().toArray(Tensor[]::new));
    clipnorm = p.get(CLIPNORM);
    optimizer =
        switch (p.get(OPTIMIZATION_ALGORITHM)) {
          case ADAGRAD -> new Adagrad(parameters, new AdagradOptions(p.get(LEARNING_RATE)));
          case SGD -> {
            SGDOptions options = new SGDOptions(p.get(LEARNING_RATE));
            options.momentum().put(p.get(MOMENTUM));
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
