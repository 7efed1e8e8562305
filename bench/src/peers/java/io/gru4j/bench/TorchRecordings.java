package io.gru4j.bench;

import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_LAYERS;
import static io.gru4j.parameters.GRU4RecParameters.OPTIMIZATION_ALGORITHM;

import io.gru4j.data.Interaction;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SequenceBatches;
import io.gru4j.file.Json;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.OptimizationAlgorithm;
import io.gru4j.tensor.autograd.Parameter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * Compares the loops on libtorch with the recorded runs of RecPack: the loss of every step and the
 * parameters after the last.
 */
final class TorchRecordings {

  private static final double LIMIT = 1e-4;

  private final Map<?, ?> recording;
  private double largest;

  private TorchRecordings(Path file) {
    try {
      recording = (Map<?, ?>) Json.parse(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Replays every recording that the update supports: the fused one has only Adagrad.
   *
   * @param folder with recordings ({@code *.json})
   * @return how many runs agreed and the largest absolute difference, as text
   * @throws IllegalStateException if a number differs by more than 1e-4, or there is no recording
   */
  static String check(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(f -> f.toString().endsWith(".json")).sorted().toList();
    }
    double largest = 0;
    int runs = 0;
    for (Path file : files) {
      TorchRecordings dense = new TorchRecordings(file);
      dense.replay(file, false);
      largest = Math.max(largest, dense.largest);
      runs++;
      if (dense.parameters().get(OPTIMIZATION_ALGORITHM) == OptimizationAlgorithm.ADAGRAD) {
        TorchRecordings fused = new TorchRecordings(file);
        fused.replay(file, true);
        largest = Math.max(largest, fused.largest);
        runs++;
      }
    }
    if (runs == 0) {
      throw new IllegalStateException("no recording (*.json) in " + folder.toAbsolutePath());
    }
    return runs + " replayed runs agree, largest difference " + largest;
  }

  @SuppressWarnings("unchecked")
  private GRU4RecParameters parameters() {
    return GRU4RecParameters.defaults().withParams((Map<String, Object>) recording.get("config"));
  }

  private void replay(Path file, boolean fused) {
    GRU4RecParameters p = parameters();
    TorchNetwork network = new TorchNetwork(initialNetwork(p));
    TorchUpdate update =
        fused ? new FusedTorchUpdate(network, p) : new DenseTorchUpdate(network, p);
    TorchTraining training = new TorchTraining(network, p, update);
    List<TorchChunk> chunks =
        TorchChunk.of(SequenceBatches.of(interactions(), p.get(BATCH_SIZE)), p.get(BPTT));
    List<?> steps = (List<?>) recording.get("steps");
    int epochs = ((List<?>) recording.get("epochs")).size();
    if (steps.size() != epochs * chunks.size()) {
      throw new IllegalStateException(
          "%s: %d steps recorded, %d epochs of %d chunks"
              .formatted(file, steps.size(), epochs, chunks.size()));
    }
    for (int i = 0; i < steps.size(); i++) {
      double loss = training.step(chunks.get(i % chunks.size()));
      compare(file + ": loss of step " + i, number(((Map<?, ?>) steps.get(i)).get("loss")), loss);
    }
    Map<?, ?> expected = (Map<?, ?>) recording.get("finalParams");
    network.all().forEach((name, tensor) -> compare(file, name, expected.get(name), tensor));
  }

  private void compare(Path file, String name, Object nested, Tensor tensor) {
    double[] expected = flatten(nested).mapToDouble(Number::doubleValue).toArray();
    float[] actual = new float[expected.length];
    tensor.detach().contiguous().data_ptr_float().get(actual);
    for (int i = 0; i < actual.length; i++) {
      compare(file + ": " + name + "[" + i + "]", expected[i], actual[i]);
    }
  }

  private void compare(String what, double expected, double actual) {
    double difference = Math.abs(expected - actual);
    if (!(difference <= LIMIT)) {
      throw new IllegalStateException(what + ": recorded " + expected + ", got " + actual);
    }
    largest = Math.max(largest, difference);
  }

  private GruNetwork initialNetwork(GRU4RecParameters p) {
    GruNetwork network =
        GruNetwork.zeros(
            (int) number(recording.get("numItems")),
            p.get(NUM_COMPONENTS),
            p.get(HIDDEN_SIZE),
            p.get(NUM_LAYERS));
    Map<?, ?> initial = (Map<?, ?>) recording.get("initialParams");
    for (Parameter parameter : network.parameters()) {
      double[] values =
          flatten(initial.get(parameter.name())).mapToDouble(Number::doubleValue).toArray();
      float[] floats = new float[values.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) values[i];
      }
      parameter.write(0, floats, floats.length);
    }
    return network;
  }

  private InteractionMatrix interactions() {
    List<Interaction> rows =
        ((List<?>) recording.get("interactions"))
            .stream()
                .map(triple -> (List<?>) triple)
                .map(
                    t ->
                        new Interaction(
                            (int) number(t.get(0)), (int) number(t.get(1)), number(t.get(2))))
                .toList();
    return InteractionMatrix.of(
        (int) number(recording.get("numUsers")), (int) number(recording.get("numItems")), rows);
  }

  private static double number(Object value) {
    return ((Number) value).doubleValue();
  }

  private static Stream<Number> flatten(Object nested) {
    return nested instanceof List<?> list
        ? list.stream().flatMap(TorchRecordings::flatten)
        : Stream.of((Number) nested);
  }
}
