package io.gru4j.tensor.nn;

import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.Kernels.QUAD;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Layout;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.kernel.Kernels;
import io.gru4j.tensor.kernel.ProductKernels;
import io.gru4j.tensor.kernel.RowKernels;
import java.util.Arrays;
import java.util.Objects;

/**
 * Computes scores, ranks and the best classes of a trained output layer, without a matrix of rows x
 * classes.
 *
 * <p>A score is {@code bias[j] + sum_k hidden[k] * weight[j][k]}, a fused chain over ascending k,
 * so a row's bits do not depend on the other rows. Owns a buffer of one tile of classes, for as
 * many rows as it has been asked for at a time, at most 96: not thread-safe, but the parameters are
 * only read, so each thread may have a scorer of its own.
 *
 * {@snippet class="io.gru4j.tensor.JavadocExamplesTest" region="ask"}
 */
public final class OutputScorer {

  private static final int TILE_PANELS = ClassTiles.MAX_PANELS;
  private static final int BLOCK = 96; // rows for which the weights are read once: 12 times 8
  private static final int GROUP_PANELS =
      8; // a lane of so many panels is a group: classes of which the best counts
  private static final int GROUPS = TILE_PANELS / GROUP_PANELS * PANEL;

  private final ProductKernels productKernels = Kernels.get().products();
  private final RowKernels rowKernels = Kernels.get().rows();
  private final Parameter weight;
  private final float[] bias; // -infinity where a panel goes beyond the classes; only read
  private final int classes;
  private final SharedSieve sieve;
  private final int panels;
  private final int H;
  private int ps; // from panel to panel of the tile
  private float[] packed = new float[0]; // a block's hidden states
  private float[] tile = new float[0];
  private final float[] threshold = new float[BLOCK];
  private final int[] lanes = new int[BLOCK];
  private final float[] groupBest = new float[GROUPS];
  private SievePass pass; // null until it is used
  private int exactScores;

  /**
   * Creates a scorer of the first {@code classes} classes; the others do not exist for it.
   *
   * @param weight shape (V, H), in panels
   * @param bias shape (V, 1), in panels
   * @param classes number of classes in [1, V]
   */
  public OutputScorer(Parameter weight, Parameter bias, int classes) {
    this(weight, padded(weight, bias, classes), classes, null);
  }

  private OutputScorer(Parameter weight, float[] bias, int classes, SharedSieve shared) {
    this.weight = weight;
    this.bias = bias;
    this.classes = classes;
    this.sieve = shared == null ? new SharedSieve(weight, bias, classes) : shared;
    this.exactScores = classes;
    this.panels = Parameter.panelCount(classes);
    this.H = weight.cols();
  }

  private static float[] padded(Parameter weight, Parameter bias, int classes) {
    if (classes < 1 || classes > weight.rows()) {
      throw new IllegalArgumentException(
          "classes must be in [1, %d], got %d".formatted(weight.rows(), classes));
    }
    float[] padded = new float[(int) Buffers.padded(classes)];
    Arrays.fill(padded, Float.NEGATIVE_INFINITY);
    System.arraycopy(bias.value(), bias.offset(), padded, 0, classes);
    return padded;
  }

  /**
   * Returns a scorer of the same classes with a buffer of its own, for another thread. It shares
   * the biases as they were when this scorer was created, so nothing of the catalogue's size is
   * copied. May be called by several threads at once, even while another uses this scorer.
   *
   * @return a new scorer
   */
  public OutputScorer copy() {
    return new OutputScorer(weight, bias, classes, sieve);
  }

  /**
   * Returns a scorer of the same classes that computes the scores of all of them, whatever is
   * faster: for measurements. The results have the same bits.
   *
   * @return a new scorer, of which copies do the same
   */
  public OutputScorer exact() {
    return new OutputScorer(weight, bias, classes, SharedSieve.NEVER);
  }

  /**
   * Returns how many exact scores the last row took that was looked for with the coarse copy.
   *
   * @return at least 0; {@code classes} if all were computed, or no coarse copy was used yet
   */
  public int exactScores() {
    return exactScores;
  }

  /**
   * Makes the coarse copy of the weights that the best classes of one row are found with, for this
   * scorer and its copies; returns at once if it is there, or would not be faster. Without a call
   * it is made beside the first few rows, on a thread of its own. The results have the same bits
   * with it and without. May be called by several threads at once.
   *
   * @param parallel runs the work
   */
  public void prepare(Parallel parallel) {
    sieve.prepare(parallel);
  }

  /** As {@link #prepare}, and uses the copy even where it is not faster. */
  void prepareAlways(Parallel parallel) {
    sieve.prepareAlways(parallel);
  }

