package io.gru4j.data;

/** Told now and then how far a reading is. */
@FunctionalInterface
public interface ReadListener {
  /**
   * Some rows more are read.
   *
   * @param rows read so far, of all files
   * @param bytes read so far, as they are in the files
   */
  void onRows(long rows, long bytes);
}
