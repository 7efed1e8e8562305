package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecOptions.ADAGRAD_MOMENTUM;
import static io.gru4j.parameters.GRU4RecOptions.BATCHING;
import static io.gru4j.parameters.GRU4RecOptions.DROPOUT_EMBED;
import static io.gru4j.parameters.GRU4RecOptions.DROPOUT_HIDDEN;
import static io.gru4j.parameters.GRU4RecOptions.EMBEDDING;
import static io.gru4j.parameters.GRU4RecOptions.SESSION_ORDER;
import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static io.gru4j.parameters.GRU4RecParameters.DROPOUT;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.KEEP_LAST;
import static io.gru4j.parameters.GRU4RecParameters.MOMENTUM;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_LAYERS;
import static io.gru4j.parameters.GRU4RecParameters.OPTIMIZATION_ALGORITHM;
import static io.gru4j.parameters.GRU4RecParameters.PREDICT_TOP_K;
import static io.gru4j.parameters.GRU4RecParameters.STOPPING_CRITERION;
import static io.gru4j.parameters.GRU4RecParameters.VALIDATION_SAMPLE_SIZE;

import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SequenceBatch;
import io.gru4j.data.SequenceBatches;
import io.gru4j.data.Validation;
import io.gru4j.parameters.GRU4RecOptions;
import io.gru4j.parameters.GRU4RecParameters;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Estimates how much heap a fit needs, from the shapes of its arrays alone, before any of them is
 * allocated.
 *
 * <p>The arrays are those that are live at the same time at the end of an epoch. The JVM needs some
 * room beyond them to work in; {@link #suggestedHeap} has it. Immutable.
 */
public final class MemoryEstimate {
  private static final double MIB = 1 << 20;
  static final double JVM = 12 * MIB; // classes, buffers of a fixed size, what commands hold
  private static final double ROOM = 1.15;
  private static final double GROUP = 512; // rows that its backward pass takes at a time
  private static final double LOGITS_BUDGET = 1L << 28; // bytes that the output layer keeps at most
  private static final double GATES_BUDGET = 1L << 28; // and predict of items' gates

  private final Map<String, Double> parts = new LinkedHashMap<>();

  private MemoryEstimate() {}

  /**
   * Estimates a fit.
   *
   * @param p the estimator's parameters
   * @param x users x items, with timestamps
   * @param items ids of the items
   * @param validation null for none
   * @param threads threads that work
   * @return the estimate
   */
  public static MemoryEstimate of(
      GRU4RecParameters p, InteractionMatrix x, IdMap items, Validation validation, int threads) {
    Shapes s = new Shapes(p, x);
    double state =
        switch (p.get(OPTIMIZATION_ALGORITHM)) {
          case SGD -> p.get(MOMENTUM) == 0 ? 0 : 1;
          case ADAGRAD -> p.get(ADAGRAD_MOMENTUM) == 0 ? 1 : 2;
        };
    double copies = validation == null || p.get(KEEP_LAST) ? 0 : 1;
    double touched = Math.min(s.V, s.M);
    MemoryEstimate estimate = new MemoryEstimate();
    estimate.add("parameters", 4 * s.stored());
    estimate.add("optimizer state", 4 * state * s.floats());
    estimate.add("copy of the best epoch", 4 * copies * s.stored());
    estimate.add("gradients", 4 * (s.layers + s.output + (s.shared ? 0 : 1.5 * touched * s.E)));
    estimate.add("buffers", s.outputBuffers(threads) + 4 * s.layerBuffers(p, threads));
    estimate.add("validation", validation == null ? 0 : judging(p, validation));
    estimate.add(
        "data", data(x) + (validation == null ? 0 : 2 * data(validation.in())) + ids(items));
    estimate.add("the JVM", JVM + rounding(estimate.bytes(), p.get(NUM_LAYERS)));
    return estimate;
  }

  /**
   * What the collector loses: G1 gives each long array regions of its own, half of the last empty.
   */
  private static double rounding(double bytes, int layers) {
    double region = Math.clamp(Math.ceil(bytes / 2048 / MIB), 1, 32) * MIB;
    return Math.min(0.05 * bytes, region / 2 * 8 * (1 + layers));
  }

  /** Bytes of the arrays alone, without what the JVM and its collector take. */
  double arrays() {
    return parts.entrySet().stream()
        .filter(part -> !part.getKey().equals("the JVM"))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  private void add(String part, double bytes) {
    parts.put(part, bytes);
  }

  /**
   * Bytes of the scores that judge an epoch: in rows, together with the same as a matrix, or before
   * that the gates of the clicked items, if each is clicked twice on average.
   */
  private static double judging(GRU4RecParameters p, Validation validation) {
    OptionalInt cutoff = p.get(STOPPING_CRITERION).cutoff();
    double stored = validation.in().numItems();
    stored = Math.min(stored, cutoff.orElse(Integer.MAX_VALUE));
    stored = Math.min(stored, p.get(PREDICT_TOP_K) == null ? stored : p.get(PREDICT_TOP_K));
    double users = validation.out().numActiveUsers();
    if (p.get(VALIDATION_SAMPLE_SIZE) != null) {
      users = Math.min(users, p.get(VALIDATION_SAMPLE_SIZE));
    }
    double scores = users * stored * 8;
    double items = Math.min(validation.in().numItems(), validation.in().numInteractions() / 2.0);
    double gates = Math.min(GATES_BUDGET, 4 * items * Shapes.padded(3.0 * p.get(HIDDEN_SIZE)));
    return scores + Math.max(scores, gates);
  }

  private static double data(InteractionMatrix x) {
    return 12.0 * x.numInteractions() + 8.0 * x.numUsers();
  }

  private static double ids(IdMap items) {
    return 40.0 * items.size();
  }

  /** The sizes from which all others follow, as doubles, whose products do not overflow. */
  private static final class Shapes {
    final double V;
    final double E;
    final double H;
    final boolean shared; // the output layer has the embedding's weights
    final double layers; // floats of the GRU layers
    final double output; // floats of the output layer
    double M; // rows of the largest chunk
    double B; // rows of the largest batch

    Shapes(GRU4RecParameters p, InteractionMatrix x) {
      V = x.numItems() + 1.0;
      shared = p.get(EMBEDDING) == GRU4RecOptions.Embedding.SHARED;
      H = p.get(HIDDEN_SIZE);
      E = shared ? H : p.get(NUM_COMPONENTS);
      double gates = padded(3 * H);
      layers = gates * (E + H + 2) + (p.get(NUM_LAYERS) - 1.0) * gates * (2 * H + 2);
      output = padded(V) * (H + 1);
      if (p.get(BATCHING) == GRU4RecOptions.Batching.SESSION_PARALLEL) {
        lanes(p, x);
        return;
      }
      SessionOrdering ordering = new SessionOrdering(x, p.get(SESSION_ORDER), 0);
      SequenceBatches batches = SequenceBatches.of(x, users(ordering, x), p.get(BATCH_SIZE));
      for (int b = 0; b < batches.size(); b++) {
        SequenceBatch batch = batches.get(b);
        B = Math.max(B, batch.rows());
        int column = 0;
        for (int width : SequenceBatches.chunkWidths(batch.width(), p.get(BPTT))) {
          double rows = 0;
          for (int end = column + width; column < end; column++) {
            rows += batch.activeRows(column);
          }
          M = Math.max(M, rows);
        }
      }
    }

    /** Where the order of the sessions changes, chunks may be full, of the shortest pieces. */
    private void lanes(GRU4RecParameters p, InteractionMatrix x) {
      SessionOrdering ordering = new SessionOrdering(x, p.get(SESSION_ORDER), 0);
      LaneBatches batches = new LaneBatches(x, ordering, p.get(BATCH_SIZE), p.get(BPTT));
      if (ordering.changes()) {
        double chunk = (double) p.get(BATCH_SIZE) * p.get(BPTT);
        M = Math.min(chunk, batches.numTargets());
        B = M;
        return;
      }
      Chunk chunk = new Chunk();
      for (int batch = 0; batch < batches.size(); batch++) {
        batches.fill(chunk, batch, 0);
        if (chunk.numTargets > 0) {
          M = Math.max(M, chunk.numTargets);
          B = Math.max(B, chunk.activeRows[0]);
        }
      }
    }

    /** The users in the order of the epochs; where that changes, in one that needs the most. */
    private static int[] users(SessionOrdering ordering, InteractionMatrix x) {
      if (!ordering.changes()) {
        return ordering.users(0);
      }
      return IntStream.of(x.activeUsers())
          .boxed()
          .sorted(Comparator.comparingInt(user -> -x.historyLength(user)))
          .mapToInt(Integer::intValue)
          .toArray();
    }

    /** Rounded up to full panels. */
    static double padded(double outputs) {
      return 32 * Math.ceil(outputs / 32);
    }

    /** Floats of all parameters. */
    double floats() {
      return (shared ? 0 : V * E) + layers + output;
    }

    /** Those, and for each row of a separate embedding the place of its gradient. */
    double stored() {
      return floats() + (shared ? 0 : V);
    }

    /** Bytes of the output layer's buffers. */
    double outputBuffers(int threads) {
      double panels = Math.ceil(V / 32);
      double slots = Math.min(16, Math.ceil(panels / 4));
      double tiles = slots * Math.ceil(panels / (slots * 32));
      double tilePanels = Math.ceil(panels / tiles);
      double tile = tilePanels * 32;
      double logits = 4 * panels * (32 * M + 16);
      double scratch = logits > LOGITS_BUDGET ? tilePanels * (32 * GROUP + 16) : 0;
      scratch += tile * padded(H); // the weights transposed
      scratch += 128 * padded(H); // a tile's sums of some rows
      scratch += 12 * 64 * 16; // sums by lanes of some rows and units
      scratch += 48 * tile; // e of some rows, packed
      scratch += Math.ceil(H / 4) * (4 * GROUP + 16) + 5 * GROUP; // scaled hidden states, factors
      scratch += slots; // factors of their sums
      double sums = M * padded(H);
      return Math.min(logits, LOGITS_BUDGET)
          + 4 * threads * scratch
          + 4
              * (2 * tiles * M
                  + slots * (sums + M)
                  + 2 * M * H
                  + packed(H)
                  + packedColumns(H)
                  + 13 * M);
    }

    /** Floats of the buffers of the embedding, the dropouts and the GRU layers. */
    double layerBuffers(GRU4RecParameters p, int threads) {
      double gates = padded(3 * H);
      Double embed = p.get(DROPOUT_EMBED);
      Double hidden = p.get(DROPOUT_HIDDEN);
      boolean dropsInputs = (embed == null ? p.get(DROPOUT) : embed) > 0;
      double inputs = M * (dropsInputs ? 3 * E : gates + 9); // 9: which rows share them
      double dropout =
          (hidden == null ? p.get(DROPOUT) : hidden) > 0 ? 3 * M * p.get(NUM_LAYERS) * H : 0;
      double transposed = gates * (padded(E) + padded(H)) + packedColumns(E) + packedColumns(H);
      transposed += (p.get(NUM_LAYERS) - 1.0) * 2 * (gates * padded(H) + packedColumns(H));
      double widths = Math.max(E, gates) + (p.get(NUM_LAYERS) - 1) * gates; // of what is packed
      double scratch = 32 * (widths + p.get(NUM_LAYERS) * 128);
      return M * (2 + 2 * E)
          + p.get(NUM_LAYERS) * (M * (2 * gates + 2 * H) + 3 * B * H)
          + transposed
          + threads * scratch
          + inputs
          + dropout;
    }

    /** Floats of a chunk's rows, packed by fours. */
    private double packed(double width) {
      return 4 * Math.ceil(M / 4) * width;
    }

    /** Floats of the same packed by columns. */
    private double packedColumns(double width) {
      double lines = Math.ceil(M / 4);
      return Math.ceil(width / 4) * 16 * (lines + (lines % 2 == 0 ? 1 : 0));
    }
  }

  /**
   * Returns the bytes of all parts.
   *
   * @return at least 0; 2^63 - 1 if it is more
   */
  public long bytes() {
    return (long) parts.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /**
   * Returns the bytes of heap that the JVM should be given.
   *
   * @return {@link #bytes} and some room to work in
   */
  public long suggestedHeap() {
    return (long) (ROOM * bytes());
  }

  /**
   * Makes sure that the heap of this JVM can hold it.
   *
   * @throws IllegalArgumentException if it cannot: says how much is needed and what for, how to
   *     give the JVM more, and which parameters to lower
   */
  public void requireFits() {
    requireFits(Runtime.getRuntime().maxMemory());
  }

  void requireFits(long heap) {
    if (bytes() > heap) {
      throw new IllegalArgumentException(
          ("training needs %s of heap, but the JVM may take only %s: give it more, such as with"
               + " JDK_JAVA_OPTIONS=-Xmx%.0fm, or lower hidden_size, num_components or num_layers"
               + " (parameters, optimizer state, copy, gradients), batch_size or bptt (buffers),"
               + " validation_sample_size or predict_topK (validation)")
              .formatted(this, mib(heap), Math.ceil(suggestedHeap() / MIB)));
    }
  }

  /**
   * Returns the sum and the parts of 1 MiB and more, such as {@code 310 MiB (parameters 80 MiB,
   * ...)}.
   */
  @Override
  public String toString() {
    return mib(bytes())
        + parts.entrySet().stream()
            .filter(part -> part.getValue() >= MIB)
            .map(part -> part.getKey() + " " + mib(part.getValue()))
            .collect(Collectors.joining(", ", " (", ")"));
  }

  private static String mib(double bytes) {
    return String.format(Locale.ROOT, "%,.0f MiB", Math.ceil(bytes / MIB));
  }
}
