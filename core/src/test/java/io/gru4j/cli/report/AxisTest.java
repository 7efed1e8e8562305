package io.gru4j.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AxisTest {
  private static List<String> labels(Axis axis) {
    return axis.ticks().stream().map(axis::label).toList();
  }

  @Test
  void ticksAreRoundNumbers() {
    assertEquals(
        List.of("0.58", "0.60", "0.62", "0.64", "0.66"), labels(Axis.real(0.5828, 0.661, 0, 100)));
    assertEquals(List.of("1"), labels(Axis.count(1, 1, 0, 100)));
    assertEquals(List.of("1", "2", "3"), labels(Axis.count(1, 3, 0, 100)));
    assertEquals(List.of("1", "50", "100", "150", "200"), labels(Axis.count(1, 200, 0, 100)));
    assertEquals(
        List.of("0", "2,000", "4,000", "6,000", "8,000"), labels(Axis.fromZero(7_700, 0, 100)));
    assertEquals(List.of("1", "10", "100", "1,000"), labels(Axis.powersOfTen(746, 0, 100)));
    assertEquals(List.of("1", "10"), labels(Axis.powersOfTen(1, 0, 100)));
    assertEquals(List.of("1", "10", "100"), labels(Axis.powersOfTen(100, 0, 100)));
  }

  @Property(tries = 500)
  void aFewTicksOnTheAxisAndEveryLabelIsAnother(
      @ForAll @DoubleRange(min = -1e6, max = 1e6) double least,
      @ForAll @DoubleRange(min = 0, max = 1e6) double span,
      @ForAll @IntRange(min = 1, max = 100_000) int epochs) {
    Stream.of(
            Axis.real(least, least + span, 230, 14),
            Axis.count(1, epochs, 0, 400),
            Axis.fromZero(epochs, 230, 14),
            Axis.powersOfTen(epochs, 0, 400))
        .forEach(AxisTest::check);
  }

  private static void check(Axis axis) {
    int n = axis.ticks().size();
    assertTrue(n >= 1 && n <= 8, () -> "ticks " + axis.ticks());
    assertEquals(n, new HashSet<>(labels(axis)).size(), () -> "labels " + labels(axis));
    double before = Double.NaN;
    for (BigDecimal tick : axis.ticks()) {
      double at = axis.at(tick.doubleValue());
      double least = Math.min(axis.from(), axis.to()) - 1e-6;
      double most = Math.max(axis.from(), axis.to()) + 1e-6;
      assertTrue(at >= least && at <= most, () -> tick + " is off the axis");
      assertTrue(
          Double.isNaN(before) || Math.signum(at - before) == Math.signum(axis.to() - axis.from()));
      before = at;
    }
  }
}
