package io.gru4j.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ThrottledTest {
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private final List<String> log = new ArrayList<>();
  private long now = Long.MAX_VALUE - MINUTE / 2; // the clock may wrap
  private final Throttled throttled = new Throttled(log::add, () -> now);

  @Test
  void oneLineAMinuteAndEachIsCountedOnce() {
    throttled.say("a");
    throttled.say("b");
    throttled.say("c");
    throttled.sayUnsaid();
    assertEquals(List.of("a"), log);
    now += MINUTE;
    throttled.say("d");
    assertEquals(List.of("a", "d (and 2 times before, unsaid)"), log);
    now += MINUTE;
    throttled.say("e");
    assertEquals("e", log.getLast());
  }

  @Test
  void whatIsCountedIsLoggedThoughNothingFollows() {
    throttled.sayUnsaid();
    throttled.say("a");
    throttled.say("b");
    throttled.say("c");
    now += MINUTE - 1;
    throttled.sayUnsaid();
    assertEquals(List.of("a"), log);
    now++;
    throttled.sayUnsaid();
    throttled.sayUnsaid();
    assertEquals(List.of("a", "c (and 1 times before, unsaid)"), log);
    throttled.say("d");
    now += MINUTE;
    throttled.sayUnsaid();
    assertEquals(List.of("a", "c (and 1 times before, unsaid)", "d"), log);
  }
}
