package io.gru4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.gru4j.data.IdMap;
import io.gru4j.file.Json;
import io.gru4j.tensor.autograd.Parameter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** ONNX Runtime with our files says what the model says. */
class OnnxFileTest {
  private static final float LIMIT = 1e-5f;

  private final Path folder;

  OnnxFileTest() throws IOException {
    folder = Files.createTempDirectory("onnx");
    folder.toFile().deleteOnExit();
  }

  static Stream<RecordedNetworks.Named> recordings() {
    return RecordedNetworks.all();
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void recordedNetworksScoreTheSame(RecordedNetworks.Named recorded) throws Exception {
    GruNetwork network = recorded.network();
    Random random = new Random(1);
    List<int[]> sessions = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      sessions.add(random.ints(1 + random.nextInt(8), 0, network.numItems()).toArray());
    }
    check(model(network), sessions);
  }

  @Property(tries = 40)
  void anyNetworkScoresTheSame(
      @ForAll @IntRange(min = 1, max = 60) int items,
      @ForAll @IntRange(min = 1, max = 9) int components,
      @ForAll @Size(min = 1, max = 3) List<@IntRange(min = 1, max = 40) Integer> hidden,
      @ForAll boolean shared,
      @ForAll long seed)
      throws Exception {
    int[] sizes = hidden.stream().mapToInt(h -> h).toArray();
    GruNetwork network =
        shared
            ? GruNetwork.sharedZeros(items, sizes, GruNetwork.Form.PANELS)
            : GruNetwork.zeros(items, components, sizes, GruNetwork.Form.PANELS);
    Random random = new Random(seed);
    for (Parameter p : network.parameters()) {
      float[] values = new float[p.rows() * p.cols()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian() / 2;
      }
      p.write(0, values, values.length);
    }
    List<int[]> sessions = new ArrayList<>();
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      sessions.add(random.ints(1 + random.nextInt(6), 0, items).toArray());
    }
    check(model(network), sessions);
  }

  private static FittedModel model(GruNetwork network) {
    List<String> ids =
        IntStream.range(0, network.numItems()).mapToObj(i -> "Schuh \u2615 " + i).toList();
    return new FittedModel(network, IdMap.of(ids), Map.of(), List.of(), null);
  }

  /** Both graphs against the model, the one in a batch and the other click by click. */
  private void check(FittedModel model, List<int[]> sessions) throws Exception {
    int k = Math.min(20, model.numItems());
    Path whole = folder.resolve("sessions.onnx");
    Path step = folder.resolve("step.onnx");
    OnnxFile.writeSessions(model, whole);
    OnnxFile.writeStep(model, step);
    OrtEnvironment ort = OrtEnvironment.getEnvironment();
    try (OrtSession session = ort.createSession(Files.readAllBytes(whole));
        OrtSession single = ort.createSession(Files.readAllBytes(step))) {
      checkIds(model, session);
      float[][] scores = checkSessions(model, session, sessions, k);
      checkSteps(model, single, sessions, scores);
    } finally {
      Files.delete(whole);
      Files.delete(step);
    }
  }

  private static void checkIds(FittedModel model, OrtSession session) throws Exception {
    List<?> ids =
        (List<?>) Json.parse(session.getMetadata().getCustomMetadata().get("gru4j.item_ids"));
    assertEquals(IntStream.range(0, model.numItems()).mapToObj(model.items()::idOf).toList(), ids);
  }

  private static float[][] checkSessions(
      FittedModel model, OrtSession session, List<int[]> sessions, int k) throws Exception {
    int longest = sessions.stream().mapToInt(s -> s.length).max().orElseThrow();
    long[][] items = new long[sessions.size()][longest];
    int[] lengths = new int[sessions.size()];
    for (int i = 0; i < lengths.length; i++) {
      int[] clicks = sessions.get(i);
      lengths[i] = clicks.length;
      for (int t = 0; t < longest; t++) { // behind the end any item may stand
        items[i][t] = t < clicks.length ? clicks[t] : model.numItems() - 1;
      }
    }
    OrtEnvironment ort = OrtEnvironment.getEnvironment();
    try (OnnxTensor of = OnnxTensor.createTensor(ort, items);
        OnnxTensor until = OnnxTensor.createTensor(ort, lengths);
        OnnxTensor top = OnnxTensor.createTensor(ort, new long[] {k});
        OrtSession.Result result = session.run(Map.of("items", of, "lengths", until, "k", top))) {
      float[][] scores = (float[][]) value(result, "scores");
      float[][] best = (float[][]) value(result, "top_scores");
      long[][] bestItems = (long[][]) value(result, "top_items");
      String[][] ids = (String[][]) value(result, "top_ids");
      for (int i = 0; i < lengths.length; i++) {
        List<String> clicks = ids(model, sessions.get(i));
        List<Recommendation> all =
            model.recommend(clicks, model.numItems(), UnknownItems.FAIL).items();
        assertEquals(model.numItems(), scores[i].length);
        for (Recommendation each : all) {
          int item = model.items().indexOf(each.item());
          assertClose(each.score(), scores[i][item]);
        }
        for (int place = 0; place < k; place++) {
          int item = (int) bestItems[i][place];
          assertEquals(model.items().idOf(item), ids[i][place]);
          assertEquals(scores[i][item], best[i][place]);
          if (!ids[i][place].equals(all.get(place).item())) { // only where ours are nearly equal
            assertClose(all.get(place).score(), best[i][place]);
          }
        }
      }
      return scores;
    }
  }

  private static void checkSteps(
      FittedModel model, OrtSession session, List<int[]> sessions, float[][] expected)
      throws Exception {
    OrtEnvironment ort = OrtEnvironment.getEnvironment();
    int[] sizes = model.network().hiddenSizes();
    for (int i = 0; i < sessions.size(); i++) {
      float[][][] states = new float[sizes.length][1][];
      for (int layer = 0; layer < sizes.length; layer++) {
        states[layer][0] = new float[sizes[layer]];
      }
      float[] scores = null;
      for (int item : sessions.get(i)) {
        Map<String, OnnxTensor> inputs = new HashMap<>();
        inputs.put("item", OnnxTensor.createTensor(ort, new long[] {item}));
        inputs.put("k", OnnxTensor.createTensor(ort, new long[] {1}));
        for (int layer = 0; layer < sizes.length; layer++) {
          inputs.put("state_" + layer, OnnxTensor.createTensor(ort, states[layer]));
        }
        try (OrtSession.Result result = session.run(inputs)) {
          for (int layer = 0; layer < sizes.length; layer++) {
            states[layer] = (float[][]) value(result, "next_state_" + layer);
          }
          scores = ((float[][]) value(result, "scores"))[0];
        }
        inputs.values().forEach(OnnxTensor::close);
      }
      assertArrayEquals(expected[i], scores, LIMIT);
    }
  }

  private static void assertClose(float expected, float actual) {
    assertEquals(expected, actual, LIMIT * Math.max(1, Math.abs(expected)));
  }

  private static Object value(OrtSession.Result result, String name) throws OrtException {
    return result.get(name).orElseThrow().getValue();
  }

  private static List<String> ids(FittedModel model, int[] items) {
    return Arrays.stream(items).mapToObj(model.items()::idOf).toList();
  }

  /** What the resets of ONNX's default form would do is not within the limit. */
  @Test
  void theResetGateStandsOutsideOfTheProduct() throws Exception {
    GruNetwork network = GruNetwork.zeros(3, 2, 4, 1).initialiseGlorot(5);
    for (Parameter p : network.parameters()) {
      for (int i = 0; i < p.value().length; i++) {
        p.value()[i] *= 3;
      }
    }
    network.layers().getFirst().biasHh().set(9, 0, 2); // outside or inside: r times this, or not
    check(model(network), List.of(new int[] {0, 1, 2}));
    Path file = folder.resolve("attribute.onnx");
    OnnxFile.writeStep(model(network), file);
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    Files.delete(file);
    assertTrue(text.contains("linear_before_reset\u0018\u0001"), "field 3, the integer 1");
  }
}
