package io.gru4j.algorithms;

import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.KEEP_LAST;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_LAYERS;
import static io.gru4j.parameters.GRU4RecParameters.PREDICT_TOP_K;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.CsrMatrix;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.model.FittedModel;
import io.gru4j.tensor.Parallel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A file as torch and the safetensors library write it, with a network's tensors and nothing else,
 * loads and predicts what RecPack predicted. The bytes are put together here, without the writer of
 * this project.
 */
class TorchModelFileTest {
  private static final double LIMIT = 1e-4;

  @TempDir Path folder;

  static Stream<Recording> recordings() {
    return Recording.all().stream();
  }

  /** The parameters that RecPack's predict used. */
  private static Map<String, Object> used(Recording recording) {
    return recording.map(recording.parameters().get(KEEP_LAST) ? "finalParams" : "usedParams");
  }

  /**
   * A safetensors file.
   *
   * @param seed of the order of tensors, in the header and in the data
   * @param padded whether spaces bring the header's length to a multiple of 8
   */
  private Path write(Map<String, Object> tensors, long seed, boolean padded) throws IOException {
    List<String> order = new ArrayList<>(tensors.keySet());
    Collections.shuffle(order, new Random(seed));
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    Map<String, String> entries = new LinkedHashMap<>();
    for (String name : order) {
      float[] values = Recording.floats(tensors.get(name));
      ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(values);
      int begin = data.size();
      data.write(bytes.array());
      entries.put(
          name,
          "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
              .formatted(name, shape(tensors.get(name)), begin, data.size()));
    }
    Collections.shuffle(order, new Random(seed + 1));
    String header = order.stream().map(entries::get).collect(Collectors.joining(",", "{", "}"));
    if (padded) {
      header += " ".repeat((8 - header.length() % 8) % 8);
    }
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + text.length + data.size()).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(text.length).put(text).put(data.toByteArray());
    Path path = folder.resolve("torch-" + seed + padded + ".safetensors");
    Files.write(path, file.array());
    return path;
  }

  private static List<Long> shape(Object nested) {
    LongStream.Builder sizes = LongStream.builder();
    for (Object at = nested; at instanceof List<?> list; at = list.getFirst()) {
      sizes.add(list.size());
    }
    return sizes.build().boxed().toList();
  }

  private static double largestDifference(Recording recording, CsrMatrix scores) {
    double largest = 0;
    for (int user = 0; user < scores.rows(); user++) {
      List<?> stored = (List<?>) recording.list("predictStored").get(user);
      assertEquals(stored.size(), scores.nnz(user), recording + ": stored of user " + user);
      float[] expected = Recording.floats(recording.list("predict").get(user));
      for (int k = 0; k < scores.nnz(user); k++) {
        assertEquals(stored.get(k), (long) scores.index(user, k), "stored of user " + user);
        double difference = Math.abs(expected[scores.index(user, k)] - scores.value(user, k));
        assertTrue(difference <= LIMIT, recording + ": user " + user + " differs " + difference);
        largest = Math.max(largest, difference);
      }
    }
    return largest;
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void loadsAndPredictsTheRecordedScores(Recording recording) throws IOException {
    InteractionMatrix x = recording.matrix(recording.list("predictInteractions"));
    Integer topK = recording.parameters().get(PREDICT_TOP_K);
    CsrMatrix first = null;
    for (long seed = 0; seed < 3; seed++) {
      for (boolean padded : new boolean[] {true, false}) {
        Path file = write(used(recording), seed, padded);
        try (Parallel parallel = new Parallel(1);
            GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy().threads(1)) {
          CsrMatrix scores = FittedModel.load(file).predict(x, topK, parallel);
          largestDifference(recording, scores);
          estimator.load(file);
          Map<String, Object> params = new LinkedHashMap<>();
          params.put("predict_topK", topK);
          assertEquals(scores, estimator.setParams(params).predict(x), "fresh object");
          assertEquals(
              recording.parameters().get(HIDDEN_SIZE), estimator.parameters().get(HIDDEN_SIZE));
          assertEquals(
              recording.parameters().get(NUM_COMPONENTS),
              estimator.parameters().get(NUM_COMPONENTS));
          assertEquals(
              recording.parameters().get(NUM_LAYERS), estimator.parameters().get(NUM_LAYERS));
          assertEquals("0", estimator.model().items().idOf(0), "item numbers are the ids");
          first = first == null ? scores : first;
          assertEquals(first, scores, "the order of tensors does not matter");

          Path ours = folder.resolve("ours.safetensors");
          estimator.model().save(ours);
          try (GRU4RecCrossEntropy again = new GRU4RecCrossEntropy().threads(1).load(ours)) {
            assertEquals(first, again.setParams(params).predict(x), "saved and loaded");
          }
        }
      }
    }
  }

  /** A network with a number that is not finite ranks nothing; predict must say so. */
  @Test
  void aUserWithHistoryAndNoScoreIsWarnedOf() throws Exception {
    Recording recording = Recording.all().getFirst();
    InteractionMatrix x = recording.matrix(recording.list("predictInteractions"));
    try (GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy().threads(1)) {
      estimator.load(write(used(recording), 0, true)).setParams(Map.of("predict_topK", 2));
      assertEquals(List.of(), warningsOf(() -> estimator.predict(x)));
      Arrays.fill(estimator.model().network().outputWeight().value(), Float.NaN);
      List<String> warnings = warningsOf(() -> assertEquals(0, estimator.predict(x).nnz()));
      assertEquals(List.of("users with history that got no prediction: {0}"), warnings);
    }
  }

  /** What is logged, seen through java.util.logging, which this module does not require. */
  private static List<String> warningsOf(Runnable work) throws ReflectiveOperationException {
    List<String> messages = new ArrayList<>();
    Class<?> filter = Class.forName("java.util.logging.Filter");
    Class<?> logger = Class.forName("java.util.logging.Logger");
    Object log = logger.getMethod("getLogger", String.class).invoke(null, "io.gru4j");
    assertNotNull(log);
    Object listening =
        Proxy.newProxyInstance(
            TorchModelFileTest.class.getClassLoader(),
            new Class<?>[] {filter},
            (proxy, method, args) -> {
              Object logged = args[0];
              Object level = logged.getClass().getMethod("getLevel").invoke(logged);
              if (level.toString().equals("WARNING")) {
                messages.add((String) logged.getClass().getMethod("getMessage").invoke(logged));
              }
              return false;
            });
    logger.getMethod("setFilter", filter).invoke(log, listening);
    try {
      work.run();
    } finally {
      logger.getMethod("setFilter", filter).invoke(log, (Object) null);
    }
    return messages;
  }
}
