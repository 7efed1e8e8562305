package io.gru4j.tensor.optim;

import io.gru4j.tensor.autograd.Parameter;

/** Changes parameters against their gradients and keeps what it must remember between steps. */
public sealed interface Optimizer permits Adagrad, Sgd {

  /**
   * Makes one step with the gradients times a factor. The gradients stay as they are.
   *
   * @param gradScale factor of all gradients, as gradient clipping gives it; 1 for none
   */
  void step(float gradScale);

  /**
   * Returns what is remembered of a parameter, for checkpoints: one float for each of its values.
   *
   * @param parameter number of the parameter in the list that the optimizer was created with
   * @return not a copy, laid out like {@link Parameter#value}, to be read and written with {@link
   *     Parameter#read(float[], long, float[], int)} and {@link Parameter#write(float[], long,
   *     float[], int)}; null if nothing is remembered
   */
  float[] state(int parameter);
}
