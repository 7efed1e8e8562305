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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One recorded run of an original; the README.md beside it, in resources/golden or golden-sampled,
 * says what its fields mean.
 */
public record Recording(String name, Map<String, Object> fields) {

  private static final String FOLDER = "golden.dir";

  /** Reads all recordings: of the folder in the property {@code golden.dir}, else our own. */
  public static List<Recording> all() {
    Path dir = folder("/golden");
    List<Recording> all = in(dir, "gru4rec-golden/1");
    if (all.isEmpty()) {
      throw new IllegalStateException(dir.toAbsolutePath() + " has no recording (*.json)");
    }
    return all;
  }

  /**
   * Reads all recordings of trainings against negatives: those in the folders {@code recpack} and
   * {@code official} of the folder in the property {@code golden.dir}, else our own.
   */
  public static List<Recording> sampled() {
    Path dir = folder("/golden-sampled");
    List<Recording> all = new ArrayList<>();
    for (String kind : List.of("recpack", "official")) {
      if (Files.isDirectory(dir.resolve(kind))) {
        in(dir.resolve(kind), "gru4rec-neg-golden/1").stream()
            .map(each -> new Recording(kind + "/" + each.name, each.fields))
            .forEach(all::add);
      }
    }
    if (all.isEmpty()) {
      throw new IllegalStateException(
          dir.toAbsolutePath() + " has no recording (recpack/*.json, official/*.json)");
    }
    return all;
  }

  private static Path folder(String own) {
    String folder = System.getProperty(FOLDER);
    try {
      return folder != null
          ? given(Path.of(folder))
          : Path.of(Recording.class.getResource(own + "/README.md").toURI()).getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("cannot find recordings: " + e, e);
    }
  }

  private static List<Recording> in(Path dir, String schema) {
    try (Stream<Path> files = Files.list(dir)) {
      return files
          .filter(f -> f.toString().endsWith(".json"))
          .sorted()
          .map(file -> read(file, schema))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read recordings: " + e, e);
    }
  }

  /** A relative folder is meant from where the build was started: tests run one folder below. */
  private static Path given(Path folder) {
    return Files.isDirectory(folder) ? folder : Path.of("..").resolve(folder);
  }

  @SuppressWarnings("unchecked")
  private static Recording read(Path file, String schema) {
    try {
      Map<String, Object> fields = (Map<String, Object>) Json.parse(Files.readString(file));
      assertEquals(schema, fields.get("schema"), file + ": schema");
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
  public Map<String, Object> map(String field) {
    return (Map<String, Object>) fields.get(field);
  }

  public List<?> list(String field) {
    return (List<?>) fields.get(field);
  }

  public int integer(String field) {
    return ((Number) fields.get(field)).intValue();
  }

  public InteractionMatrix matrix(List<?> triples) {
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

  public Validation validation() {
    Map<String, Object> both = map("validation");
    return new Validation(matrix((List<?>) both.get("in")), matrix((List<?>) both.get("out")));
  }

  /** The initial network, with the bits that RecPack started from. */
  GruNetwork initialNetwork() {
    GRU4RecParameters p = parameters();
    return initialise(
        GruNetwork.zeros(
            integer("numItems"), p.get(NUM_COMPONENTS), p.get(HIDDEN_SIZE), p.get(NUM_LAYERS)));
  }

  /** Gives a network the values that RecPack started from, to the bit. */
  public GruNetwork initialise(GruNetwork network) {
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
  public static float[] floats(Object nested) {
    double[] doubles = doubles(nested);
    float[] floats = new float[doubles.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) doubles[i];
    }
    return floats;
  }

  /** Flattens nested lists, row by row. */
  public static double[] doubles(Object nested) {
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
