package io.gru4j.cli;

import static io.gru4j.parameters.GRU4RecOptions.EMBEDDING;
import static io.gru4j.parameters.GRU4RecOptions.NEGATIVES;
import static io.gru4j.parameters.GRU4RecOptions.NUM_SAMPLES;
import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_NEGATIVES;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.Validation;
import io.gru4j.parameters.GRU4RecOptions.Embedding;
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
  static final double MULTIPLY_ADDS = 8e9;

  private static final double BYTES_OF_CLICK = 16;
  private static final double PACKING_RATIO = 4;

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

  /**
   * The multiply-adds of a training: of the GRU and the output layer, forward and back, and of the
   * criterion.
   *
   * @param validationOrNull what the criterion is computed on after each epoch
   */
  static double ofTraining(
      GRU4RecParameters parameters, InteractionMatrix train, Validation validationOrNull) {
    double clicks = train.numInteractions();
    int[] sizes = parameters.layerSizes();
    int H = sizes[sizes.length - 1];
    double scored =
        switch (parameters.get(NEGATIVES)) {
          case CATALOGUE -> train.numItems();
          case OWN -> parameters.get(NUM_NEGATIVES) + 1.0;
          case SHARED -> {
            double most = (double) parameters.get(BATCH_SIZE) * parameters.get(BPTT);
            yield parameters.get(NUM_SAMPLES) + Math.min(most, clicks);
          }
        };
    double sessions = validationOrNull == null ? 0 : validationOrNull.in().numActiveUsers();
    double ofEpoch =
        3 * clicks * (scored * H + ofGru(parameters, sizes)) + sessions * train.numItems() * H;
    return parameters.get(MAX_EPOCHS) * ofEpoch;
  }

  /** Of one click. */
  private static double ofGru(GRU4RecParameters parameters, int[] sizes) {
    boolean shared = parameters.get(EMBEDDING) == Embedding.SHARED;
    double inputs = shared ? sizes[sizes.length - 1] : parameters.get(NUM_COMPONENTS);
    double sum = 0;
    for (int H : sizes) {
      sum += 3.0 * H * (inputs + H);
      inputs = H;
    }
    return sum;
  }

  /** About the multiply-adds of scoring all items after each click of files, which are not read. */
  static double ofScoring(Path model, List<Path> sessions) throws IOException {
    double bytes = 0;
    for (Path file : sessions) {
      if (!Files.isRegularFile(file)) {
        return Double.POSITIVE_INFINITY; // a pipe, or nothing, which the reader reports
      }
      boolean packed = file.toString().matches("(?i).*\\.(gz|zip)");
      bytes += (packed ? PACKING_RATIO : 1) * Files.size(file);
    }
    double clicks = bytes / BYTES_OF_CLICK;
    return Files.isRegularFile(model) ? clicks * Files.size(model) / Float.BYTES : 0;
  }
}