  /**
   * Returns the bytes of a scorer's own buffers, those that it does not share with its copies.
   *
   * @param classes number of classes
   * @param H hidden units
   * @param rows rows that it is asked for at a time
   * @return the bytes
   */
  public static double bytes(int classes, int H, int rows) {
    int most = Math.min(rows, BLOCK);
    return Float.BYTES
        * (Buffers.packedRows(most, H)
            + tileLength(Parameter.panelCount(classes), panelStride(most))
            + 2 * BLOCK // threshold, lanes
            + GROUPS);
  }

  /**
   * Returns the bytes of the biases that a scorer shares with its copies.
   *
   * @param classes number of classes
   * @return the bytes
   */
  public static double sharedBytes(int classes) {
    return Float.BYTES * Buffers.padded(classes);
  }

  /**
   * Returns the bytes of the coarse copy of the weights, which a scorer shares with its copies too.
   *
   * @param classes number of classes
   * @param H hidden units
   * @return the bytes; 0 if there will be none
   */
  public static double coarseBytes(int classes, int H) {
    return SharedSieve.pays(classes, H) ? Sieve.bytes(classes, H) : 0;
  }

  private static double tileLength(int panels, int panelStride) {
    return Layout.OFFSET + Math.min(panels, TILE_PANELS) * (double) panelStride;
  }

  private static int panelStride(int rows) {
    return (rows | 1) * PANEL; // odd: a row's panels do not share cache sets
  }

  /** Takes the hidden states of some rows, up to a block, and makes room for their scores. */
  private void pack(Matrix hidden, int row, int rows) {
    ps = panelStride(rows);
    packed = Buffers.atLeast(packed, Buffers.packedRows(rows, H));
    tile = Buffers.atLeast(tile, tileLength(panels, ps));
    productKernels.packRows(packed, 0, QUAD * H, hidden.data(), row * H, H, rows, H);
  }

  /** Scores of the {@code rows} packed rows for the panels of one tile, into the tile buffer. */
  private int fillTile(int rows, int firstPanel) {
    int count = Math.min(TILE_PANELS, panels - firstPanel);
    for (int p = 0; p < count; p++) {
      fillPanel(rows, firstPanel + p, weight.offset() + p * ps);
    }
    return count;
  }

  private void fillPanel(int rows, int panel, int to) {
    productKernels.product(
        tile,
        to,
        PANEL,
        bias,
        panel * PANEL,
        0,
        packed,
        0,
        QUAD * H,
        weight.value(),
        weight.offset() + panel * H * PANEL,
        rows,
        H,
        PANEL);
  }

  /**
   * Computes the scores of one row.
   *
   * @param hidden shape (rows, H)
   * @param row which row of it
   * @param scores (classes) out
   */
  public void scores(Matrix hidden, int row, float[] scores) {
    pack(hidden, row, 1);
    for (int first = 0; first < panels; first += TILE_PANELS) {
      int count = fillTile(1, first);
      for (int p = 0; p < count; p++) {
        int c = (first + p) * PANEL;
        System.arraycopy(tile, weight.offset() + p * ps, scores, c, Math.min(PANEL, classes - c));
      }
    }
  }

  /**
   * Returns the score of one class for one row: the same bits as {@link #scores}.
   *
   * @param hidden shape (rows, H)
   * @param row which row of it
   * @param target class in [0, classes)
   * @return the score
   */
  public float score(Matrix hidden, int row, int target) {
    int w = weight.offset() + target / PANEL * H * PANEL + target % PANEL;
    float score = bias[target];
    for (int k = 0; k < H; k++) {
      score = Kernels.fma(hidden.data()[row * H + k], weight.value()[w + k * PANEL], score);
    }
    return score;
  }

  /**
   * Returns the logarithm of the softmax's denominator for one row, {@code log(sum_j exp(score_j))}
   * over all classes: {@code exp(score_j - logSumExp)} is the probability of class j.
   *
   * @param hidden shape (rows, H)
   * @param row which row of it
   * @return the logarithm; tiles of classes are summed in float, and their sums in double. NaN if a
   *     score is infinite
   */
  public double logSumExp(Matrix hidden, int row) {
    double[] result = new double[1];
    logSumExp(hidden, row, 1, result);
    return result[0];
  }

  /**
   * As the other for several rows, in one pass over the weights for 96 of them.
   *
   * @param hidden shape (at least from + rows, H)
   * @param from first row
   * @param rows number of rows
   * @param result (rows) out: the bits of single calls
   */
  public void logSumExp(Matrix hidden, int from, int rows, double[] result) {
    double[] most = new double[Math.min(rows, BLOCK)];
    for (int r = 0; r < rows; r += BLOCK) {
      int n = Math.min(BLOCK, rows - r);
      Arrays.fill(most, Double.NEGATIVE_INFINITY);
      Arrays.fill(result, r, r + n, 0); // of exp(score - most)
      pack(hidden, from + r, n);
      for (int first = 0; first < panels; first += TILE_PANELS) {
        int count = fillTile(n, first);
        for (int i = 0; i < n; i++) {
          int row = weight.offset() + i * PANEL;
          float max = rowKernels.rowMax(tile, row, ps, count);
          float sum = rowKernels.rowExpSum(tile, row, ps, count, max);
          if (max > most[i]) {
            result[r + i] *= Math.exp(most[i] - max);
            most[i] = max;
          }
          result[r + i] += sum * Math.exp(max - most[i]);
        }
      }
      for (int i = 0; i < n; i++) {
        result[r + i] = most[i] + Math.log(result[r + i]);
      }
    }
  }

