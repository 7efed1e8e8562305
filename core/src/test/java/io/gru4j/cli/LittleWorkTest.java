package io.gru4j.cli;

import static io.gru4j.parameters.GRU4RecOptions.EMBEDDING;
import static io.gru4j.parameters.GRU4RecOptions.HIDDEN_SIZES;
import static io.gru4j.parameters.GRU4RecOptions.NEGATIVES;
import static io.gru4j.parameters.GRU4RecOptions.NUM_SAMPLES;
import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_NEGATIVES;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.Validation;
import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecOptions.Embedding;
import io.gru4j.parameters.GRU4RecOptions.Negatives;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.LayerSizes;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How much there is to compute: counted by hand for 1,000 clicks on 500 items. */
class LittleWorkTest {
  private static final int CLICKS = 1000;
  private static final int ITEMS = 500;
  private static final int E = 3;
  private static final int H = 4;
  private static final int EPOCHS = 2;
  private static final double GRU = 3 * H * (E + H);

  private final InteractionMatrix train = sessions(CLICKS);

  private static InteractionMatrix sessions(int clicks) {
    int[] users = new int[clicks];
    int[] items = new int[clicks];
    double[] times = new double[clicks];
    for (int i = 0; i < clicks; i++) {
      users[i] = i / 10;
      items[i] = i % ITEMS;
      times[i] = i;
    }
    return InteractionMatrix.of(CLICKS, ITEMS, users, items, times);
  }

  private static GRU4RecParameters.Builder small(Algorithm algorithm) {
    return GRU4RecParameters.builder(algorithm)
        .set(NUM_COMPONENTS, E)
        .set(HIDDEN_SIZE, H)
        .set(MAX_EPOCHS, EPOCHS)
        .set(BATCH_SIZE, 6)
        .set(BPTT, 5);
  }

  private double work(GRU4RecParameters.Builder builder) {
    return LittleWork.ofTraining(builder.build(), train, null);
  }

  @Test
  void theWholeCatalogueIsScored() {
    assertEquals(3.0 * EPOCHS * CLICKS * (ITEMS * H + GRU), work(small(Algorithm.CROSS_ENTROPY)));
  }

  @Test
  void ofNegativesOnlyWhatIsDrawnIsScored() {
    assertEquals(
        3.0 * EPOCHS * CLICKS * ((7 + 1) * H + GRU),
        work(small(Algorithm.NEG_SAMPLING).set(NUM_NEGATIVES, 7)));
  }

  @Test
  void ofSharedSamplesTheTargetsOfTheStepAreScoredToo() {
    for (Algorithm algorithm : Algorithm.values()) {
      GRU4RecParameters.Builder shared =
          small(algorithm).set(NEGATIVES, Negatives.SHARED).set(NUM_SAMPLES, 20);
      assertEquals(3.0 * EPOCHS * CLICKS * ((20 + 6 * 5) * H + GRU), work(shared));
      assertEquals( // a step has no more targets than there are clicks
          3.0 * EPOCHS * CLICKS * ((20 + CLICKS) * H + GRU), work(shared.set(BATCH_SIZE, 4096)));
    }
  }

  @Test
  void layersOfOtherSizesCount() {
    GRU4RecParameters.Builder layers =
        small(Algorithm.NEG_SAMPLING)
            .set(NUM_NEGATIVES, 1)
            .set(HIDDEN_SIZES, new LayerSizes(List.of(5, H)));
    double upper = 3 * H * (5 + H);
    assertEquals(
        3.0 * EPOCHS * CLICKS * (2 * H + 3 * 5 * (E + 5) + upper), work(layers), "two layers");
    assertEquals(
        3.0 * EPOCHS * CLICKS * (2 * H + 3 * 5 * (H + 5) + upper),
        work(layers.set(EMBEDDING, Embedding.SHARED)),
        "the embedding is as wide as the upper layer");
  }

  @Test
  void theCriterionScoresAllItemsWhateverTrainingDoes() {
    Validation validation = new Validation(sessions(300), sessions(300));
    for (Algorithm algorithm : Algorithm.values()) {
      GRU4RecParameters parameters = small(algorithm).build();
      assertEquals(
          LittleWork.ofTraining(parameters, train, null) + EPOCHS * 30.0 * ITEMS * H,
          LittleWork.ofTraining(parameters, train, validation));
    }
  }
}
