package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class NumbersTest {
  @Test
  void numbersAreWrittenForPeople() {
    assertEquals("17,794", Numbers.count(17_794));
    assertEquals("1 click", Numbers.count(1, "click"));
    assertEquals("0 clicks", Numbers.count(0, "click"));
    assertEquals("0.5807", Numbers.score(0.58069));
    assertEquals("0.8 s", Numbers.duration(0.81));
    assertEquals("42 s", Numbers.duration(42.4));
    assertEquals("3 min 20 s", Numbers.duration(200));
    assertEquals("2 h 5 min", Numbers.duration(7500));
    assertEquals("?", Numbers.duration(Double.NaN));
    assertEquals("?", Numbers.duration(Double.POSITIVE_INFINITY));
    assertEquals("999 bytes", Numbers.bytes(999));
    assertEquals("1.0 kB", Numbers.bytes(1000));
    assertEquals("1.0 MB", Numbers.bytes(999_999));
    assertEquals("5.1 GB", Numbers.bytes(5_123_456_789L));
  }

  @Test
  void tablesAreAligned() {
    TextTable table = new TextTable().row("", "x").row("ab", "100").row("c", "1");
    assertEquals("      x\nab  100\nc     1\n", table.toString());
    assertEquals("    x\nab  100\nc   1\n", table.leftAligned());
  }
}
