package io.gru4j.bench;

import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static org.bytedeco.pytorch.global.torch.cross_entropy_loss;
import static org.bytedeco.pytorch.global.torch.linear;

import io.gru4j.parameters.GRU4RecParameters;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The training loop on libtorch: embedding, torch's own GRU on packed sequences, linear layer,
 * cross-entropy, autograd. Clipping and update are those of a {@link TorchUpdate}.
 *
 * <p>It is faster than RecPack's loop: index tensors are made beforehand, and clicks without a
 * target and padding are not computed.
 */
final class TorchTraining {

  private final TorchNetwork network;
  private final TorchUpdate update;
  private final TensorVector gru;
  private final Tensor hidden; // (layers, rows of a batch, H)
  private final TensorOptional bias;

  /**
   * Prepares training.
   *
   * @param network what is trained
   * @param p sizes, as the network has them
   * @param update clips and updates
   */
  TorchTraining(TorchNetwork network, GRU4RecParameters p, TorchUpdate update) {
    this.network = network;
    this.update = update;
    this.gru = network.gru();
    this.bias = new TensorOptional(network.outputBias());
    this.hidden = torch.torch_zeros(network.numLayers, p.get(BATCH_SIZE), network.hidden);
  }

  /** Trains on one chunk; returns its mean loss. */
  double step(TorchChunk chunk) {
    try (PointerScope _ = new PointerScope()) {
      if (chunk.beginsBatch()) {
        hidden.zero_();
      }
      Tensor before = hidden.narrow(1, 0, chunk.rows());
      Tensor x =
          torch.embedding(
              network.embedding(), chunk.items(), network.numItems, false, update.sparse());
      T_TensorTensor_T outputAndState =
          torch.gru(x, chunk.rowsByTime(), before, gru, true, network.numLayers, 0.0, true, false);
      Tensor logits = linear(outputAndState.get0(), network.outputWeight(), bias);
      Tensor loss = cross_entropy_loss(logits, chunk.targets());
      update.run(loss);
      before.copy_(outputAndState.get1().detach());
      return loss.item_double();
    }
  }

  /** Trains on all chunks; returns the mean loss over the targets. */
  double epoch(List<TorchChunk> chunks) {
    double sum = 0;
    long targets = 0;
    for (TorchChunk chunk : chunks) {
      sum += step(chunk) * chunk.numTargets();
      targets += chunk.numTargets();
    }
    return sum / targets;
  }
}
