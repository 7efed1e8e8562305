package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecParameters.CLIPNORM;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;
import static io.gru4j.parameters.GRU4RecParameters.LOSS_FN;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.OPTIMIZATION_ALGORITHM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.algorithms.GRU4RecCrossEntropy;
import io.gru4j.algorithms.TestSessions;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.LossFunction;
import io.gru4j.parameters.OptimizationAlgorithm;
import io.gru4j.progress.TrainingException;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class DivergenceTest {
  private static final GRU4RecParameters P = TestSessions.tiny();
  private static final String HINT = ", with learning_rate 0.1: try a smaller one";

  private static TrainingState state() {
    GruNetwork network =
        GruNetwork.zeros(9, P.get(NUM_COMPONENTS), P.get(HIDDEN_SIZE), 1).initialise(1);
    Parallel parallel = new Parallel(1);
    TrainingStep step =
        new TrainingStep(network, P, new CatalogueObjective(network, P, parallel), 2, parallel);
    step.resumeAt(77);
    return new TrainingState(1, network, step, new StoppingRule(P));
  }

  private static String refused(Executable call) {
    return assertThrows(TrainingException.class, call).getMessage();
  }

  @Test
  void aStepMayLoseSoMuchAndNoMore() {
    for (double loss : new double[] {0, 21.5, 0x1p24}) {
      Divergence.check(loss, "epoch", 2, 7, P);
    }
    for (double loss : new double[] {Math.nextUp(0x1p24), 1e300, 1.0 / 0, Double.NaN}) {
      assertEquals(
          "the loss is " + loss + " in epoch 2, step 7" + HINT,
          refused(() -> Divergence.check(loss, "epoch", 2, 7, P)));
    }
  }

  @Test
  void anEpochMayLoseSoMuchAndNoMore() {
    Divergence.check(state(), 104, P);
    assertEquals(
        "the mean loss of epoch 1, up to step 77, is 104.5" + HINT,
        refused(() -> Divergence.check(state(), 104.5, P)));
  }

  /** A loss against negatives is not held against what the whole softmax can lose. */
  @Test
  void lossesAgainstNegativesHaveNoBound() {
    GRU4RecParameters own =
        GRU4RecParameters.builder(Algorithm.NEG_SAMPLING)
            .set(LOSS_FN, LossFunction.BPR_MAX)
            .build();
    Divergence.check(state(), 1000, own);
  }

  @Property(tries = 50)
  void aParameterThatIsNotFiniteIsNamed(@ForAll @IntRange(max = 7) int which, @ForAll boolean nan) {
    TrainingState state = state();
    Parameter p = state.network.parameters().get(which % state.network.parameters().size());
    p.set(p.rows() - 1, p.cols() - 1, nan ? Float.NaN : Float.NEGATIVE_INFINITY);
    String message = "in epoch 1, step 77: " + p.name() + " has a value that is not finite" + HINT;
    assertEquals(message, refused(() -> Divergence.checkParameters(state, P)));
    assertEquals(message, refused(() -> Divergence.check(state, 1, P)), "whatever the loss");
  }

  /** Where the loss is not finite any more, there is no model instead of a wrong one. */
  @Test
  void aFitThatGoesWrongSaysWhereAndHasNoModel() {
    TestSessions s = TestSessions.make(3, 40, 9);
    GRU4RecParameters wild =
        P.toBuilder()
            .set(LEARNING_RATE, 1e30)
            .set(CLIPNORM, null)
            .set(OPTIMIZATION_ALGORITHM, OptimizationAlgorithm.SGD)
            .build();
    try (GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy(wild).threads(1)) {
      String message = refused(() -> estimator.fit(s.x(), s.items(), s.validation()));
      assertTrue(
          message.matches("the loss is .* in epoch 1, step \\d+, with .*1\\.0E30.*"), message);
      assertThrows(IllegalStateException.class, estimator::model);
    }
  }

  /** Numbers stay finite where gates and softmax saturate, but no such model is handed out. */
  @Test
  void aFitWithAFarTooLargeLearningRateEndsWithItsEpoch() {
    TestSessions s = TestSessions.make(3, 40, 9);
    GRU4RecParameters wild = P.toBuilder().set(LEARNING_RATE, 1e3).build();
    try (GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy(wild).threads(1)) {
      String message = refused(() -> estimator.fit(s.x(), s.items(), s.validation()));
      assertTrue(
          message.matches("the mean loss of epoch 1, up to step \\d+, is .*1000\\.0.*"), message);
      assertThrows(IllegalStateException.class, estimator::model);
    }
  }
}
