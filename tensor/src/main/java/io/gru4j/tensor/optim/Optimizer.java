package io.gru4j.tensor.optim;

import io.gru4j.tensor.autograd.Parameter;

/** Changes parameters against their gradients, and keeps its state between steps. */
public sealed interface Optimizer permits Adagrad, Sgd {

  /**
   * Makes one step with the gradients times a factor. The gradients stay as they are.
   *
   * @param gradScale factor of all gradients, as gradient clipping gives it; 1 for none
   */
  void step(float gradScale);

  /**
   * Sets the rates of the steps to come; at first the learning rate is the one that the optimizer
   * was created with, and nothing decays.
   *
   * @param learningRate finite, at least 0
   * @param decay share of each weight that a step takes away before it adds its own (Loshchilov and
   *     Hutter 2019, arXiv:1711.05101); where there is no gradient, and in biases, nothing decays;
   *     in [0, 1)
   */
  void rates(float learningRate, float decay);

  /**
   * Returns the optimizer's state of a parameter, for checkpoints: some floats for each of its
   * values.
   *
   * @param parameter number of the parameter in the list that the optimizer was created with
   * @return arrays, not copies, each laid out like {@link Parameter#value}, to be read and written
   *     with {@link Parameter#read(float[], long, float[], int)} and {@link
   *     Parameter#write(float[], long, float[], int)}; none if the optimizer has no state
   */
  float[][] state(int parameter);
}
