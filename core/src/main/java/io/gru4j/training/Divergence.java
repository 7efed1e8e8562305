package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecOptions.NEGATIVES;
import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;

import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.GRU4RecOptions.Negatives;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.progress.TrainingException;

/**
 * Detects a training that goes wrong, at little cost.
 *
 * <p>A NaN or an infinity among the parameters reaches the loss with the next step that meets it;
 * the rest is found when the epoch ends. But a learning rate that is far too large need not make
 * any: gates and softmax saturate, and numbers stay finite. So two bounds stop training as well:
 *
 * <ul>
 *   <li>a step's loss above 2^24 nats: logits of that size are more than 1 apart as floats, so
 *       their softmax is chance;
 *   <li>with the whole softmax, an epoch's mean loss above 104 nats: the average target got a
 *       probability below the smallest float, 2^-149. One that is drawn uniformly has at most 21.5
 *       nats. Losses against negatives have no such bound: top1 is at most 2 and cross-entropy over
 *       shared negatives 55.3 however wrong a network is.
 * </ul>
 */
public final class Divergence {
  static final double MAX_STEP_LOSS = 0x1p24;
  static final double MAX_EPOCH_LOSS = 104;

  private Divergence() {}

  /**
   * Checks the loss of a step.
   *
   * @param pass what a pass over the sessions is called, such as {@code epoch}
   * @param number of the pass, from 1
   * @param step optimizer steps so far
   * @throws TrainingException if training has gone wrong
   */
  static void check(double loss, String pass, int number, long step, GRU4RecParameters parameters) {
    if (!(loss <= MAX_STEP_LOSS)) {
      throw fault(
          "the loss is %s in %s %d, step %d".formatted(loss, pass, number, step), parameters);
    }
  }

  /**
   * Checks the result of an epoch that is not yet in the history.
   *
   * @throws TrainingException if training has gone wrong
   */
  static void check(TrainingState state, double meanLoss, GRU4RecParameters parameters) {
    check(state.network, state.epoch(), state.step.steps(), meanLoss, parameters);
  }

  /**
   * Checks the result of an epoch.
   *
   * @param network after it
   * @param epoch from 1
   * @param steps optimizer steps so far
   * @param meanLoss over the targets of the epoch, in nats
   * @param parameters of the estimator
   * @throws TrainingException if training has gone wrong
   */
  public static void check(
      GruNetwork network, int epoch, long steps, double meanLoss, GRU4RecParameters parameters) {
    checkParameters(network, epoch, steps, parameters);
    boolean bounded = parameters.get(NEGATIVES) == Negatives.CATALOGUE;
    if (bounded && meanLoss > MAX_EPOCH_LOSS) {
      throw fault(
          "the mean loss of epoch %d, up to step %d, is %s".formatted(epoch, steps, meanLoss),
          parameters);
    }
  }

  /**
   * Checks the parameters.
   *
   * @throws TrainingException if one is not finite, or so large that scores might not be
   */
  static void checkParameters(TrainingState state, GRU4RecParameters parameters) {
    checkParameters(state.network, state.epoch(), state.step.steps(), parameters);
  }

  private static void checkParameters(
      GruNetwork network, int epoch, long steps, GRU4RecParameters parameters) {
    String fault = network.scoreFault();
    if (fault != null) {
      throw fault("in epoch %d, step %d: %s".formatted(epoch, steps, fault), parameters);
    }
  }

  private static TrainingException fault(String what, GRU4RecParameters parameters) {
    return new TrainingException(
        what + ", with learning_rate " + parameters.get(LEARNING_RATE) + ": try a smaller one");
  }
}
