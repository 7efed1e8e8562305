package io.gru4j.tensor.optim;

import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.kernel.Kernels;
import java.util.List;

/**
 * Adagrad: {@code s += g^2; p -= learningRate * g / (sqrt(s) + 1e-10)}, with {@code s} 0 at first.
 *
 * <p>Source: Duchi, Hazan and Singer 2011, "Adaptive subgradient methods for online learning and
 * stochastic optimization", figure 1 (diagonal), with torch's epsilon. Where a gradient is zero the
 * step is the identity, so of an embedding table only the rows looked up are visited: exactly the
 * dense result.
 */
public final class Adagrad implements Optimizer {

  static final float EPSILON = 1e-10f;

  private final FlatState state;
  private final float learningRate;
  private float gradScale;

  /**
   * Creates the optimizer with its state, one float a value.
   *
   * @param parameters what it changes
   * @param learningRate finite, above 0
   * @param parallel runs the work
   * @throws IllegalArgumentException if the learning rate is not finite or not above 0
   */
  public Adagrad(List<Parameter> parameters, float learningRate, Parallel parallel) {
    this.learningRate = Sgd.checkLearningRate(learningRate);
    this.state = new FlatState(parameters, true, parallel, this::update);
  }

  @Override
  public void step(float gradScale) {
    this.gradScale = gradScale;
    state.runOverGradients();
  }

  @Override
  public float[] state(int parameter) {
    return state.of(parameter);
  }

  private void update(float[] p, int po, float[] s, int so, float[] g, int go, int n) {
    Kernels.get().adagrad(p, po, s, so, g, go, n, gradScale, learningRate, EPSILON);
  }
}
