package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecParameters.MAX_ITER_NO_CHANGE;
import static io.gru4j.parameters.GRU4RecParameters.MIN_IMPROVEMENT;
import static io.gru4j.parameters.GRU4RecParameters.STOPPING_CRITERION;
import static io.gru4j.parameters.GRU4RecParameters.STOP_EARLY;

import io.gru4j.parameters.GRU4RecParameters;

/**
 * Watches the criterion: which epoch is the best so far, and whether to stop.
 *
 * <p>A value is better if it is at least as good as the best and differs from it by more than
 * {@code min_improvement}. With {@code stop_early}, {@code max_iter_no_change} epochs in a row that
 * are not better end training.
 */
public final class StoppingRule {

  private final GRU4RecParameters parameters;
  private final boolean minimized;
  private double best;
  private int notBetter;

  /**
   * Stands before the first epoch.
   *
   * @param parameters of the estimator
   */
  public StoppingRule(GRU4RecParameters parameters) {
    this.parameters = parameters;
    this.minimized = parameters.get(STOPPING_CRITERION).minimized();
    this.best = minimized ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
  }

  /**
   * Takes the next epoch's value.
   *
   * @param value of the criterion
   * @return whether it is better than all before; NaN never is
   */
  public boolean isBetter(double value) {
    boolean asGood = minimized ? value <= best : value >= best;
    if (asGood && Math.abs(value - best) > parameters.get(MIN_IMPROVEMENT)) {
      best = value;
      notBetter = 0;
      return true;
    }
    if (parameters.get(STOP_EARLY)) {
      notBetter++;
    }
    return false;
  }

  /** {@return whether training should end now} */
  public boolean stops() {
    return parameters.get(STOP_EARLY) && notBetter >= parameters.get(MAX_ITER_NO_CHANGE);
  }

  /** {@return how many epochs in a row were not better; stays 0 without {@code stop_early}} */
  public int notBetter() {
    return notBetter;
  }

  /**
   * Continues from the state of another rule.
   *
   * @param best its best value
   * @param notBetter its epochs in a row that were not better
   */
  public void resumeAt(double best, int notBetter) {
    this.best = best;
    this.notBetter = notBetter;
  }

  /** {@return the best value so far, plus or minus infinity before the first} */
  public double best() {
    return best;
  }
}
