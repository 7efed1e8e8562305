package io.gru4j.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The text for Prometheus, as a parser of its format reads it. */
class MetricsTest {
  private static final Pattern LINE =
      Pattern.compile(
          "([a-z_0-9]+)(\\{[a-z_]+=\"[^\"\\\\]*\"(?:,[a-z_]+=\"[^\"\\\\]*\")*\\})? (\\S+)");

  @TempDir Path folder;

  /** Values by name and labels, in order; every name has its HELP and TYPE before it, once. */
  private static Map<String, Double> parse(String text) {
    assertTrue(text.endsWith("\n"));
    Map<String, Double> values = new LinkedHashMap<>();
    Set<String> helped = new TreeSet<>();
    Map<String, String> types = new LinkedHashMap<>();
    for (String line : text.split("\n")) {
      String[] words = line.split(" ", 4);
      if (line.startsWith("# HELP ")) {
        assertTrue(helped.add(words[2]), line);
      } else if (line.startsWith("# TYPE ")) {
        assertTrue(helped.contains(words[2]), line);
        assertEquals(null, types.put(words[2], words[3]), line);
      } else {
        Matcher match = LINE.matcher(line);
        assertTrue(match.matches(), line);
        String family = match.group(1).replaceFirst("_(bucket|sum|count)$", "");
        String type = types.getOrDefault(match.group(1), types.get(family));
        assertNotNull(type, line);
        assertEquals(type.equals("counter"), match.group(1).endsWith("_total"), line);
        assertEquals(
            null, values.put(line.substring(0, line.lastIndexOf(' ')), number(match.group(3))));
      }
    }
    return values;
  }

  private static double number(String text) {
    return Double.parseDouble(text);
  }

  @Test
  void countsWhatWasAnswered() throws Exception {
    Path file = folder.resolve("m.safetensors");
    TestModel.make(5).save(file);
    try (RecommendServer server =
            RecommendServer.start(
                new RecommendServer.Settings(file, "localhost", 0, 1, 9), line -> {});
        Client client = new Client(server.address().getPort())) {
      for (int i = 0; i < 7; i++) {
        client.recommend("{\"items\": [\"item3\"]}");
      }
      client.recommend("nonsense");
      client.get("/a");
      client.get("/b");
      Map<String, Double> values = Map.of();
      boolean counted = false;
      for (int tries = 0; tries < 300 && !counted; tries++) {
        Client.Reply reply = client.get("/metrics");
        assertEquals(
            "text/plain; version=0.0.4; charset=utf-8", reply.header("content-type").orElseThrow());
        values = parse(reply.body());
        counted = // which may come just after the answer
            values.get("gru4j_http_requests_in_flight") == 1 // itself
                && values.getOrDefault(total("other", 404), 0.0) == 2;
      }
      assertTrue(counted, values.toString());
      assertEquals(7, values.get(total("/recommend", 200)));
      assertEquals(1, values.get(total("/recommend", 400)));
      String duration = "gru4j_http_request_duration_seconds";
      assertEquals(8, values.get(duration + "_count{path=\"/recommend\"}"));
      assertEquals(8, values.get(duration + "_bucket{path=\"/recommend\",le=\"+Inf\"}"));
      assertTrue(values.get(duration + "_sum{path=\"/recommend\"}") > 0);
      assertEquals(TestModel.ITEMS, values.get("gru4j_model_items"));
      String fingerprint = (String) client.get("/health").json().get("model");
      assertEquals(1, values.get("gru4j_model_info{fingerprint=\"" + fingerprint + "\"}"));
    }
  }

  private static String total(String path, int status) {
    return "gru4j_http_requests_total{path=\"%s\",status=\"%d\"}".formatted(path, status);
  }

  @Property(tries = 50)
  void bucketsHoldWhatIsAtMostTheirBound(@ForAll @IntRange(max = 300) int count, @ForAll long seed)
      throws Exception {
    Metrics metrics = new Metrics();
    Random random = new Random(seed);
    List<Double> seconds = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double s = random.nextInt(4) == 0 ? 0.001 : Math.pow(10, -5 + 7 * random.nextDouble());
      seconds.add(Math.round(s * 1e9) / 1e9);
      metrics.begin();
      metrics.end(Endpoint.ITEMS, "200", Math.round(s * 1e9));
    }
    Map<String, Double> values = parse(metrics.text(LazyModel.MODEL, 0));
    String bucket = "gru4j_http_request_duration_seconds_bucket{path=\"/items\",le=\"";
    int buckets = 0;
    for (Map.Entry<String, Double> each : values.entrySet()) {
      if (each.getKey().startsWith(bucket)) {
        String le = each.getKey().substring(bucket.length()).replace("\"}", "");
        double bound = le.equals("+Inf") ? Double.POSITIVE_INFINITY : number(le);
        assertEquals(seconds.stream().filter(s -> s <= bound).count(), each.getValue(), le);
        buckets++;
      }
    }
    assertEquals(17, buckets);
    double sum = seconds.stream().mapToDouble(s -> s).sum();
    String total = "gru4j_http_request_duration_seconds_sum{path=\"/items\"}";
    assertEquals(sum, values.get(total), 1e-6 * Math.max(1, sum));
    assertEquals(0, values.get("gru4j_http_requests_in_flight"));
  }

  private static final class LazyModel {
    static final ServedModel MODEL = load();

    private static ServedModel load() {
      try {
        Path file = Files.createTempFile("metrics", ".safetensors");
        TestModel.make(5).save(file);
        ServedModel model = ServedModel.load(file);
        Files.delete(file);
        return model;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
