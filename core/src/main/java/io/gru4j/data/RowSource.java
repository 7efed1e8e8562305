package io.gru4j.data;

import java.io.Closeable;
import java.io.IOException;
import java.util.Map;

/** Rows of named fields, one after the other, each field a slice of {@link #buffer}. */
interface RowSource extends Closeable {
  /** Whether there may be a field of this name, so that it is not one of joined names. */
  boolean has(String name);

  /** Asks for a field before the first row; returns its number for the calls below. */
  int want(String name) throws IOException;

  /** Moves to the next row. */
  boolean next() throws IOException;

  /**
   * The fields that were asked for: each name with null, or, if no row read by now has the field, a
   * few words about that.
   */
  Map<String, String> absences();

  byte[] buffer();

  /** Where the field of this number starts in {@link #buffer}. */
  int start(int wanted);

  int end(int wanted);

  /** The line of the row, from 1. */
  long line();

  /** A fault of the value of a field. */
  SessionFileException fault(int wanted, String expected);
}
