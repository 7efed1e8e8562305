package io.gru4j.algorithms;

import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.SEED;

import io.gru4j.data.IdMap;
import io.gru4j.data.Interaction;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.Validation;
import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Small made-up sessions: item i is mostly followed by i + 1, and low item numbers are frequent.
 *
 * @param x what to train on
 * @param items ids of its items
 * @param validation of the same shape
 */
public record TestSessions(InteractionMatrix x, IdMap items, Validation validation) {

  /**
   * Makes sessions of 0 to 6 clicks.
   *
   * @param seed the same seed makes the same sessions
   * @param users rows of all matrices
   * @param items columns of all matrices
   * @return the sessions
   */
  public static TestSessions make(long seed, int users, int items) {
    Random random = new Random(seed);
    InteractionMatrix x = matrix(random, users, items);
    Validation validation = Validation.leaveLastOut(matrix(random, users, items));
    return new TestSessions(x, ids(items), validation);
  }

  private static IdMap ids(int items) {
    return IdMap.of(IntStream.range(0, items).mapToObj(i -> "item" + i).toList());
  }

  private static InteractionMatrix matrix(Random random, int users, int items) {
    List<Interaction> rows = new ArrayList<>();
    for (int user = 0; user < users; user++) {
      int length = user == 0 ? 4 : random.nextInt(7);
      int item = random.nextInt(1 + random.nextInt(items));
      for (int click = 0; click < length; click++) {
        rows.add(new Interaction(user, item, click));
        item = random.nextInt(4) == 0 ? random.nextInt(items) : (item + 1) % items;
      }
    }
    return InteractionMatrix.of(users, items, rows);
  }

  /** Parameters of a model that trains in no time. */
  public static GRU4RecParameters tiny() {
    return tiny(Algorithm.CROSS_ENTROPY);
  }

  /** The same for any estimator. */
  public static GRU4RecParameters tiny(Algorithm algorithm) {
    return GRU4RecParameters.builder(algorithm)
        .set(HIDDEN_SIZE, 4)
        .set(NUM_COMPONENTS, 3)
        .set(BATCH_SIZE, 5)
        .set(MAX_EPOCHS, 3)
        .set(LEARNING_RATE, 0.1)
        .set(SEED, 7L)
        .build();
  }
}
