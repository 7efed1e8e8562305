package io.gru4j.bench;

import java.io.IOException;
import java.util.List;

/** Finds the smallest heap in which a task of gru4j's side can be done. */
final class LeastHeap {

  private LeastHeap() {}

  /**
   * Bisects, by 100 MiB, with a JVM of its own for each try.
   *
   * @param fails a heap that is too small, in hundreds of MiB
   * @param works one that is large enough
   * @param task of {@link Ours}
   * @return the smallest that was tried and works, in hundreds of MiB
   */
  static int search(int fails, int works, String... task) throws IOException {
    while (works - fails > 1) {
      int middle = (fails + works) / 2;
      try (Side side =
          Side.ours(List.of("-Xmx" + middle + "00m", "-XX:+ExitOnOutOfMemoryError"), task)) {
        if (side.isReady()) {
          works = middle;
        } else {
          fails = middle;
        }
      }
    }
    return works;
  }
}