  /**
   * Computes the rank of one class for each row: 1 + the number of other classes whose score is at
   * least as high. Ties count against the class; one whose score is NaN or minus infinity comes
   * last.
   *
   * @param hidden shape (at least rows, H)
   * @param targets class of each row in [0, classes)
   * @param rows number of rows
   * @param ranks (rows) out, each in [1, classes]
   */
  public void ranks(Matrix hidden, int[] targets, int rows, int[] ranks) {
    ranks(hidden, targets, rows, null, ranks);
  }

  /**
   * Computes the first and the last rank that one class of each row may have among those of its own
   * score. A class whose score is NaN or minus infinity comes last in both.
   *
   * @param hidden shape (at least rows, H)
   * @param targets class of each row in [0, classes)
   * @param rows number of rows
   * @param first (rows) out: 1 + the number of classes whose score is higher; null if not wanted
   * @param last (rows) out: 1 + the number of other classes whose score is at least as high
   */
  public void ranks(Matrix hidden, int[] targets, int rows, int[] first, int[] last) {
    for (int r = 0; r < rows; r += BLOCK) {
      int n = Math.min(BLOCK, rows - r);
      for (int i = 0; i < n; i++) {
        threshold[i] = score(hidden, r + i, targets[r + i]);
        last[r + i] = 0;
        if (first != null) {
          first[r + i] = 1;
        }
      }
      pack(hidden, r, n);
      for (int panel = 0; panel < panels; panel += TILE_PANELS) {
        int count = fillTile(n, panel);
        for (int i = 0; i < n; i++) {
          int row = weight.offset() + i * PANEL;
          last[r + i] += rowKernels.rowCountAtLeast(tile, row, ps, count, threshold[i]);
          if (first != null && threshold[i] < Float.POSITIVE_INFINITY) {
            first[r + i] +=
                rowKernels.rowCountAtLeast(tile, row, ps, count, Math.nextUp(threshold[i]));
          }
        }
      }
      for (int i = 0; i < n; i++) {
        if (!(threshold[i] > Float.NEGATIVE_INFINITY)) { // as what fills up the last panel, or NaN
          last[r + i] = classes;
          if (first != null) {
            first[r + i] = classes;
          }
        }
      }
    }
  }

  /**
   * Finds the classes with the highest scores for each row, best first; of equal scores the lower
   * class comes first.
   *
   * @param hidden shape (at least from + rows, H)
   * @param from first row
   * @param rows number of rows
   * @param best one per row: cleared, then filled
   */
  public void top(Matrix hidden, int from, int rows, TopK[] best) {
    select(hidden, from, rows, best);
    for (int r = 0; r < rows; r++) {
      best[r].sort();
    }
  }

  /**
   * As {@link #top}, but leaves the classes in no order: for {@link TopK#takeByClass}.
   *
   * @param hidden shape (at least from + rows, H)
   * @param from first row
   * @param rows number of rows
   * @param best one per row: cleared, then filled
   */
  public void select(Matrix hidden, int from, int rows, TopK[] best) {
    int k = 0;
    for (int r = 0; r < rows; r++) {
      best[r].clear();
      k = Math.max(k, best[r].kept());
    }
    Sieve coarse = sieve.forRows(rows, k);
    if (coarse == null) {
      selectExactly(hidden, from, rows, best);
      return;
    }
    for (int r = 0; r < rows; r += SievePass.MOST_ROWS) {
      int n = Math.min(SievePass.MOST_ROWS, rows - r);
      selectSieved(coarse, hidden, from + r, n, null, 0, best, r);
    }
  }

  /** With the scores of all classes. */
  private void selectExactly(Matrix hidden, int from, int rows, TopK[] best) {
    for (int r = 0; r < rows; r += BLOCK) {
      int n = Math.min(BLOCK, rows - r);
      for (int i = 0; i < n; i++) {
        threshold[i] = Float.NEGATIVE_INFINITY;
      }
      pack(hidden, from + r, n);
      int start = 0;
      if (panels >= TILE_PANELS) {
        start = fillTile(n, 0);
        for (int i = 0; i < n; i++) {
          threshold[i] = lowerBound(i, best[r + i]);
        }
        for (int p = 0; p < start; p++) {
          offerPanel(p, weight.offset() + p * ps, n, best, r);
        }
      }
      selectFrom(start, n, best, r);
    }
  }

