package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecOptions.ADAGRAD_MOMENTUM;
import static io.gru4j.parameters.GRU4RecOptions.BATCHING;
import static io.gru4j.parameters.GRU4RecOptions.DROPOUT_EMBED;
import static io.gru4j.parameters.GRU4RecOptions.DROPOUT_HIDDEN;
import static io.gru4j.parameters.GRU4RecOptions.EMBEDDING;
import static io.gru4j.parameters.GRU4RecOptions.LABEL_SMOOTHING;
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
import io.gru4j.model.FittedModel;
import io.gru4j.parameters.GRU4RecOptions;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.ParameterSpec;
import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.autograd.Layout;
import io.gru4j.tensor.autograd.SparseGradient;
import io.gru4j.tensor.nn.DistinctRows;
import io.gru4j.tensor.nn.Dropout;
import io.gru4j.tensor.nn.Embedding;
import io.gru4j.tensor.nn.Gru;
import io.gru4j.tensor.nn.GruParameters;
import io.gru4j.tensor.nn.OutputLayer;
import io.gru4j.tensor.optim.Adagrad;
import io.gru4j.tensor.optim.GradientClipping;
import io.gru4j.tensor.optim.Sgd;
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
 * <p>The arrays are those that are live at the same time at the end of an epoch, with what the G1
 * collector loses beside them. The JVM needs some room to work in, and other collectors lose more;
 * {@link #suggestedHeap} has it. Immutable.
 */
public final class MemoryEstimate {
  private static final double MIB = 1 << 20;
  static final double JVM = 12 * MIB; // classes, buffers of a fixed size, what commands hold
  private static final String THE_JVM = "the JVM"; // the part that is no array
  private static final double ROOM = 1.15;
  private static final double SURVIVOR =
      1 / 30.0; // of the serial collector's heap, at its defaults

  private final Map<String, Double> parts = new LinkedHashMap<>();
  private double generations; // bytes, with the serial collector

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
    double parameters = s.parameters();
    double state = Math.rint(optimizer(p, s, threads) / parameters); // arrays
    double copies = validation == null || p.get(KEEP_LAST) ? 0 : 1;
    MemoryEstimate estimate = new MemoryEstimate();
    estimate.add("parameters", parameters + s.sparse(0));
    estimate.add("optimizer state", optimizer(p, s, threads));
    estimate.add("copy of the best epoch", copies * (parameters + s.sparse(0)));
    estimate.add("gradients", s.gradients());
    estimate.add("buffers", s.buffers(threads));
    estimate.add("validation", validation == null ? 0 : judging(p, s, validation, threads));
    estimate.add(
        "data", data(x) + (validation == null ? 0 : 2 * data(validation.in())) + ids(items));
    estimate.add(THE_JVM, JVM + lostByRegions(estimate.bytes(), s, 2 + copies + state));
    estimate.generations = withGenerations(estimate.bytes(), s.longest());
    return estimate;
  }

  /**
   * What G1 loses: it gives each long array regions of its own, and the rest of the last is empty;
   * of parameters and what is as long it is known, of buffers half a region each.
   *
   * @param alike arrays as long as the values of each parameter
   */
  private static double lostByRegions(double bytes, Shapes s, double alike) {
    double region = Math.clamp(Math.ceil(bytes / 2048 / MIB), 1, 32) * MIB;
    double buffers = Math.min(0.05 * bytes, region / 2 * 8 * (1 + s.numLayers));
    return buffers + alike * s.lostByRegions(region);
  }

  /**
   * The heap that the serial collector needs: it keeps a survivor space empty, and the array that
   * does not fit into the rest of the old generation, or on average half of it, leaves that rest
   * empty.
   */
  private static double withGenerations(double bytes, double longest) {
    return (bytes + longest / 2) / (1 - SURVIVOR);
  }

  private static double optimizer(GRU4RecParameters p, Shapes s, int threads) {
    int sparseCols = s.shared ? 0 : s.E;
    return switch (p.get(OPTIMIZATION_ALGORITHM)) {
      case SGD -> Sgd.bytes(s.parameters(), sparseCols, p.get(MOMENTUM).floatValue());
      case ADAGRAD ->
          Adagrad.bytes(s.parameters(), sparseCols, p.get(ADAGRAD_MOMENTUM).floatValue());
    };
  }

  /** Bytes of the arrays alone, without what the JVM and its collector take. */
  double arrays() {
    return parts.entrySet().stream()
        .filter(part -> !part.getKey().equals(THE_JVM))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  private void add(String part, double bytes) {
    parts.put(part, bytes);
  }

  /**
   * Bytes that judge an epoch: scores in rows, together with the same as a matrix, or before that
   * what computes them.
   */
  private static double judging(GRU4RecParameters p, Shapes s, Validation validation, int threads) {
    OptionalInt cutoff = p.get(STOPPING_CRITERION).cutoff();
    int stored = validation.in().numItems();
    stored = Math.min(stored, cutoff.orElse(Integer.MAX_VALUE));
    stored = Math.min(stored, p.get(PREDICT_TOP_K) == null ? stored : p.get(PREDICT_TOP_K));
    double users = validation.out().numActiveUsers();
    if (p.get(VALIDATION_SAMPLE_SIZE) != null) {
      users = Math.min(users, p.get(VALIDATION_SAMPLE_SIZE));
    }
    double scores = users * stored * (Integer.BYTES + Float.BYTES);
    double buffers =
        FittedModel.predictBytes(s.E, s.H, s.numLayers, validation.in(), stored, threads);
    return scores + Math.max(scores, buffers);
  }

  private static double data(InteractionMatrix x) {
    return 12.0 * x.numInteractions() + 8.0 * x.numUsers();
  }

  private static double ids(IdMap items) {
    return 40.0 * items.size();
  }

  /** The sizes from which all others follow. */
  private static final class Shapes {
    final GRU4RecParameters p;
    final int V;
    final int E;
    final int H;
    final int numLayers;
    final boolean shared; // the output layer has the embedding's weights
    final boolean tracks;
    int M; // rows of the largest chunk
    int T; // its most time steps
    int B; // rows of the largest batch
    int sessions; // rows of the largest time step

    Shapes(GRU4RecParameters p, InteractionMatrix x) {
      this.p = p;
      V = x.numItems() + 1;
      shared = p.get(EMBEDDING) == GRU4RecOptions.Embedding.SHARED;
      H = p.get(HIDDEN_SIZE);
      E = shared ? H : p.get(NUM_COMPONENTS);
      numLayers = p.get(NUM_LAYERS);
      tracks = p.get(BATCHING) == GRU4RecOptions.Batching.SESSION_PARALLEL;
      if (tracks) {
        tracks(x);
        return;
      }
      SessionOrdering ordering = new SessionOrdering(x, p.get(SESSION_ORDER), 0);
      SequenceBatches batches = SequenceBatches.of(x, users(ordering, x), p.get(BATCH_SIZE));
      for (int b = 0; b < batches.size(); b++) {
        SequenceBatch batch = batches.get(b);
        B = Math.max(B, batch.rows());
        sessions = B;
        int column = 0;
        for (int width : SequenceBatches.chunkWidths(batch.width(), p.get(BPTT))) {
          int rows = 0;
          for (int end = column + width; column < end; column++) {
            rows += batch.activeRows(column);
          }
          M = Math.max(M, rows);
          T = Math.max(T, width);
        }
      }
    }

    /** Where the order of the sessions changes, chunks may be full, of the shortest pieces. */
    private void tracks(InteractionMatrix x) {
      SessionOrdering ordering = new SessionOrdering(x, p.get(SESSION_ORDER), 0);
      TrackBatches batches =
          new TrackBatches(
              x, ordering, p.get(BATCH_SIZE), p.get(BPTT), TrackBatches.fewestTracks(p));
      B = batches.rows(0);
      if (ordering.changes()) {
        M = (int) Math.min((long) p.get(BATCH_SIZE) * p.get(BPTT), batches.numTargets());
        T = Math.min(p.get(BPTT), M);
        sessions = M;
        return;
      }
      Chunk chunk = new Chunk();
      for (int batch = 0; batch < batches.size(); batch++) {
        batches.fill(chunk, batch, 0);
        if (chunk.numTargets > 0) {
          M = Math.max(M, chunk.numTargets);
          T = Math.max(T, chunk.T);
          sessions = Math.max(sessions, chunk.activeRows[0]);
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

    double parameters() {
      return (shared ? 0 : Layout.rowsBytes(V, E)) + dense();
    }

    /** The empty ends of the last regions of all parameters' values. */
    double lostByRegions(double region) {
      int above = numLayers - 1;
      return (shared ? 0 : emptyEnd(Layout.rowsBytes(V, E), region))
          + emptyEnd(Layout.panelsBytes(3L * H, E), region)
          + emptyEnd(Layout.panelsBytes(3L * H, H), region) * (numLayers + above)
          + emptyEnd(Layout.panelsBytes(V, H), region);
    }

    private static double emptyEnd(double bytes, double region) {
      return bytes < region / 2 ? 0 : Math.ceil(bytes / region) * region - bytes;
    }

    /** Those whose gradient is dense. */
    private double dense() {
      double layers = GruParameters.bytes(E, H) + (numLayers - 1) * GruParameters.bytes(H, H);
      return layers + Layout.panelsBytes(V, H) + Layout.panelsBytes(V, 1);
    }

    /** The embedding's gradient, after so many rows. */
    double sparse(int touched) {
      return shared ? 0 : SparseGradient.bytes(V, E, touched);
    }

    /** The longest parameter. */
    private double longestParameter() {
      double longest = Math.max(Layout.panelsBytes(V, H), Layout.panelsBytes(3L * H, H));
      longest = Math.max(longest, Layout.panelsBytes(3L * H, E));
      return Math.max(longest, shared ? 0 : Layout.rowsBytes(V, E));
    }

    /** The longest array. */
    double longest() {
      return Math.max(longestParameter(), OutputLayer.logitsBytes(V, M));
    }

    double gradients() {
      return dense()
          + sparse(Math.min(V, M))
          - sparse(0)
          + GradientClipping.bytes(longestParameter() / Float.BYTES);
    }

    double buffers(int threads) {
      float embed = dropout(DROPOUT_EMBED);
      boolean each = embed == 0; // item is looked up once
      double layers = 0;
      for (int i = 0; i < Math.min(numLayers, 2); i++) { // those above the first are alike
        int alike = i == 0 ? 1 : numLayers - 1;
        int inputs = i == 0 ? E : H;
        boolean sharedInputs = i == 0 && each;
        layers += alike * Gru.bytes(inputs, H, M, T, sessions, sharedInputs, threads);
      }
      return 2.0 * Integer.BYTES * M // of the chunk: items, targets
          + (each ? DistinctRows.bytes(M) : 0)
          + Embedding.bytes(E, M, each)
          + Dropout.bytes(embed, M, E)
          + layers
          + numLayers * Dropout.bytes(dropout(DROPOUT_HIDDEN), M, H)
          + numLayers * Matrix.bytes(B, H) // states between chunks
          + (tracks ? Matrix.bytes(sessions, H) : 0) // where sessions begin among them
          + OutputLayer.bytes(V, H, M, p.get(LABEL_SMOOTHING), threads);
    }

    private float dropout(ParameterSpec<Double> own) {
      Double value = p.get(own) == null ? p.get(DROPOUT) : p.get(own);
      return value.floatValue();
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
   * @return {@link #bytes} and some room to work in, enough for any collector
   */
  public long suggestedHeap() {
    return (long) Math.max(ROOM * bytes(), generations);
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
