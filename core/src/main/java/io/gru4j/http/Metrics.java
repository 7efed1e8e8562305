package io.gru4j.http;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the server counts, and the <a
 * href="https://prometheus.io/docs/instrumenting/exposition_formats/">text format</a> of Prometheus
 * (version 0.0.4). Thread-safe, without a lock; a text may be read between two counts of one
 * request.
 */
final class Metrics {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  /** Upper bounds of the latency histogram, in seconds: 1, 2.5, 5 in each decade. */
  private static final double[] BOUNDS = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
  };

  /** Upper bounds of the histogram of requests that were worked on together. */
  private static final int[] TOGETHER = {1, 2, 4, 8, ModelThreads.TOGETHER};

  private final Instant started = Instant.now();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();
  private final LongAdder evicted = new LongAdder();
  private final LongAdder late = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder reloaded = new LongAdder();
  private final LongAdder reloadsFailed = new LongAdder();
  private final LongAdder takenOver = new LongAdder();
  private final LongAdder[] together = new LongAdder[TOGETHER.length]; // passes, by size
  private final LongAdder passed = new LongAdder();
  private final Map<Endpoint, PerEndpoint> endpoints = new EnumMap<>(Endpoint.class);

  private static final class PerEndpoint {
    final LongAdder[] buckets = new LongAdder[BOUNDS.length + 1];
    final LongAdder nanos = new LongAdder();
    final Map<String, LongAdder> statuses = new ConcurrentSkipListMap<>();

    PerEndpoint() {
      for (int i = 0; i < buckets.length; i++) {
        buckets[i] = new LongAdder();
      }
    }
  }

  Metrics() {
    Arrays.setAll(together, i -> new LongAdder());
    for (Endpoint each : Endpoint.values()) {
      endpoints.put(each, new PerEndpoint());
    }
  }

  /** A connection has come. */
  void opened() {
    connections.incrementAndGet();
  }

  /** A connection has ended. */
  void closed() {
    connections.decrementAndGet();
  }

  /** A connection was closed to make room for another. */
  void evicted() {
    evicted.increment();
  }

  /** Connections were closed because their time was over. */
  void late(int count) {
    late.add(count);
  }

  /** A connection was refused. */
  void refused() {
    refused.increment();
  }

  /** A request has come. */
  void begin() {
    inFlight.incrementAndGet();
  }

  /**
   * A request is answered.
   *
   * @param endpoint where it went
   * @param status its status, or {@code "aborted"} if the client was gone
   * @param nanos from its headers to the last byte of the answer
   */
  void end(Endpoint endpoint, String status, long nanos) {
    PerEndpoint counts = endpoints.get(endpoint);
    int bucket = 0;
    while (bucket < BOUNDS.length && nanos > BOUNDS[bucket] * 1e9) {
      bucket++;
    }
    counts.buckets[bucket].increment();
    counts.nanos.add(nanos);
    counts.statuses.computeIfAbsent(status, s -> new LongAdder()).increment();
    inFlight.decrementAndGet();
  }

  /** A reload has come to an end. */
  void reload(boolean done) {
    (done ? reloaded : reloadsFailed).increment();
  }

  /** Best items were looked for, of so many requests in one pass. */
  void together(int requests) {
    int bucket = 0;
    while (requests > TOGETHER[bucket]) {
      bucket++;
    }
    together[bucket].increment();
    passed.add(requests);
  }

  /** A session of an earlier model goes on. */
  void takenOver() {
    takenOver.increment();
  }

  /**
   * Writes all figures.
   *
   * @param model the model that is served
   * @param waiting requests that wait for a thread of the model
   */
  String text(ServedModel model, int waiting) {
    StringBuilder out = new StringBuilder(8192);
    String requests = "gru4j_http_requests_total";
    head(out, requests, "counter", "Requests by path and status; aborted: the client was gone.");
    endpoints.forEach(
        (endpoint, counts) ->
            new TreeMap<>(counts.statuses)
                .forEach(
                    (status, n) -> {
                      String labels = path(endpoint) + ",status=\"" + status + "\"";
                      line(out, requests, labels, n.sum());
                    }));
    String seconds = "gru4j_http_request_duration_seconds";
    head(out, seconds, "histogram", "Seconds from the headers of a request to its answer.");
    endpoints.forEach((endpoint, counts) -> histogram(out, seconds, path(endpoint), counts));
    head(out, "gru4j_http_requests_in_flight", "gauge", "Requests that are being answered.");
    line(out, "gru4j_http_requests_in_flight", "", inFlight.get());
    head(out, "gru4j_http_requests_waiting", "gauge", "Requests that wait for the model.");
    line(out, "gru4j_http_requests_waiting", "", waiting);
    passes(out);
    head(out, "gru4j_http_connections", "gauge", "Connections that are open.");
    line(out, "gru4j_http_connections", "", connections.get());
    String closed = "gru4j_http_connections_closed_total";
    head(out, closed, "counter", "Connections that the server closed, by reason.");
    line(out, closed, "reason=\"evicted\"", evicted.sum());
    line(out, closed, "reason=\"late\"", late.sum());
    line(out, closed, "reason=\"refused\"", refused.sum());
    head(out, "gru4j_model_info", "gauge", "The model that is served; the value is 1.");
    line(out, "gru4j_model_info", "fingerprint=\"" + model.fingerprint() + "\"", 1);
    head(out, "gru4j_model_items", "gauge", "Items that the model knows.");
    line(out, "gru4j_model_items", "", model.model().numItems());
    String loaded = "gru4j_model_loaded_timestamp_seconds";
    head(out, loaded, "gauge", "When the model was read, in seconds since 1970.");
    line(out, loaded, "", model.loaded().toEpochMilli() / 1e3);
    head(out, "gru4j_model_reloads_total", "counter", "Reloads of the model, by result.");
    line(out, "gru4j_model_reloads_total", "result=\"done\"", reloaded.sum());
    line(out, "gru4j_model_reloads_total", "result=\"failed\"", reloadsFailed.sum());
    String taken = "gru4j_sessions_taken_over_total";
    head(out, taken, "counter", "Sessions of earlier models that went on.");
    line(out, taken, "", takenOver.sum());
    head(out, "gru4j_start_timestamp_seconds", "gauge", "When the server started.");
    line(out, "gru4j_start_timestamp_seconds", "", started.toEpochMilli() / 1e3);
    return out.toString();
  }

  private void passes(StringBuilder out) {
    String name = "gru4j_requests_together";
    head(out, name, "histogram", "Requests for recommendations that were worked on together.");
    long sum = 0;
    for (int i = 0; i < together.length; i++) {
      sum += together[i].sum();
      line(out, name + "_bucket", "le=\"" + TOGETHER[i] + "\"", sum);
    }
    line(out, name + "_bucket", "le=\"+Inf\"", sum);
    line(out, name + "_sum", "", passed.sum());
    line(out, name + "_count", "", sum);
  }

  private static void histogram(StringBuilder out, String name, String label, PerEndpoint counts) {
    long sum = 0;
    for (int i = 0; i < counts.buckets.length; i++) {
      sum += counts.buckets[i].sum();
      String bound =
          i < BOUNDS.length
              ? BigDecimal.valueOf(BOUNDS[i]).stripTrailingZeros().toPlainString()
              : "+Inf";
      line(out, name + "_bucket", label + ",le=\"" + bound + "\"", sum);
    }
    line(out, name + "_sum", label, counts.nanos.sum() / 1e9);
    line(out, name + "_count", label, sum);
  }

  private static String path(Endpoint endpoint) {
    return "path=\"" + endpoint.path() + "\"";
  }

  private static void head(StringBuilder out, String name, String type, String help) {
    out.append("# HELP ").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private static void line(StringBuilder out, String name, String labels, Number value) {
    out.append(name);
    if (!labels.isEmpty()) {
      out.append('{').append(labels).append('}');
    }
    out.append(' ').append(value).append('\n');
  }
}
