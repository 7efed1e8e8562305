package io.gru4j.tensor.nn;

import static io.gru4j.tensor.kernel.Kernels.PANEL;

import io.gru4j.tensor.autograd.Layout;
import io.gru4j.tensor.autograd.Parameter;

/**
 * How the classes of an output layer are cut into tiles, and the tiles into slots; and how long the
 * logits are.
 *
 * <p>A tile is up to 1024 neighbouring classes, whole panels. A slot is some neighbouring tiles,
 * the work of one task, which sums its own part of a gradient. The cut depends on the number of
 * classes only, so threads do not change a bit.
 *
 * @param panels of all classes
 * @param tiles as many in each slot
 * @param slots at most 16
 */
record ClassTiles(int panels, int tiles, int slots) {
  /** The most panels of a tile. */
  static final int MAX_PANELS = 32;

  private static final int MIN_PANELS = 4; // or a little less, since tiles are alike
  private static final int MAX_SLOTS = 16;

  /** Cuts so many classes. */
  static ClassTiles of(int classes) {
    int panels = Parameter.panelCount(classes);
    int slots = Math.min(MAX_SLOTS, Math.ceilDiv(panels, MIN_PANELS));
    return new ClassTiles(panels, slots * Math.ceilDiv(panels, slots * MAX_PANELS), slots);
  }

  /** First panel of a tile: they are as alike as can be, and so the shares of the threads. */
  int start(int tile) {
    return (int) Math.ceilDiv((long) tile * panels, tiles);
  }

  /** First tile of a slot. */
  int ofSlot(int slot) {
    return slot * tiles / slots;
  }

  /** Panels of the largest tile. */
  int mostPanels() {
    return Math.ceilDiv(panels, tiles);
  }

  /** Length of the logits of all classes, {@code [panel][row][32]}. */
  double logitsLength(int rows) {
    return Layout.OFFSET + panels * panelStride(rows);
  }

  /** The same of the largest tile. */
  double tileLength(int rows) {
    return Layout.OFFSET + mostPanels() * panelStride(rows);
  }

  /** From one panel of logits to the next. */
  static double panelStride(int rows) {
    return (double) PANEL * rows + PANEL / 2; // an odd number of cache lines
  }
}
