package io.gru4j.bench;

import org.bytedeco.pytorch.Tensor;

/** From the loss to changed parameters: backward pass, clipping, optimizer. */
sealed interface TorchUpdate permits DenseTorchUpdate, FusedTorchUpdate {

  /** Whether the embedding's gradient is to be a sparse tensor. */
  boolean sparse();

  /** Goes back from a loss and makes one step. */
  void run(Tensor loss);
}
