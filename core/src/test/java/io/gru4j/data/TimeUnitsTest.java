package io.gru4j.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class TimeUnitsTest {
  /** Also times that are written as dates: those fit no unit. */
  @Property
  void noNumberFitsTwoUnits(@ForAll @LongRange(min = 0) long number) {
    for (double time = number; time >= 1; time /= 10) {
      double each = time;
      long fits =
          Arrays.stream(TimeUnits.values())
              .filter(unit -> TimeUnits.isLikely(each / unit.perSecond()))
              .count();
      assertTrue(fits <= 1, () -> each + " fits " + fits);
      assertEquals(fits == 1, TimeUnits.guess(each) != null);
    }
  }

  @Property
  void datesAsNumbersFitNoUnitAndAreKnown(
      @ForAll @LongRange(min = 0, max = 4_102_444_799L) long s) {
    LocalDateTime time = LocalDateTime.ofEpochSecond(Math.max(s, 283_996_800), 0, ZoneOffset.UTC);
    for (String pattern : new String[] {"yyyyMMdd", "yyyyMMddHHmm", "yyyyMMddHHmmss"}) {
      double number = Double.parseDouble(time.format(DateTimeFormatter.ofPattern(pattern)));
      assertNull(TimeUnits.guess(number));
      assertEquals(pattern, TimePatterns.ofNumbers(2, i -> number));
      assertNull(TimePatterns.ofNumbers(2, i -> number + i / 2.0), "no whole number");
      assertNull(TimePatterns.ofNumbers(2, i -> i == 0 ? number : 5));
    }
  }

  @Test
  void likelyTimesAreThoseOfTheYears() {
    String[] years = TimeUnits.LIKELY.split(" to ");
    assertEquals(2, years.length);
    assertTrue(
        TimeUnits.isLikely(start(years[0], 0)) && !TimeUnits.isLikely(start(years[0], 0) - 1));
    assertTrue(
        TimeUnits.isLikely(start(years[1], 1) - 1) && !TimeUnits.isLikely(start(years[1], 1)));
    assertNull(TimePatterns.ofNumbers(0, i -> 0), "no number");
  }

  private static double start(String year, int more) {
    return LocalDateTime.of(Integer.parseInt(year) + more, 1, 1, 0, 0)
        .toEpochSecond(ZoneOffset.UTC);
  }
}
