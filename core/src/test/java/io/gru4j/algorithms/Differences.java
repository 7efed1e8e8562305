package io.gru4j.algorithms;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The largest absolute difference from a recording by kind, and the check that each is small. */
public final class Differences {
  private static final double LIMIT = 1e-4;

  private final String recording;
  private final Map<String, Double> largest = new LinkedHashMap<>();

  /** Starts without any; messages name the recording. */
  public Differences(String recording) {
    this.recording = recording;
  }

  /** Takes a difference in; fails if it is above 1e-4, or not a number. */
  public void add(String kind, double expected, double actual) {
    double difference = Math.abs(expected - actual);
    assertTrue(
        difference <= LIMIT,
        () -> recording + ": " + kind + ": recorded " + expected + ", got " + actual);
    largest.merge(kind, difference, Math::max);
  }

  /** All kinds, each with its largest difference, in one line. */
  @Override
  public String toString() {
    return largest.entrySet().stream()
        .map(e -> String.format(Locale.ROOT, "%s %.1e", e.getKey(), e.getValue()))
        .collect(Collectors.joining(", ", recording + ": ", ""));
  }
}
