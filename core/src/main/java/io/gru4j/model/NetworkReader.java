package io.gru4j.model;

import io.gru4j.file.SafeTensorsReader;
import io.gru4j.file.TensorType;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Reads the network of a model file: checks that all shapes agree before it takes memory, then that
 * every value is a number and no score can overflow. Three threads read a large one, which changes
 * nothing, also not which fault is found. An embedding that is mapped is read through once all the
 * same, for these checks, its checksum and its part of the fingerprint, but not by the mapping.
 */
final class NetworkReader {
  private static final int BUFFER = 1 << 15;
  private static final long LARGE = 1 << 22; // values

  private final Path file;
  private final SafeTensorsReader reader;
  private GruNetwork network;
  private ScoreBound bound;
  private long embeddingHash; // 0: not known

  /** What else there is to read, on a thread beside the network's. */
  @FunctionalInterface
  interface Beside {
    void read(int numItems) throws IOException;
  }

  NetworkReader(Path file, SafeTensorsReader reader) {
    this.file = file;
    this.reader = reader;
  }

  /** {@link ModelFingerprint#embedding} of a mapped embedding; 0 of another. */
  long embeddingHash() {
    return embeddingHash;
  }

  /**
   * Reads the network.
   *
   * @param shared whether the output layer's weights are the embedding
   * @param leastMapped bytes from which on an embedding that is not shared stays in the file
   * @param beside read too; its fault counts after the network's
   */
  GruNetwork read(boolean shared, long leastMapped, Beside beside) throws IOException {
    network = zeros(shared, leastMapped);
    bound = new ScoreBound(network);
    List<Parameter> parameters = network.parameters();
    Exception[] faults = new Exception[parameters.size() + 1];
    long values = parameters.stream().mapToLong(p -> (long) p.rows() * p.cols()).sum();
    try (Parallel parallel = new Parallel(values < LARGE ? 1 : 3)) {
      parallel.run(
          faults.length,
          i -> {
            try {
              if (i < parameters.size()) {
                read(parameters.get(i));
              } else {
                beside.read(network.numItems());
              }
            } catch (IOException | RuntimeException e) {
              faults[i] = e;
            }
          });
    }
    for (int i = 0; i < parameters.size(); i++) {
      raise(faults[i]);
    }
    if (bound.fault() != null) {
      throw new ModelFileException(file, bound.fault());
    }
    raise(faults[parameters.size()]);
    return network;
  }

  private static void raise(Exception faultOrNull) throws IOException {
    switch (faultOrNull) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      default -> throw new IllegalStateException(faultOrNull);
    }
  }

  private void read(Parameter p) throws IOException {
    SafeTensorsReader own = reader.another();
    boolean mapped = p.isMapped();
    long hash = mapped ? ModelFingerprint.begin(network.numItems(), p) : 0;
    float[] buffer = new float[BUFFER];
    long count = (long) p.rows() * p.cols();
    for (long done = 0; done < count; done += BUFFER) {
      int n = (int) Math.min(BUFFER, count - done);
      own.readFloats(p.name(), done, buffer, 0, n);
      int wrong = bound.add(p, buffer, 0, n);
      if (wrong >= 0) {
        throw new ModelFileException(
            file,
            "tensor \"%s\": value %d is %s, expected a number"
                .formatted(p.name(), done + wrong, buffer[wrong]));
      }
      if (mapped) {
        hash = ModelFingerprint.values(hash, buffer, 0, n);
      } else {
        p.write(done, buffer, n);
      }
    }
    if (mapped) {
      embeddingHash = hash;
    }
  }

  private GruNetwork zeros(boolean shared, long leastMapped) throws IOException {
    String table = shared ? "lin.weight" : "emb.weight";
    long[] embedding = matrixShape(table);
    matrixShape("lin.weight");
    int layers = 0;
    while (reader.contains("rnn.weight_hh_l" + layers)) {
      layers++;
    }
    if (layers == 0) {
      throw new ModelFileException(file, "tensor rnn.weight_hh_l0 is missing");
    }
    long[] sizes = new long[layers];
    for (int i = 0; i < layers; i++) {
      sizes[i] = matrixShape("rnn.weight_hh_l" + i)[1];
    }
    if (embedding[0] < 2) {
      throw new ModelFileException(
          file,
          "tensor %s has %d rows, expected items + 1, at least 2".formatted(table, embedding[0]));
    }
    checkTotal(table, embedding, sizes);
    try {
      int items = Math.toIntExact(embedding[0] - 1);
      int components = Math.toIntExact(embedding[1]);
      int[] hidden = LongStream.of(sizes).mapToInt(Math::toIntExact).toArray();
      if (shared) {
        return GruNetwork.sharedZeros(items, hidden, GruNetwork.Form.PANELS);
      }
      return embedding[0] * embedding[1] * Float.BYTES >= leastMapped
          ? GruNetwork.mapped(items, components, hidden, reader.map(table))
          : GruNetwork.zeros(items, components, hidden, GruNetwork.Form.PANELS);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new ModelFileException(file, "is too large for this library: " + e.getMessage());
    }
  }

  /** All shapes must agree before memory is taken for any of them. */
  private void checkTotal(String table, long[] embedding, long[] sizes) throws IOException {
    long E = embedding[1];
    long inputs = E;
    for (int i = 0; i < sizes.length; i++) {
      long H = sizes[i];
      reader.require("rnn.weight_ih_l" + i, TensorType.F32, 3 * H, inputs);
      reader.require("rnn.weight_hh_l" + i, TensorType.F32, 3 * H, H);
      reader.require("rnn.bias_ih_l" + i, TensorType.F32, 3 * H);
      reader.require("rnn.bias_hh_l" + i, TensorType.F32, 3 * H);
      inputs = H;
    }
    reader.require(table, TensorType.F32, embedding[0], E);
    reader.require("lin.weight", TensorType.F32, embedding[0], inputs);
    reader.require("lin.bias", TensorType.F32, embedding[0]);
  }

  private long[] matrixShape(String name) throws IOException {
    long[] shape = reader.shape(name);
    if (shape.length != 2 || shape[0] < 1 || shape[1] < 1) {
      throw new ModelFileException(
          file, "tensor " + name + " is no matrix, its shape has " + shape.length + " sizes");
    }
    return shape;
  }
}
