package io.gru4j.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The figures of some rounds: their median, with the least and the greatest beside it. */
record Sample(double[] values) {

  /** Takes one figure of each round. */
  static Sample of(List<double[]> rounds, int figure) {
    return new Sample(rounds.stream().mapToDouble(round -> round[figure]).toArray());
  }

  /** Divides these figures by others, round by round. */
  Sample over(Sample other) {
    double[] ratios = new double[values.length];
    Arrays.setAll(ratios, i -> values[i] / other.values[i]);
    return new Sample(ratios);
  }

  Sample times(double factor) {
    return new Sample(Arrays.stream(values).map(v -> v * factor).toArray());
  }

  double median() {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }

  /** Median (least - greatest), with three digits. */
  @Override
  public String toString() {
    return "%s (%s - %s)"
        .formatted(
            digits(median()),
            digits(Arrays.stream(values).min().getAsDouble()),
            digits(Arrays.stream(values).max().getAsDouble()));
  }

  private static String digits(double value) {
    int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
