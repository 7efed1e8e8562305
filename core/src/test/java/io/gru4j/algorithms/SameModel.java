package io.gru4j.algorithms;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import io.gru4j.tensor.autograd.Parameter;
import java.util.List;

/** Whether two models are the same in all but the seconds that training took. */
public final class SameModel {
  private SameModel() {}

  /** Compares bits, epochs, seed, parameters and ids. */
  public static void check(FittedModel expected, FittedModel actual) {
    assertArrayEquals(values(expected), values(actual));
    assertEquals(epochs(expected.history()), epochs(actual.history()));
    assertEquals(expected.seed(), actual.seed());
    assertEquals(expected.parameters(), actual.parameters());
    assertEquals(expected.items(), actual.items());
  }

  /** All values of the network, row by row. */
  static float[] values(FittedModel model) {
    List<Parameter> parameters = model.network().parameters();
    float[] all = new float[parameters.stream().mapToInt(p -> p.rows() * p.cols()).sum()];
    int at = 0;
    for (Parameter p : parameters) {
      for (int row = 0; row < p.rows(); row++) {
        for (int col = 0; col < p.cols(); col++) {
          all[at++] = p.get(row, col);
        }
      }
    }
    return all;
  }

  private static List<EpochSummary> epochs(List<EpochSummary> history) {
    return history.stream()
        .map(
            e ->
                new EpochSummary(
                    e.epoch(),
                    0,
                    e.targets(),
                    e.steps(),
                    e.loss(),
                    e.criterion(),
                    e.better(),
                    e.stopped()))
        .toList();
  }
}
