package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecParameters.MAX_ITER_NO_CHANGE;
import static io.gru4j.parameters.GRU4RecParameters.MIN_IMPROVEMENT;
import static io.gru4j.parameters.GRU4RecParameters.STOPPING_CRITERION;
import static io.gru4j.parameters.GRU4RecParameters.STOP_EARLY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.metrics.Criterion;
import io.gru4j.parameters.GRU4RecParameters;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StoppingRuleTest {

  private static StoppingRule rule(
      Criterion criterion, boolean stopEarly, int maxIterNoChange, double minImprovement) {
    return new StoppingRule(
        GRU4RecParameters.builder()
            .set(STOPPING_CRITERION, criterion)
            .set(STOP_EARLY, stopEarly)
            .set(MAX_ITER_NO_CHANGE, maxIterNoChange)
            .set(MIN_IMPROVEMENT, minImprovement)
            .build());
  }

  /** Values are quarters, so that many are equal and differences are exact. */
  @Property
  void followsItsDefinition(
      @ForAll @Size(max = 12) List<@IntRange(max = 8) Integer> quarters,
      @ForAll Criterion criterion,
      @ForAll boolean stopEarly,
      @ForAll @IntRange(max = 3) int maxIterNoChange,
      @ForAll @IntRange(max = 2) int least) {
    StoppingRule rule = rule(criterion, stopEarly, maxIterNoChange, least / 4.0);
    Double best = null;
    int notBetter = 0;
    for (int quarter : quarters) {
      double value = quarter / 4.0;
      double gain = best == null ? 9 : criterion.minimized() ? best - value : value - best;
      boolean better = gain > least / 4.0;
      assertEquals(better, rule.isBetter(value));
      best = better ? (Double) value : best;
      notBetter = better ? 0 : notBetter + 1;
      assertEquals(best, rule.best());
      assertEquals(stopEarly ? notBetter : 0, rule.notBetter());
      assertEquals(stopEarly && notBetter >= maxIterNoChange, rule.stops());
    }
  }

  @Test
  void whatIsNoNumberIsNeverBetter() {
    for (Criterion criterion : Criterion.values()) {
      StoppingRule rule = rule(criterion, true, 2, 0);
      assertFalse(rule.isBetter(Double.NaN));
      assertTrue(Double.isInfinite(rule.best()));
      assertTrue(rule.isBetter(0.5));
      assertFalse(rule.isBetter(Double.NaN));
      assertFalse(rule.stops());
      assertFalse(rule.isBetter(Double.NaN));
      assertTrue(rule.stops());
      assertEquals(0.5, rule.best());
    }
  }
}
