package io.gru4j.parameters;

import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;

import java.math.BigDecimal;

/**
 * What the parameters of an update are where nobody says them. Measured on Yoochoose 1/64 with the
 * preset {@code gru4rec}, from half of the sessions, one slice of a twentieth learned, the next
 * judged: more epochs or a fresh state at half the rate find more new items and forget old ones.
 */
public final class UpdateDefaults {
  /** Passes over the new sessions. */
  public static final int EPOCHS = 2;

  /** Share of the first training's learning rate, with the optimizer's kept state. */
  public static final double RATE_WITH_STATE = 1.0;

  /** Share of it, with a fresh state, whose first steps are as long as the rate. */
  public static final double RATE_WITHOUT_STATE = 0.2;

  private UpdateDefaults() {}

  /**
   * Returns the parameters of an update.
   *
   * @param parameters those of the model
   * @param firstRate the learning rate of the first training of its chain
   * @param keptState whether the optimizer's state is kept
   * @return the same with other epochs and another learning rate
   */
  public static GRU4RecParameters of(
      GRU4RecParameters parameters, double firstRate, boolean keptState) {
    return parameters.toBuilder()
        .set(MAX_EPOCHS, EPOCHS)
        .set(LEARNING_RATE, times(firstRate, keptState ? RATE_WITH_STATE : RATE_WITHOUT_STATE))
        .build();
  }

  /**
   * Returns the learning rate that the first training of a chain must have had, where its first
   * known link is an update of a model of which nothing is known.
   *
   * @param rate of that update
   * @param keptState whether it went on from a kept state
   * @return the rate of which {@link #of} makes that one
   */
  public static double firstRate(double rate, boolean keptState) {
    return times(rate, 1 / (keptState ? RATE_WITH_STATE : RATE_WITHOUT_STATE));
  }

  /** In decimals: 0.05 times 0.2 is 0.01. */
  private static double times(double rate, double share) {
    return BigDecimal.valueOf(rate).multiply(BigDecimal.valueOf(share)).doubleValue();
  }
}
