package io.gru4j.tensor.optim;

import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.kernel.ElementKernels;
import io.gru4j.tensor.kernel.Kernels;
import java.util.List;

/**
 * Adagrad: {@code s += g^2; p -= learningRate * g / (sqrt(s) + 1e-10)}, with {@code s} 0 at first.
 *
 * <p>Source: Duchi, Hazan and Singer 2011, "Adaptive subgradient methods for online learning and
 * stochastic optimization", figure 1 (diagonal), with torch's epsilon, or with {@link #epsilon
 * another}, which may also stand inside the root: {@code sqrt(s + epsilon)}. Where a gradient is
 * zero the step is the identity, so of an embedding table only the rows looked up are visited:
 * exactly the dense result.
 *
 * <p>With momentum the step is repeated in part: {@code b = momentum * b + g / (sqrt(s) + 1e-10); p
 * -= learningRate * b}, with {@code b} 0 at first. Of an embedding table a row that was not looked
 * up keeps its velocity b and does not move.
 */
public final class Adagrad implements Optimizer {

  static final float EPSILON = 1e-10f;

  private final FlatState state;
  private final float momentum;
  private float learningRate;
  private float gradScale;
  private float inside; // of the root: epsilon, or 0
  private float outside = EPSILON;

  /**
   * Creates the optimizer with its state, one float a value.
   *
   * @param parameters what it changes
   * @param learningRate finite, above 0
   * @param parallel runs the work
   * @throws IllegalArgumentException if the learning rate is not finite or not above 0
   */
  public Adagrad(List<Parameter> parameters, float learningRate, Parallel parallel) {
    this(parameters, learningRate, 0f, parallel);
  }

  /**
   * Creates the optimizer with its state: one float a value, two if momentum is not 0.
   *
   * @param parameters what it changes
   * @param learningRate finite, above 0
   * @param momentum in [0, 1)
   * @param parallel runs the work
   * @throws IllegalArgumentException if a number is out of its range
   */
  public Adagrad(
      List<Parameter> parameters, float learningRate, float momentum, Parallel parallel) {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException("momentum must be in [0, 1), got " + momentum);
    }
    this.learningRate = Sgd.checkLearningRate(learningRate);
    this.momentum = momentum;
    this.state = new FlatState(parameters, arrays(momentum), parallel, this::update);
  }

  /**
   * Sets what keeps the divisor from 0; at first 1e-10 outside the root.
   *
   * @param epsilon finite, above 0
   * @param inside whether it is added to the sum of squares before the root is taken
   * @return this
   * @throws IllegalArgumentException if the epsilon is not finite or not above 0
   */
  public Adagrad epsilon(float epsilon, boolean inside) {
    if (!(epsilon > 0 && epsilon < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("epsilon must be finite and > 0, got " + epsilon);
    }
    this.inside = inside ? epsilon : 0f;
    this.outside = inside ? 0f : epsilon;
    return this;
  }

  /**
   * Returns the bytes of the optimizer's state and buffers.
   *
   * @param parameters bytes of all parameters' values
   * @param sparseCols columns of the widest parameter with a sparse gradient; 0 if there is none
   * @param momentum in [0, 1)
   * @return the bytes, also of arrays that are too long to be made
   */
  public static double bytes(double parameters, int sparseCols, float momentum) {
    return FlatState.bytes(parameters, arrays(momentum), sparseCols);
  }

  private static int arrays(float momentum) {
    return momentum == 0 ? 1 : 2;
  }

  @Override
  public void step(float gradScale) {
    this.gradScale = gradScale;
    state.runOverGradients();
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
      elementKernels.adagrad(
          p, po, state[0], po, g, go, n, gradScale, learningRate, inside, outside);
      return;
    }
    elementKernels.adagradMomentum(
        p,
        po,
        state[0],
        state[1],
        po,
        g,
        go,
        n,
        gradScale,
        learningRate,
        inside,
        outside,
        momentum);
  }
}
