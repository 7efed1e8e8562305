package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecOptions.ADAGRAD_MOMENTUM;
import static io.gru4j.parameters.GRU4RecOptions.NEGATIVES;
import static io.gru4j.parameters.GRU4RecParameters.KEEP_LAST;
import static io.gru4j.parameters.GRU4RecParameters.MOMENTUM;
import static io.gru4j.parameters.GRU4RecParameters.OPTIMIZATION_ALGORITHM;
import static io.gru4j.parameters.GRU4RecParameters.PREDICT_TOP_K;
import static io.gru4j.parameters.GRU4RecParameters.STOPPING_CRITERION;
import static io.gru4j.parameters.GRU4RecParameters.VALIDATION_SAMPLE_SIZE;

import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.Validation;
import io.gru4j.model.FittedModel;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.tensor.optim.Adagrad;
import io.gru4j.tensor.optim.Sgd;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;

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
  private String shapers; // names of the parameters that buffers grow with

  private MemoryEstimate() {}

  /**
   * Estimates a fit from nothing.
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
    return of(p, x, items, validation, null, threads);
  }

  /**
   * Estimates a fit.
   *
   * @param p the estimator's parameters
   * @param x users x items, with timestamps
   * @param items ids of the items
   * @param validation null for none
   * @param startOrNull the model that training goes on from, which stays in memory
   * @param threads threads that work
   * @return the estimate
   */
  public static MemoryEstimate of(
      GRU4RecParameters p,
      InteractionMatrix x,
      IdMap items,
      Validation validation,
      FittedModel startOrNull,
      int threads) {
    TrainingShapes s = new TrainingShapes(p, x, startOrNull != null);
    double parameters = s.parameters();
    double state = Math.rint(optimizer(p, s, threads) / parameters); // arrays
    boolean keepsBest = validation != null && !p.get(KEEP_LAST);
    double copies = s.inRows || keepsBest ? 1 : 0;
    MemoryEstimate estimate = new MemoryEstimate();
    estimate.shapers = shapers(p);
    estimate.add("parameters", parameters + s.noGradients());
    estimate.add("optimizer state", optimizer(p, s, threads));
    estimate.add(s.inRows ? "copy to serve" : "copy of the best epoch", copies * s.copy());
    estimate.add("start", startOrNull == null ? 0 : s.copy(startOrNull.numItems()) + rows(x));
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
  private static double lostByRegions(double bytes, TrainingShapes s, double alike) {
    double region = Math.clamp(Math.ceil(bytes / 2048 / MIB), 1, 32) * MIB;
    double buffers = Math.min(0.05 * bytes, region / 2 * 8 * (1 + s.sizes.length));
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

  private static double optimizer(GRU4RecParameters p, TrainingShapes s, int threads) {
    int sparseCols = s.sparseCols();
    return switch (p.get(OPTIMIZATION_ALGORITHM)) {
      case SGD -> Sgd.bytes(s.parameters(), sparseCols, p.get(MOMENTUM).floatValue());
      case ADAGRAD ->
          Adagrad.bytes(s.parameters(), sparseCols, p.get(ADAGRAD_MOMENTUM).floatValue());
    };
  }

  private static String shapers(GRU4RecParameters p) {
    return switch (p.get(NEGATIVES)) {
      case CATALOGUE -> "batch_size or bptt";
      case OWN -> "batch_size, bptt or num_negatives";
      case SHARED -> "batch_size, bptt or num_samples";
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
  private static double judging(
      GRU4RecParameters p, TrainingShapes s, Validation validation, int threads) {
    OptionalInt cutoff = p.get(STOPPING_CRITERION).cutoff();
    int stored = validation.in().numItems();
    stored = Math.min(stored, cutoff.orElse(Integer.MAX_VALUE));
    stored = Math.min(stored, p.get(PREDICT_TOP_K) == null ? stored : p.get(PREDICT_TOP_K));
    double users = validation.out().numActiveUsers();
    if (p.get(VALIDATION_SAMPLE_SIZE) != null) {
      users = Math.min(users, p.get(VALIDATION_SAMPLE_SIZE));
    }
    double scores = users * stored * (Integer.BYTES + Float.BYTES);
    double buffers = FittedModel.predictBytes(s.E, s.sizes, validation.in(), stored, threads);
    return scores + Math.max(scores, buffers);
  }

  private static double data(InteractionMatrix x) {
    return 12.0 * x.numInteractions() + 8.0 * x.numUsers();
  }

  /** What {@link Start} has of each item: row, clicks and the time of the last one. */
  private static double rows(InteractionMatrix x) {
    return (2.0 * Integer.BYTES + Double.BYTES) * x.numItems();
  }

  private static double ids(IdMap items) {
    return 40.0 * items.size();
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
               + " (parameters, optimizer state, copy, gradients), "
                  + shapers
                  + " (buffers),"
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
