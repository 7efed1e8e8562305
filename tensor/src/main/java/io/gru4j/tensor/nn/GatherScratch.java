package io.gru4j.tensor.nn;

import static io.gru4j.tensor.kernel.Kernels.PANEL;

import io.gru4j.tensor.kernel.Kernels;

/** What a thread of {@link SharedNegatives} needs for itself. */
final class GatherScratch {
  final float[] rows; // of W, one after the other
  final float[] panel; // the same, [h][class]
  final float[] grads; // of the same rows, each filled up to panels
  final float[] biases = new float[PANEL]; // or their gradients
  private float[] units = new float[0]; // rows of W of a slot, [h / 32][class][h % 32]
  private float[] packed = new float[0]; // scores of a panel
  private float[] block = new float[0]; // of a block product

  GatherScratch(int H) {
    rows = new float[PANEL * H];
    panel = new float[PANEL * H];
    grads = new float[(int) (PANEL * Buffers.padded(H))];
  }

  static double bytes(int H, int M, double C) {
    return Float.BYTES
        * (PANEL * (2.0 * H + Buffers.padded(H) + 1)
            + Buffers.packedRows(PANEL, M)
            + SharedNegatives.SLOT * PANEL * Buffers.padded(H)
            + Kernels.blockScratch(SharedNegatives.SLOT));
  }

  float[] units(int panels, int unitPanels) {
    return units = Buffers.atLeast(units, (double) panels * PANEL * unitPanels * PANEL);
  }

  float[] packed(int M) {
    return packed = Buffers.atLeast(packed, Buffers.packedRows(PANEL, M));
  }

  float[] block(int panels) {
    return block = Buffers.atLeast(block, Kernels.blockScratch(panels));
  }
}
