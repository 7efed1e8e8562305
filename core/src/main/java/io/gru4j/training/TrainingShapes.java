package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecOptions.BATCHING;
import static io.gru4j.parameters.GRU4RecOptions.DROPOUT_EMBED;
import static io.gru4j.parameters.GRU4RecOptions.DROPOUT_HIDDEN;
import static io.gru4j.parameters.GRU4RecOptions.EMBEDDING;
import static io.gru4j.parameters.GRU4RecOptions.LABEL_SMOOTHING;
import static io.gru4j.parameters.GRU4RecOptions.LOGQ;
import static io.gru4j.parameters.GRU4RecOptions.NEGATIVES;
import static io.gru4j.parameters.GRU4RecOptions.NUM_SAMPLES;
import static io.gru4j.parameters.GRU4RecOptions.SAMPLE_ALPHA;
import static io.gru4j.parameters.GRU4RecOptions.SESSION_ORDER;
import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_NEGATIVES;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SequenceBatch;
import io.gru4j.data.SequenceBatches;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecOptions;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.tensor.ItemSampler;
import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.autograd.Layout;
import io.gru4j.tensor.autograd.SparseGradient;
import io.gru4j.tensor.nn.DistinctRows;
import io.gru4j.tensor.nn.Dropout;
import io.gru4j.tensor.nn.Embedding;
import io.gru4j.tensor.nn.Gru;
import io.gru4j.tensor.nn.GruParameters;
import io.gru4j.tensor.nn.OutputLayer;
import io.gru4j.tensor.nn.OwnNegatives;
import io.gru4j.tensor.nn.SharedNegatives;
import io.gru4j.tensor.optim.GradientClipping;
import java.util.Comparator;
import java.util.stream.IntStream;

/** The sizes of a training, and from them the bytes of its arrays. */
final class TrainingShapes {
  final int[] sizes; // hidden units of each layer
  final int E;
  final boolean inRows; // the output layer, which is trained against negatives
  private final GRU4RecParameters p;
  private final int V;
  private final int H; // of the last layer
  private final boolean shared; // the output layer has the embedding's weights
  private final boolean tracks;
  private int M; // rows of the largest chunk
  private int T; // its most time steps
  private int B; // rows of the largest batch
  private int sessions; // rows of the largest time step
  private final int occurring; // items

