package io.gru4j.algorithms;

import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_LAYERS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gru4j.data.Interaction;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.Validation;
import io.gru4j.file.Json;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.tensor.autograd.Parameter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** One recorded RecPack run; resources/golden/README.md says what its fields mean. */
record Recording(String name, Map<String, Object> fields) {

  /** Reads all recordings: of the folder in the property {@code golden.dir}, else our own. */
  static List<Recording> all() {
    String folder = System.getProperty("golden.dir");
    try {
      Path dir =
          folder != null
              ? given(Path.of(folder))
              : Path.of(Recording.class.getResource("/golden/README.md").toURI()).getParent();
      try (Stream<Path> files = Files.list(dir)) {
        List<Recording> all =
            files
                .filter(f -> f.toString().endsWith(".json"))
                .sorted()
                .map(Recording::read)
                .toList();
        if (all.isEmpty()) {
          throw new IllegalStateException(dir.toAbsolutePath() + " has no recording (*.json)");
        }
        return all;
      }
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException("cannot read recordings: " + e, e);
    }
  }

  /** A relative folder is meant from where the build was started: tests run one folder below. */
  private static Path given(Path folder) {
    return Files.isDirectory(folder) ? folder : Path.of("..").resolve(folder);
  }

  @SuppressWarnings("unchecked")
  private static Recording read(Path file) {
    try {
      Map<String, Object> fields = (Map<String, Object>) Json.parse(Files.readString(file));
      assertEquals("gru4rec-golden/1", fields.get("schema"), file + ": schema");
      return new Recording((String) fields.get("name"), fields);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Parameters by name, as the class that recorded them was given. */
  GRU4RecParameters parameters() {
    return GRU4RecParameters.defaults().withParams(map("config"));
  }

  @SuppressWarnings("unchecked")
  Map<String, Object> map(String field) {
    return (Map<String, Object>) fields.get(field);
  }

  List<?> list(String field) {
    return (List<?>) fields.get(field);
  }

  int integer(String field) {
    return ((Number) fields.get(field)).intValue();
  }

  InteractionMatrix matrix(List<?> triples) {
    List<Interaction> rows =
        triples.stream()
            .map(t -> (List<?>) t)
            .map(
                t ->
                    new Interaction(
                        ((Number) t.get(0)).intValue(),
                        ((Number) t.get(1)).intValue(),
                        ((Number) t.get(2)).doubleValue()))
            .toList();
    return InteractionMatrix.of(integer("numUsers"), integer("numItems"), rows);
  }

  Validation validation() {
    Map<String, Object> both = map("validation");
    return new Validation(matrix((List<?>) both.get("in")), matrix((List<?>) both.get("out")));
  }

  /** The initial network, with the bits that RecPack started from. */
  GruNetwork initialNetwork() {
    GRU4RecParameters p = parameters();
    GruNetwork network =
        GruNetwork.zeros(
            integer("numItems"), p.get(NUM_COMPONENTS), p.get(HIDDEN_SIZE), p.get(NUM_LAYERS));
    Map<String, Object> values = map("initialParams");
    Map<String, Parameter> byName = new HashMap<>();
    network.parameters().forEach(parameter -> byName.put(parameter.name(), parameter));
    assertEquals(values.keySet(), byName.keySet(), name + ": parameter names");
    byName.forEach(
        (key, parameter) -> {
          float[] flat = floats(values.get(key));
          assertEquals(parameter.rows() * parameter.cols(), flat.length, name + ": size of " + key);
          parameter.write(0, flat, flat.length);
        });
    return network;
  }

  /** Flattens nested lists, row by row, each number rounded to the float32 that it equals. */
  static float[] floats(Object nested) {
    double[] doubles = doubles(nested);
    float[] floats = new float[doubles.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) doubles[i];
    }
    return floats;
  }

  /** Flattens nested lists, row by row. */
  static double[] doubles(Object nested) {
    return flatten(nested).mapToDouble(Number::doubleValue).toArray();
  }

  private static Stream<Number> flatten(Object nested) {
    return nested instanceof List<?> list
        ? list.stream().flatMap(Recording::flatten)
        : Stream.of((Number) nested);
  }

  @Override
  public String toString() {
    return name;
  }
}
