package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecOptions.BATCHING;
import static io.gru4j.parameters.GRU4RecOptions.EMBEDDING;
import static io.gru4j.parameters.GRU4RecOptions.NEGATIVES;
import static io.gru4j.parameters.GRU4RecOptions.NUM_SAMPLES;
import static io.gru4j.parameters.GRU4RecOptions.SESSION_ORDER;
import static io.gru4j.parameters.GRU4RecParameters.DROPOUT;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.MOMENTUM;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_NEGATIVES;
import static io.gru4j.parameters.GRU4RecParameters.OPTIMIZATION_ALGORITHM;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.algorithms.TestSessions;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecOptions.Batching;
import io.gru4j.parameters.GRU4RecOptions.Embedding;
import io.gru4j.parameters.GRU4RecOptions.Negatives;
import io.gru4j.parameters.GRU4RecOptions.SessionOrder;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.OptimizationAlgorithm;
import io.gru4j.progress.TrainingListener;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RoundTest {
  private static final long SEED = 7;
  private static final TestSessions DATA = TestSessions.make(3, 60, 40);
  private static final int[] CLICKS = DATA.x().itemClicks();

  private static Round round(GRU4RecParameters p, InteractionMatrix share, int round, int rounds) {
    return new Round(p, share, CLICKS, new Round.Place(SEED, 0, round, rounds), new Parallel(1));
  }

  /** Gives a round what another has left, or the first values. */
  private static void give(Round to, Round from, GRU4RecParameters p) {
    GruNetwork initial = Round.initial(p, CLICKS.length, SEED);
    for (int i = 0; i < to.parameters().size(); i++) {
      Parameter parameter = to.parameters().get(i);
      float[] values = new float[parameter.rows() * parameter.cols()];
      for (int k = 0; k < to.arrays(i).length; k++) {
        if (from != null) {
          parameter.read(from.arrays(i)[k], 0, values, values.length);
        } else if (k == 0) {
          initial.parameters().get(i).read(0, values, values.length);
        } else {
          Arrays.fill(values, 0);
        }
        parameter.write(to.arrays(i)[k], 0, values, values.length);
      }
    }
  }

  private static GRU4RecParameters.Builder with(Negatives negatives) {
    if (negatives == Negatives.CATALOGUE) {
      return TestSessions.tiny().toBuilder().set(NEGATIVES, negatives);
    }
    return TestSessions.tiny(Algorithm.NEG_SAMPLING).toBuilder()
        .set(NEGATIVES, negatives)
        .set(NUM_SAMPLES, 9)
        .set(NUM_NEGATIVES, 1);
  }

  @ParameterizedTest
  @EnumSource(OptimizationAlgorithm.class)
  void roundsOfAllSessionsAreTheEpochsOfOneMachine(OptimizationAlgorithm optimizer) {
    // Nothing random, so that the streams do not matter.
    GRU4RecParameters p =
        TestSessions.tiny().toBuilder()
            .set(OPTIMIZATION_ALGORITHM, optimizer)
            .set(MOMENTUM, 0.5)
            .set(DROPOUT, 0.0)
            .set(MAX_EPOCHS, 2)
            .build();
    Training training =
        new Training(DATA.x(), DATA.items(), null, p, new TrainingListener() {}, new Parallel(1));
    training.start().run(() -> false);
    Round first = round(p, DATA.x(), 0, 1);
    give(first, null, p);
    first.run();
    Round second = round(p, DATA.x(), 1, 1);
    give(second, first, p);
    Round.Result result = second.run();
    List<Parameter> expected = training.model().network().parameters();
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i).value(), second.parameters().get(i).value());
    }
    assertEquals(
        training.model().history().getLast().loss(), result.lossSum() / result.targets(), 0);
    assertEquals(training.model().history().getLast().steps(), result.steps());
  }

  @Property(tries = 20)
  void theRoundsOfAnEpochHaveEachTargetOnce(
      @ForAll @IntRange(min = 1, max = 70) int rounds, @ForAll SessionOrder order) {
    GRU4RecParameters p = TestSessions.tiny().toBuilder().set(SESSION_ORDER, order).build();
    int expected = 0;
    for (int user : DATA.x().activeUsers()) {
      expected += DATA.x().historyLength(user) - 1;
    }
    for (int epoch = 0; epoch < 2; epoch++) {
      long targets = 0;
      for (int i = 0; i < rounds; i++) {
        Round round = round(p, DATA.x(), epoch * rounds + i, rounds);
        give(round, null, p);
        targets += round.run().targets();
      }
      assertEquals(expected, targets);
    }
  }

  @ParameterizedTest
  @EnumSource(Negatives.class)
  void onlyTouchedRowsChange(Negatives negatives) {
    for (Embedding embedding : Embedding.values()) {
      GRU4RecParameters.Builder builder = with(negatives).set(EMBEDDING, embedding);
      if (embedding == Embedding.SHARED) {
        builder.set(NUM_COMPONENTS, 4);
      }
      GRU4RecParameters p = builder.build();
      Round round = round(p, DATA.x(), 0, 12);
      give(round, null, p);
      GruNetwork before = Round.initial(p, CLICKS.length, SEED);
      assertTrue(round.run().targets() > 0);
      for (int i = 0; i < before.parameters().size(); i++) {
        BitSet touched = round.touched(i);
        assertEquals(!before.parameters().get(i).isSparse(), touched == null);
        for (int row = 0; row < before.parameters().get(i).rows(); row++) {
          float[] old = row(before.parameters().get(i), row);
          float[] now = row(round.parameters().get(i), row);
          assertTrue(touched == null || touched.get(row) || Arrays.equals(old, now), "row " + row);
        }
        assertTrue(touched == null || touched.cardinality() < CLICKS.length);
      }
    }
  }

  private static float[] row(Parameter p, int row) {
    float[] values = new float[p.cols()];
    p.readRow(row, values, 0);
    return values;
  }

  @Test
  void momentumOfSgdTouchesAllRows() {
    GRU4RecParameters p =
        TestSessions.tiny().toBuilder()
            .set(OPTIMIZATION_ALGORITHM, OptimizationAlgorithm.SGD)
            .set(MOMENTUM, 0.5)
            .build();
    assertNull(round(p, DATA.x(), 0, 1).touched(0));
  }

  @ParameterizedTest
  @EnumSource(Negatives.class)
  void aRoundIsRepeatedToTheBitAndAnotherPlaceIsAnother(Negatives negatives) {
    GRU4RecParameters p = with(negatives).set(DROPOUT, 0.3).build();
    float[] once = after(p, new Round.Place(SEED, 1, 2, 4));
    assertArrayEquals(once, after(p, new Round.Place(SEED, 1, 2, 4)));
    assertFalse(Arrays.equals(once, after(p, new Round.Place(SEED, 2, 2, 4))));
    assertFalse(Arrays.equals(once, after(p, new Round.Place(SEED, 1, 6, 4))));
    assertFalse(Arrays.equals(once, after(p, new Round.Place(8, 1, 2, 4))));
  }

  private static float[] after(GRU4RecParameters p, Round.Place place) {
    Round round = new Round(p, DATA.x(), CLICKS, place, new Parallel(1));
    give(round, null, p);
    round.run();
    return round.arrays(0)[0];
  }

  @ParameterizedTest
  @EnumSource(Batching.class)
  void aPartitionWithoutSessionsMakesNoStep(Batching batching) {
    InteractionMatrix none = DATA.x().usersIn();
    for (Negatives negatives : Negatives.values()) {
      GRU4RecParameters p = with(negatives).set(BATCHING, batching).set(NUM_SAMPLES, 0).build();
      Round round = round(p, none, 0, 2);
      give(round, null, p);
      assertEquals(new Round.Result(0, 0, 0), round.run());
      assertArrayEquals(
          Round.initial(p, CLICKS.length, SEED).embedding().value(), round.arrays(0)[0]);
    }
  }
}
