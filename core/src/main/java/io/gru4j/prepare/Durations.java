package io.gru4j.prepare;

import java.time.Duration;

/** Durations as people write them. */
final class Durations {
  private Durations() {}

  /** 30 min, 1 h, 7 d, 90 s. */
  static String words(Duration duration) {
    long seconds = duration.toSeconds();
    if (duration.getNano() > 0 || seconds == 0) {
      return duration.toNanos() / 1e9 + " s";
    }
    if (seconds % 86_400 == 0) {
      return seconds / 86_400 + " d";
    }
    if (seconds % 3600 == 0) {
      return seconds / 3600 + " h";
    }
    return seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
  }
}
