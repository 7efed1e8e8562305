package io.gru4j.tensor.optim;

/** Changes parameters against their gradients and keeps what it must remember between steps. */
public sealed interface Optimizer permits Adagrad, Sgd {

  /**
   * Makes one step with the gradients times a factor. The gradients stay as they are.
   *
   * @param gradScale factor of all gradients, as gradient clipping gives it; 1 for none
   */
  void step(float gradScale);
}
