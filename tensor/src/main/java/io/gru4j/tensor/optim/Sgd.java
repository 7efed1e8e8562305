package io.gru4j.tensor.optim;

import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.kernel.ElementKernels;
import io.gru4j.tensor.kernel.Kernels;
import java.util.List;

/**
 * Stochastic gradient descent: {@code b = momentum * b + g; p -= learningRate * b}, with {@code b}
 * 0 at first.
 *
 * <p>Source: Sutskever et al. 2013, "On the importance of initialization and momentum in deep
 * learning", in torch's form (the learning rate outside the velocity). With momentum every value
 * moves at every step, rows of an embedding table that were not looked up too, while their velocity
 * lasts. Without momentum there is no state and only rows looked up are visited.
 */
public final class Sgd implements Optimizer {

  private final FlatState state;
  private final float momentum;
  private float learningRate;
  private float gradScale;

  /**
   * Creates the optimizer with its state: one float a value if momentum is not 0, else none.
   *
   * @param parameters what it changes
   * @param learningRate finite, above 0
   * @param momentum in [0, 1]
   * @param parallel runs the work
   * @throws IllegalArgumentException if a number is out of its range
   */
  public Sgd(List<Parameter> parameters, float learningRate, float momentum, Parallel parallel) {
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new IllegalArgumentException("momentum must be in [0, 1], got " + momentum);
    }
    this.learningRate = checkLearningRate(learningRate);
    this.momentum = momentum;
    this.state = new FlatState(parameters, arrays(momentum), parallel, this::update);
  }

  /**
   * Returns the bytes of the optimizer's state and buffers.
   *
   * @param parameters bytes of all parameters' values
   * @param sparseCols columns of the widest parameter with a sparse gradient; 0 if there is none
   * @param momentum in [0, 1]
   * @return the bytes, also of arrays that are too long to be made
   */
  public static double bytes(double parameters, int sparseCols, float momentum) {
    return FlatState.bytes(parameters, arrays(momentum), sparseCols);
  }

  private static int arrays(float momentum) {
    return momentum == 0 ? 0 : 1;
  }

  static float checkLearningRate(float learningRate) {
    if (!(learningRate > 0 && learningRate < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "learning rate must be finite and > 0, got " + learningRate);
    }
    return learningRate;
  }

  @Override
  public void step(float gradScale) {
    this.gradScale = gradScale;
    if (momentum == 0) {
      state.runOverGradients();
    } else {
      state.runOverAll();
    }
  }

  @Override
  public void rates(float learningRate, float decay) {
    this.learningRate = learningRate;
    state.decay(decay);
  }

  @Override
  public float[][] state(int parameter) {
    return state.of(parameter);
  }

  private void update(float[] p, int po, float[][] state, float[] g, int go, int n) {
    ElementKernels elementKernels = Kernels.get().elements();
    if (momentum == 0) {
      elementKernels.axpy(-learningRate * gradScale, g, go, p, po, n);
    } else {
      float[] b = state[0];
      elementKernels.sgdMomentum(p, po, b, po, g, go, n, gradScale, learningRate, momentum);
    }
  }
}
