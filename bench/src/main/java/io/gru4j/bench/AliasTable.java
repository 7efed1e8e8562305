package io.gru4j.bench;

import java.util.Arrays;

/**
 * Walker's alias method, the rival of gru4j's guide table in {@link ItemSamplerBenchmark}: each of
 * n equal columns holds a share of its own number, and one other number.
 *
 * <p>Source: Vose 1991, "A linear algorithm for generating random numbers with a given
 * distribution".
 */
final class AliasTable {

  private final double[] own; // [column]: share of its number, at most 1
  private final int[] alias; // [column]: the other number

  AliasTable(double[] weights) {
    int n = weights.length;
    double sum = Arrays.stream(weights).sum();
    own = new double[n];
    alias = new int[n];
    int[] waiting = new int[n]; // numbers below a column's height first, the others from the end
    int small = 0;
    int large = n;
    for (int i = 0; i < n; i++) {
      own[i] = weights[i] / sum * n;
      alias[i] = i;
      if (own[i] < 1) {
        waiting[small++] = i;
      } else {
        waiting[--large] = i;
      }
    }
    while (small > 0 && large < n) {
      int i = waiting[--small];
      int giver = waiting[large];
      alias[i] = giver;
      own[giver] -= 1 - own[i];
      if (own[giver] < 1) {
        large++;
        waiting[small++] = giver;
      }
    }
    while (small > 0) {
      own[waiting[--small]] = 1; // all but rounding
    }
    while (large < n) {
      own[waiting[large++]] = 1;
    }
  }

  /** The number that a uniform one in [0, 1) stands for. */
  int at(double u) {
    double x = u * own.length;
    int column = (int) x;
    return x - column < own[column] ? column : alias[column];
  }

  /** The chance of each number, as the columns have it. */
  double[] chances() {
    double[] chances = new double[own.length];
    for (int i = 0; i < own.length; i++) {
      chances[i] += own[i] / own.length;
      chances[alias[i]] += (1 - own[i]) / own.length;
    }
    return chances;
  }
}