  /** {@code goesOn} if items that do not occur may be samples, for they did before. */
  TrainingShapes(GRU4RecParameters p, InteractionMatrix x, boolean goesOn) {
    this.p = p;
    V = x.numItems() + 1;
    occurring = goesOn ? x.numItems() : x.numActiveItems();
    shared = p.get(EMBEDDING) == GRU4RecOptions.Embedding.SHARED;
    sizes = p.layerSizes();
    H = sizes[sizes.length - 1];
    E = shared ? H : p.get(NUM_COMPONENTS);
    inRows = Objectives.form(p) == GruNetwork.Form.ROWS;
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
        new TrackBatches(x, ordering, p.get(BATCH_SIZE), p.get(BPTT), TrackBatches.fewestTracks(p));
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

  /** The values of all parameters. */
  double parameters() {
    return table() + layers() + output(inRows);
  }

  /** A network in panels that serves. */
  double copy() {
    return table() + layers() + output(false) + ofTable(0);
  }

  /** The same of another number of items. */
  double copy(int items) {
    return copy() + ((double) items + 1 - V) * Float.BYTES * (H + 1.0 + (shared ? 0 : E));
  }

  /** The embedding's values, if it has its own. */
  private double table() {
    return shared ? 0 : Layout.rowsBytes(V, E);
  }

  private double layers() {
    double bytes = 0;
    for (int i = 0; i < sizes.length; i++) {
      bytes += GruParameters.bytes(inputs(i), sizes[i]);
    }
    return bytes;
  }

  private int inputs(int layer) {
    return layer == 0 ? E : sizes[layer - 1];
  }

  private double output(boolean rows) {
    return rows
        ? Layout.rowsBytes(V, H) + Layout.rowsBytes(V, 1)
        : Layout.panelsBytes(V, H) + Layout.panelsBytes(V, 1);
  }

  /** The empty ends of the last regions of all parameters' values. */
  double lostByRegions(double region) {
    double lost = shared ? 0 : emptyEnd(Layout.rowsBytes(V, E), region);
    for (int i = 0; i < sizes.length; i++) {
      lost += emptyEnd(Layout.panelsBytes(3L * sizes[i], inputs(i)), region);
      lost += emptyEnd(Layout.panelsBytes(3L * sizes[i], sizes[i]), region);
    }
    return lost + emptyEnd(outputWeight(), region);
  }

  private double outputWeight() {
    return inRows ? Layout.rowsBytes(V, H) : Layout.panelsBytes(V, H);
  }

  private static double emptyEnd(double bytes, double region) {
    return bytes < region / 2 ? 0 : Math.ceil(bytes / region) * region - bytes;
  }

  /** Columns of the widest parameter whose gradient is sparse; 0 if there is none. */
  int sparseCols() {
    return Math.max(shared ? 0 : E, inRows ? H : 0);
  }

  /** What the sparse gradients take before the first step. */
  double noGradients() {
    return ofTable(0) + ofOutput(0, 0);
  }

  /** The embedding's own gradient, after so many rows. */
  private double ofTable(int touched) {
    return shared ? 0 : SparseGradient.bytes(V, E, touched);
  }

  /** The output layer's, if it is sparse. */
  private double ofOutput(int weights, int biases) {
    return inRows ? SparseGradient.bytes(V, H, weights) + SparseGradient.bytes(V, 1, biases) : 0;
  }

  /** The gradients, without what the sparse ones take before the first step. */
  double gradients() {
    int inputs = Math.min(V, M);
    int most = p.get(NEGATIVES) == GRU4RecOptions.Negatives.SHARED ? occurring : V;
    int classes = (int) Math.min(most, classes());
    int weights = (int) Math.min(most, shared ? (double) classes + inputs : classes);
    return layers()
        + (inRows ? 0 : output(false))
        + ofTable(inputs)
        + ofOutput(weights, classes)
        - noGradients()
        + GradientClipping.bytes(longestParameter() / Float.BYTES);
  }

  /** Classes that a step scores at most; shared samples are items that occur. */
  private double classes() {
    return switch (p.get(NEGATIVES)) {
      case CATALOGUE -> V;
      case OWN -> M * (1.0 + p.get(NUM_NEGATIVES));
      case SHARED -> M + (double) p.get(NUM_SAMPLES);
    };
  }

  /** The longest parameter. */
  private double longestParameter() {
    double longest = Math.max(outputWeight(), table());
    for (int i = 0; i < sizes.length; i++) {
      longest = Math.max(longest, Layout.panelsBytes(3L * sizes[i], sizes[i]));
      longest = Math.max(longest, Layout.panelsBytes(3L * sizes[i], inputs(i)));
    }
    return longest;
  }

  /** The longest array. */
  double longest() {
    return Math.max(longestParameter(), inRows ? 0 : OutputLayer.logitsBytes(V, M));
  }

  /** What a step works in. */
  double buffers(int threads) {
    float embed = TrainingStep.dropout(p, DROPOUT_EMBED);
    boolean each = embed == 0; // item is looked up once
    double bytes =
        2.0 * Integer.BYTES * M // of the chunk: items, targets
            + (each ? DistinctRows.bytes(M) : 0)
            + Embedding.bytes(E, M, each)
            + Dropout.bytes(embed, M, E);
    for (int i = 0; i < sizes.length; i++) {
      bytes += Gru.bytes(inputs(i), sizes[i], M, T, sessions, i == 0 && each, threads);
      bytes += Dropout.bytes(TrainingStep.dropout(p, DROPOUT_HIDDEN), M, sizes[i]);
      bytes += Matrix.bytes(B, sizes[i]); // states between chunks
    }
    if (tracks) { // where sessions begin among them
      bytes += IntStream.of(sizes).distinct().mapToDouble(H -> Matrix.bytes(sessions, H)).sum();
    }
    return bytes + objective(threads);
  }

  private double objective(int threads) {
    return switch (p.get(NEGATIVES)) {
      case CATALOGUE -> OutputLayer.bytes(V, H, M, p.get(LABEL_SMOOTHING), threads);
      case OWN -> {
        int each = p.get(NUM_NEGATIVES);
        yield OwnNegatives.bytes(M, each, threads) + (double) Integer.BYTES * M * each;
      }
      case SHARED -> {
        int samples = p.get(NUM_SAMPLES);
        yield SharedNegatives.bytes(H, M, samples, threads)
            + (double) Integer.BYTES * samples
            + ItemSampler.bytes(V - 1)
            + corrections() * (double) Float.BYTES * V;
      }
    };
  }

  /** Arrays of logarithms that cross-entropy takes off scores. */
  private int corrections() {
    if (p.algorithm() != Algorithm.CROSS_ENTROPY || p.get(LOGQ) == 0) {
      return 0;
    }
    return p.get(SAMPLE_ALPHA) == 0 ? 1 : 2;
  }
}
