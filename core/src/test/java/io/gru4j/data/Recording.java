package io.gru4j.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** One recorded RecPack run; the fields are described in golden/README.md. */
public record Recording(String name, Map<String, Object> json) {

  /** All recordings of the test resources, by name. */
  public static List<Recording> all() {
    try {
      URL readme = Recording.class.getResource("/golden/README.md");
      try (Stream<Path> files = Files.list(Path.of(readme.toURI()).getParent())) {
        List<Recording> recordings =
            files.filter(f -> f.toString().endsWith(".json")).sorted().map(Recording::of).toList();
        if (recordings.isEmpty()) {
          throw new IllegalStateException("no recording beside " + readme);
        }
        return recordings;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Recording of(Path file) {
    try {
      return new Recording(
          file.getFileName().toString(), object(JsonValue.parse(Files.readString(file))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("unchecked")
  public static Map<String, Object> object(Object value) {
    return (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked")
  public static List<Object> list(Object value) {
    return (List<Object>) value;
  }

  public static int[] ints(Object value) {
    return list(value).stream().mapToInt(x -> ((Double) x).intValue()).toArray();
  }

  public static double[] doubles(Object value) {
    return list(value).stream().mapToDouble(x -> (Double) x).toArray();
  }

  public static double[][] matrix(Object value) {
    return list(value).stream().map(Recording::doubles).toArray(double[][]::new);
  }

  public int number(String field) {
    return ((Double) json.get(field)).intValue();
  }

  public Map<String, Object> config() {
    return object(json.get("config"));
  }

  public int config(String parameter) {
    return ((Double) config().get(parameter)).intValue();
  }

  public InteractionMatrix training() {
    return interactions(json.get("interactions"));
  }

  public Validation validation() {
    Map<String, Object> both = object(json.get("validation"));
    return new Validation(interactions(both.get("in")), interactions(both.get("out")));
  }

  private InteractionMatrix interactions(Object triples) {
    List<Interaction> rows =
        list(triples).stream()
            .map(Recording::doubles)
            .map(t -> new Interaction((int) t[0], (int) t[1], t[2]))
            .toList();
    return InteractionMatrix.of(number("numUsers"), number("numItems"), rows);
  }

  @Override
  public String toString() {
    return name;
  }
}
