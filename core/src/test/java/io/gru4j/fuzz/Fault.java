package io.gru4j.fuzz;

import java.util.SplittableRandom;

/**
 * One class of bad input.
 *
 * @param name what the report calls it
 * @param share how often it is made, of all files of its reader; heavy files are made seldom
 * @param fillsHeap whether the heap may be too small for what such a file says
 * @param maker makes a file's bytes
 */
record Fault(String name, int share, boolean fillsHeap, Maker maker) {
  private static final int OFTEN = 100;

  /** Makes the bytes of a file from random numbers alone. */
  interface Maker {
    byte[] make(SplittableRandom random);
  }

  static Fault of(String name, Maker maker) {
    return new Fault(name, OFTEN, false, maker);
  }

  /** Some megabytes, or seconds. */
  static Fault heavy(String name, Maker maker) {
    return new Fault(name, 3, false, maker);
  }

  static Fault fillsHeap(String name, Maker maker) {
    return new Fault(name, 3, true, maker);
  }
}
