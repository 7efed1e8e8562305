package io.gru4j.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RandomStreamTest {
  /** Figures of the published generator, so that a seed means the same for ever. */
  @Test
  void isTheKnownGenerator() {
    RandomStream random = new RandomStream(1234567);
    assertEquals(6457827717110365317L, random.nextLong());
    assertEquals(3203168211198807973L, random.nextLong());
  }

  @Property
  void atFindsTheSameNumbersAsAStream(@ForAll long seed, @ForAll @IntRange(max = 50) int position) {
    RandomStream random = new RandomStream(seed);
    for (int i = 0; i < position; i++) {
      random.nextLong();
    }
    assertEquals(random.nextLong(), RandomStream.at(seed, position));
  }

  @Test
  void integersAreEquallyLikely() {
    RandomStream random = new RandomStream(1234567);
    int[] counts = new int[7];
    for (int i = 0; i < 70_000; i++) {
      counts[random.nextInt(7)]++;
    }
    for (int count : counts) {
      assertEquals(10_000, count, 400);
    }
    assertThrows(IllegalArgumentException.class, () -> random.nextInt(0));
  }
}
