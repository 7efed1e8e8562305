package io.gru4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class TimeSortTest {
  @Property(tries = 200)
  void sortsAsTheJdkDoesAndKeepsEquals(
      @ForAll @IntRange(max = 300) int n, @ForAll @IntRange(max = 4) int kind, @ForAll long seed) {
    Random random = new Random(seed);
    int from = random.nextInt(3);
    long[] times = new long[from + n + 2];
    for (int i = 0; i < times.length; i++) {
      times[i] =
          switch (kind) {
            case 0 -> random.nextLong();
            case 1 -> random.nextInt(5);
            case 2 -> 1_700_000_000_000_000_000L + random.nextInt();
            case 3 -> random.nextBoolean() ? Long.MIN_VALUE : Long.MAX_VALUE;
            default -> i;
          };
    }
    int[] numbers = IntStream.range(0, times.length).toArray();
    long[] before = times.clone();
    int[] expected =
        IntStream.range(from, from + n)
            .boxed()
            .sorted(Comparator.comparingLong(i -> before[i]))
            .mapToInt(i -> i)
            .toArray();
    TimeSort.sort(times, numbers, from, from + n);
    assertArrayEquals(expected, Arrays.copyOfRange(numbers, from, from + n));
    for (int i = 0; i < times.length; i++) {
      assertEquals(before[numbers[i]], times[i]);
    }
  }
}
