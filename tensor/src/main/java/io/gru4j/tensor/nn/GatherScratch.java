package io.gru4j.tensor.nn;

import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.nn.SharedNegatives.SLOT;

import io.gru4j.tensor.kernel.Kernels;

/** What a thread of {@link SharedNegatives} needs for itself. */
final class GatherScratch {
  final float[] rows; // of W, one after the other
  final float[] panel; // the same, [h][class]
  final float[] grads; // of the same rows, each filled up to panels
  final float[] biases = new float[PANEL]; // or their gradients
  final float[] units; // rows of W of a slot, [h / 32][class][h % 32]
  final float[] block = new float[Kernels.blockScratch(SLOT)];
  private float[] packed = new float[0]; // scores of a panel

  GatherScratch(int H) {
    rows = new float[PANEL * H];
    panel = new float[PANEL * H];
    grads = new float[(int) (PANEL * Buffers.padded(H))];
    units = new float[(int) (SLOT * PANEL * Buffers.padded(H))];
  }

  static double bytes(int H, int M) {
    return Float.BYTES
        * (PANEL * (2.0 * H + Buffers.padded(H) + 1)
            + SLOT * PANEL * Buffers.padded(H)
            + Kernels.blockScratch(SLOT)
            + Buffers.packedRows(PANEL, M));
  }

  /** For M rows. */
  float[] packed(int M) {
    return packed = Buffers.atLeast(packed, Buffers.packedRows(PANEL, M));
  }
}
