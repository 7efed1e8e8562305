package io.gru4j.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class IsoTimeTest {
  private static final long NANOS = 1_000_000_000L;

  private static IsoTime.Kind read(IsoTime iso, String text) {
    byte[] bytes = ("x" + text + "x").getBytes(StandardCharsets.UTF_8);
    return iso.read(bytes, 1, bytes.length - 1);
  }

  @Property(tries = 300)
  void readsWhatTheJdkWrites(@ForAll long seed) {
    Random random = new Random(seed);
    long seconds = random.nextLong(-9_000_000_000L, 9_000_000_000L); // 1684 to 2255
    int nanos = random.nextInt(3) == 0 ? 0 : random.nextInt((int) NANOS);
    Instant instant = Instant.ofEpochSecond(seconds, nanos);
    long expected = seconds * NANOS + nanos;
    IsoTime iso = new IsoTime(ZoneOffset.UTC);
    assertEquals(IsoTime.Kind.ZONED, read(iso, instant.toString()));
    assertEquals(expected, iso.nanos());
    ZoneOffset offset = ZoneOffset.ofTotalSeconds(60 * random.nextInt(-12 * 60, 12 * 60));
    String written =
        instant
            .atOffset(offset)
            .format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.nnnnnnnnn xxx", Locale.ROOT))
            .replaceFirst("\\.\\d+", String.format(Locale.ROOT, ".%09d", nanos));
    assertEquals(IsoTime.Kind.ZONED, read(iso, written), written);
    assertEquals(expected, iso.nanos(), written);
    for (String id : List.of("Europe/Berlin", "America/New_York", "+05:30", "UTC")) {
      ZoneId zone = ZoneId.of(id);
      IsoTime local = new IsoTime(zone);
      LocalDateTime clock = LocalDateTime.ofInstant(instant, zone);
      assertEquals(IsoTime.Kind.LOCAL, read(local, clock.toString()), clock::toString);
      long there = clock.atZone(zone).toEpochSecond();
      assertEquals(there * NANOS + nanos, local.nanos(), id + " " + clock);
    }
  }

  @Test
  void saysWhatATextIs() {
    IsoTime iso = new IsoTime(ZoneOffset.UTC);
    assertEquals(IsoTime.Kind.DATE, read(iso, "2019-10-01"));
    assertEquals(1_569_888_000L * NANOS, iso.nanos());
    for (String zoned :
        List.of(
            "2019-10-01 00:00:00 UTC",
            "2019-10-01T00:00Z",
            "2019-10-01T02:00:00+0200",
            "2019-09-30 22:00:00-02",
            "2019-10-01 00:00:00.000 GMT")) {
      assertEquals(IsoTime.Kind.ZONED, read(iso, zoned), zoned);
      assertEquals(1_569_888_000L * NANOS, iso.nanos(), zoned);
    }
    assertEquals(IsoTime.Kind.LOCAL, read(iso, "2014-12-06 02"));
    for (String none :
        List.of(
            "",
            "2019-10-1",
            "2019-02-30",
            "2019-13-01",
            "2019-10-01x",
            "2019-10-01T",
            "2019-10-01T24:00",
            "2019-10-01T10:60",
            "2019-10-01T10:00:61",
            "2019-10-01T10:00:00.",
            "2019-10-01T10:00:00.0000000001",
            "2019-10-01T10:00:00 CET",
            "2019-10-01T10:00:00+19:00",
            "9999-12-31",
            "20191001",
            "01.10.2019 10:00")) {
      assertEquals(IsoTime.Kind.NONE, read(iso, none), none);
    }
  }
}
