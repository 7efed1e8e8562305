package io.gru4j.algorithms;

import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.Validation;
import java.util.stream.IntStream;

/** Refuses data that no estimator can be fitted on, before any work begins. */
public final class DataChecks {
  private DataChecks() {}

  /**
   * Checks the data that an estimator is fitted on.
   *
   * @param x users x items
   * @param items ids of the items
   * @param validation validation data; null for none
   * @throws IllegalArgumentException if a matrix has no timestamps, no interactions or another
   *     shape than {@code x}, or there is not one id for each item; the message names it
   */
  public static void check(InteractionMatrix x, IdMap items, Validation validation) {
    check("X", x, x);
    if (items.size() != x.numItems()) {
      throw new IllegalArgumentException(
          "items: expected %d ids, one for each item of X, got %d"
              .formatted(x.numItems(), items.size()));
    }
    if (validation != null) {
      check("validation in", validation.in(), x);
      check("validation out", validation.out(), x);
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

  /**
   * Checks that clicks have an order.
   *
   * @param name what the message calls the matrix
   * @param matrix users x items
   * @throws IllegalArgumentException if it has no timestamps
   */
  public static void requireTimestamps(String name, InteractionMatrix matrix) {
    if (!matrix.hasTimestamps()) {
      throw new IllegalArgumentException(
          name + " has no timestamps; they give the order of clicks");
    }
  }

  /**
   * Checks that there is something to predict.
   *
   * @param name what the message calls the matrix
   * @param matrix users x items
   * @throws IllegalArgumentException if no user has two interactions
   */
  static void requireTargets(String name, InteractionMatrix matrix) {
    if (IntStream.range(0, matrix.numUsers()).noneMatch(user -> matrix.historyLength(user) > 1)) {
      throw new IllegalArgumentException(
          name + " has no user with two interactions: there is no next item to learn");
    }
  }

  /**
   * Checks that a target has an item that it can be told from.
   *
   * @param estimator its name
   * @param items ids of the items
   * @throws IllegalArgumentException if there is one
   */
  static void requireNegatives(String estimator, IdMap items) {
    if (items.size() < 2) {
      throw new IllegalArgumentException(
          "items: %s needs at least 2, a target and a negative, got %d"
              .formatted(estimator, items.size()));
    }
  }
}