  /** Offers the classes of all panels from one on, those of a panel while they are in a cache. */
  private void selectFrom(int panel, int n, TopK[] best, int r) {
    for (int p = panel; p < panels; p++) {
      fillPanel(n, p, weight.offset());
      offerPanel(p, weight.offset(), n, best, r);
    }
  }

  /**
   * With the scores of those classes that the coarse copy leaves; and of all from where it has left
   * too many, or of all, if it has no bounds for a state.
   */
  private void selectSieved(
      Sieve coarse,
      Matrix hidden,
      int from,
      int rows,
      int[] candidates,
      int count,
      TopK[] best,
      int b) {
    pass = pass == null ? new SievePass() : pass;
    pass.run(coarse, classes, hidden, from, rows, candidates, count, best, b);
    for (int r = 0; r < rows; r++) {
      SieveSelection selection = pass.selection(r);
      int end = selection.end(classes);
      exactScores = classes - end + selection.count();
      for (int i = 0; i < selection.count(); i++) {
        int c = selection.kept(i);
        best[b + r].offerAdmitted(c, score(hidden, from + r, c));
      }
      if (end < classes && candidates != null) {
        int first = Arrays.binarySearch(candidates, 0, count, end);
        offerExactly(hidden, from + r, candidates, first < 0 ? ~first : first, count, best[b + r]);
      } else if (end < classes) {
        pack(hidden, from + r, 1);
        threshold[0] = best[b + r].threshold();
        selectFrom(end / PANEL, 1, best, b + r);
      }
    }
  }

  /**
   * Returns a score that the worst of the K best cannot be below. The first tile's classes are cut
   * into groups, and each group's best is another class: the K-th best of those will do, if there
   * are as many. It keeps most of the classes that come early out of the selection.
   */
  private float lowerBound(int i, TopK best) {
    if (!best.rejectsNone()) {
      return Float.NEGATIVE_INFINITY;
    }
    for (int g = 0; g < groupBest.length / PANEL; g++) {
      int first = weight.offset() + i * PANEL + g * GROUP_PANELS * ps;
      rowKernels.laneMax(groupBest, g * PANEL, tile, first, ps, GROUP_PANELS);
    }
    for (int g = 0; g < groupBest.length; g++) {
      best.offer(g, groupBest[g]);
    }
    float bound = best.threshold();
    best.clear();
    return bound;
  }

  /** Offers the classes of one panel, whose scores of n rows stand in the tile from {@code o}. */
  private void offerPanel(int panel, int o, int n, TopK[] best, int r) {
    rowKernels.lanesAtLeast(lanes, tile, o, threshold, n);
    for (int i = 0; i < n; i++) {
      if (lanes[i] != 0) {
        offer(best[r + i], panel * PANEL, o + i * PANEL, lanes[i]);
        threshold[i] = Math.max(threshold[i], best[r + i].floorScore());
      }
    }
  }

  private void offer(TopK best, int c, int row, int lanes) {
    for (; lanes != 0; lanes &= lanes - 1) {
      int l = Integer.numberOfTrailingZeros(lanes);
      best.offer(c + l, tile[row + l]);
    }
  }

  /**
   * Finds the best of some classes for one row. Costs a score of each panel of classes that they
   * are in, at most.
   *
   * @param hidden shape (rows, H)
   * @param row which row of it
   * @param candidates numbers of classes, ascending, each once, in [0, classes)
   * @param count how many of them
   * @param best cleared, then filled
   * @throws IndexOutOfBoundsException if a candidate is not a class
   */
  public void topOf(Matrix hidden, int row, int[] candidates, int count, TopK best) {
    best.clear();
    Sieve coarse = sieve.forCandidates(count, best.kept());
    if (coarse == null) {
      offerExactly(hidden, row, candidates, 0, count, best);
    } else {
      Objects.checkIndex(candidates[0], classes);
      Objects.checkIndex(candidates[count - 1], classes);
      selectSieved(coarse, hidden, row, 1, candidates, count, new TopK[] {best}, 0);
    }
    best.sort();
  }

  private void offerExactly(
      Matrix hidden, int row, int[] candidates, int first, int count, TopK best) {
    pack(hidden, row, 1);
    int o = weight.offset();
    int filled = -1;
    for (int i = first; i < count; i++) {
      int c = Objects.checkIndex(candidates[i], classes);
      int panel = c / PANEL;
      if (panel != filled) { // one score reads the panel's cache lines too, and waits for each sum
        fillPanel(1, panel, o);
        filled = panel;
      }
      best.offer(c, tile[o + c % PANEL]);
    }
  }
}
