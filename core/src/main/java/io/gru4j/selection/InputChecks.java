package io.gru4j.selection;

import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.Validation;

/** Refuses data that no estimator can be fitted on, before anything is done with them. */
final class InputChecks {
  private InputChecks() {}

  static void check(InteractionMatrix x, IdMap items, Validation validationOrNull) {
    requireTimestamps("X", x);
    if (items.size() != x.numItems()) {
      throw new IllegalArgumentException(
          "items: expected %d ids, one for each item of X, got %d"
              .formatted(x.numItems(), items.size()));
    }
    if (validationOrNull != null) {
      check("validation in", validationOrNull.in(), x);
      check("validation out", validationOrNull.out(), x);
    }
  }

  private static void check(String name, InteractionMatrix matrix, InteractionMatrix x) {
    requireTimestamps(name, matrix);
    if (!matrix.sameShape(x)) {
      throw new IllegalArgumentException(
          "%s: expected shape (%d, %d), got (%d, %d)"
              .formatted(name, x.numUsers(), x.numItems(), matrix.numUsers(), matrix.numItems()));
    }
    if (matrix.numInteractions() == 0) {
      throw new IllegalArgumentException(name + " has no interactions");
    }
  }

  static void requireTimestamps(String name, InteractionMatrix matrix) {
    if (!matrix.hasTimestamps()) {
      throw new IllegalArgumentException(
          name + " has no timestamps; they give the order of clicks");
    }
  }
}
