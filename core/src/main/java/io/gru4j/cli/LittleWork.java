package io.gru4j.cli;

import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.tensor.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Tells the kernels when a command has little to compute. Scalar kernels are then done before the
 * JVM has compiled those on the Vector API; results have the same bits.
 */
final class LittleWork {
  /** Below so many multiply-adds scalar kernels are done first; measured, see docs/speed.md. */
  static final double MULTIPLY_ADDS = 5e9;

  private static final double BYTES_OF_CLICK = 16;
  private static final double GZIP_RATIO = 4;

  private static volatile boolean ownProcess;

  private LittleWork() {}

  /** Says that this process runs one command: what it chooses is for nobody else. */
  static void inOwnProcess() {
    ownProcess = true;
  }

  /** Tells it, if it is so; to be called before anything is computed. */
  static void expect(double multiplyAdds) {
    if (ownProcess && multiplyAdds < MULTIPLY_ADDS) {
      Backend.expectLittleWork();
    }
  }

  /** The multiply-adds of a training with the whole softmax: its output layer, forward and back. */
  static double ofTraining(GRU4RecParameters parameters, InteractionMatrix train) {
    return 3.0 * parameters.get(MAX_EPOCHS) * ofScoring(parameters.get(HIDDEN_SIZE), train);
  }

  /** About the multiply-adds of scoring all items after each click of files, which are not read. */
  static double ofScoring(Path model, List<Path> sessions) throws IOException {
    double bytes = 0;
    for (Path file : sessions) {
      if (!Files.isRegularFile(file)) {
        return Double.POSITIVE_INFINITY; // a pipe, or nothing, which the reader reports
      }
      bytes += (file.toString().endsWith(".gz") ? GZIP_RATIO : 1) * Files.size(file);
    }
    double clicks = bytes / BYTES_OF_CLICK;
    return Files.isRegularFile(model) ? clicks * Files.size(model) / Float.BYTES : 0;
  }

  /** The multiply-adds of scoring all items after each click. */
  static double ofScoring(int hiddenSize, InteractionMatrix sessions) {
    return (double) sessions.numInteractions() * sessions.numItems() * hiddenSize;
  }
}
