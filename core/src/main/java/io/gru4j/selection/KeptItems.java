package io.gru4j.selection;

import io.gru4j.data.CsrMatrix;
import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.Validation;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Some of a matrix's items under new numbers 0, 1, ..., in the old order. The estimator gets the
 * new numbers, the caller the old ones.
 */
final class KeptItems {
  private final int[] oldOf; // by new number
  private final int[] newOf; // by old number; -1: dropped

  private KeptItems(int[] oldOf, int[] newOf) {
    this.oldOf = oldOf;
    this.newOf = newOf;
  }

  /** The items that have an interaction. */
  static KeptItems of(InteractionMatrix x) {
    int[] newOf = new int[x.numItems()];
    Arrays.fill(newOf, -1);
    for (int user = 0; user < x.numUsers(); user++) {
      for (int position = 0; position < x.historyLength(user); position++) {
        newOf[x.item(user, position)] = 0;
      }
    }
    int[] oldOf = IntStream.range(0, newOf.length).filter(i -> newOf[i] == 0).toArray();
    for (int i = 0; i < oldOf.length; i++) {
      newOf[oldOf[i]] = i;
    }
    return new KeptItems(oldOf, newOf);
  }

  /** How many items there were, the dropped ones included. */
  int numItems() {
    return newOf.length;
  }

  int numDropped() {
    return newOf.length - oldOf.length;
  }

  boolean isAll() {
    return numDropped() == 0;
  }

  IdMap narrow(IdMap items) {
    return IdMap.of(Arrays.stream(oldOf).mapToObj(items::idOf).toList());
  }

  Validation narrow(Validation validation) {
    return new Validation(narrow(validation.in()), narrow(validation.out()));
  }

  /** Users x kept items: interactions with dropped items are left out. */
  InteractionMatrix narrow(InteractionMatrix x) {
    int[] users = new int[x.numInteractions()];
    int[] items = new int[users.length];
    double[] times = new double[users.length];
    int n = 0;
    for (int user = 0; user < x.numUsers(); user++) {
      for (int position = 0; position < x.historyLength(user); position++) {
        int item = newOf[x.item(user, position)];
        if (item >= 0) {
          users[n] = user;
          items[n] = item;
          times[n++] = x.timestamp(user, position);
        }
      }
    }
    return InteractionMatrix.of(
        x.numUsers(),
        oldOf.length,
        Arrays.copyOf(users, n),
        Arrays.copyOf(items, n),
        Arrays.copyOf(times, n));
  }

  /** Users x all items: dropped items have no score. */
  CsrMatrix widen(CsrMatrix scores) {
    CsrMatrix.Builder builder = CsrMatrix.builder(scores.rows(), newOf.length);
    for (int user = 0; user < scores.rows(); user++) {
      int[] columns = scores.rowIndices(user); // a copy, ascending in both numberings
      for (int i = 0; i < columns.length; i++) {
        columns[i] = oldOf[columns[i]];
      }
      builder.row(columns, scores.rowValues(user));
    }
    return builder.build();
  }
}
