package io.gru4j.fuzz;

import static io.gru4j.fuzz.Mutations.any;
import static io.gru4j.fuzz.Mutations.gzip;
import static io.gru4j.fuzz.Mutations.utf8;

import io.gru4j.selection.SearchFileReading;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/** Saved interaction matrices and results of a search that are wrong. */
final class OtherFaults {
  private OtherFaults() {}

  static List<Fault> interactions() {
    return List.of(
        Fault.of("sound", r -> matrix(r, 9, 9)),
        Fault.of("changed anywhere", r -> Mutations.anywhere(r, matrix(r, 9, 9))),
        Fault.of("cut", r -> Mutations.cut(r, matrix(r, 9, 9))),
        Fault.of("numbers", r -> Mutations.replaceNumber(r, matrix(r, 9, 9))),
        Fault.of("ids out of range", r -> matrix(r, r.nextInt(9), r.nextInt(9))),
        Fault.fillsHeap("huge counts", r -> matrix(r, huge(r), huge(r))));
  }

  private static int huge(SplittableRandom random) {
    return any(
        random, new Integer[] {1 << 20, 4_000_000, 8_000_000, 100_000_000, Integer.MAX_VALUE});
  }

  private static byte[] matrix(SplittableRandom random, int users, int items) {
    boolean times = random.nextBoolean();
    int rows = random.nextInt(20);
    StringBuilder text = new StringBuilder("#gru4j-interactions version=1 users=");
    text.append(users).append(" items=").append(items).append(" rows=").append(rows).append('\n');
    text.append(times ? "user\titem\ttimestamp\n" : "user\titem\n");
    for (int i = 0; i < rows; i++) {
      text.append(random.nextInt(9)).append('\t').append(random.nextInt(9));
      text.append(times ? "\t" + random.nextInt(99) : "").append('\n');
    }
    byte[] bytes = utf8(text.toString());
    return random.nextInt(4) == 0 ? gzip(bytes) : bytes;
  }

  static List<Fault> searches() {
    byte[][] sound = soundSearches();
    return List.of(
        Fault.of("sound", r -> any(r, sound)),
        Fault.of("changed anywhere", r -> Mutations.anywhere(r, any(r, sound))),
        Fault.of("cut", r -> Mutations.cut(r, any(r, sound))),
        Fault.of("numbers", r -> Mutations.replaceNumber(r, any(r, sound))),
        Fault.of("deep JSON", r -> Mutations.insert(r, any(r, sound), utf8("[".repeat(9999)))),
        Fault.of("random bytes", r -> Mutations.randomBytes(r, r.nextInt(300))));
  }

  private static byte[][] soundSearches() {
    try {
      Path file = Files.createTempFile("gru4j", ".jsonl");
      try {
        byte[][] sound = new byte[SearchFileReading.CANDIDATES + 1][];
        for (int results = 0; results < sound.length; results++) {
          SearchFileReading.write(file, results);
          sound[results] = Files.readAllBytes(file);
        }
        return sound;
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
