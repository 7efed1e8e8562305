package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecParameters.PREDICT_TOP_K;
import static io.gru4j.parameters.GRU4RecParameters.STOPPING_CRITERION;

import io.gru4j.data.CsrMatrix;
import io.gru4j.data.Validation;
import io.gru4j.metrics.Criterion;
import io.gru4j.model.FittedModel;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.RandomStream;
import java.util.Arrays;
import java.util.OptionalInt;

/** The stopping criterion on validation data, of all users or of a sample of them. */
public final class ValidationCriterion {
  // Of the seed's streams; Training has the others.
  private static final int SAMPLE = 2;
  private static final int CRITERION = 3;

  private ValidationCriterion() {}

  /**
   * Draws users without replacement from those with expected items.
   *
   * @param validation all users
   * @param size {@code validation_sample_size}; null for all
   * @param seed of the training
   * @return the users drawn; the given data if {@code size} is not below the number of users
   */
  public static Validation sample(Validation validation, Integer size, long seed) {
    int[] users = validation.out().activeUsers();
    if (size == null || size >= users.length) {
      return validation;
    }
    RandomStream random = new RandomStream(RandomStream.at(seed, SAMPLE));
    for (int i = 0; i < size; i++) { // Fisher-Yates, the first places
      int j = i + random.nextInt(users.length - i);
      int user = users[i];
      users[i] = users[j];
      users[j] = user;
    }
    int[] drawn = Arrays.copyOf(users, size);
    return new Validation(validation.in().usersIn(drawn), validation.out().usersIn(drawn));
  }

  /**
   * Computes the criterion.
   *
   * @param model what is judged
   * @param validation all its users count
   * @param parameters of the estimator
   * @param seed of the training
   * @param parallel runs the work
   * @return the value
   */
  public static double of(
      FittedModel model,
      Validation validation,
      GRU4RecParameters parameters,
      long seed,
      Parallel parallel) {
    Criterion criterion = parameters.get(STOPPING_CRITERION);
    CsrMatrix scores = model.predict(validation.in(), scoresThatCount(parameters), parallel);
    return criterion.value(validation.out().values(), scores, RandomStream.at(seed, CRITERION));
  }

  /** How many of a user's scores the criterion looks at, at most; null for all. */
  private static Integer scoresThatCount(GRU4RecParameters parameters) {
    Integer topK = parameters.get(PREDICT_TOP_K);
    OptionalInt cutoff = parameters.get(STOPPING_CRITERION).cutoff();
    if (cutoff.isEmpty()) {
      return topK;
    }
    return topK == null ? cutoff.getAsInt() : Math.min(topK, cutoff.getAsInt());
  }
}
