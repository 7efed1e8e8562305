package io.gru4j.tensor.nn;

import static io.gru4j.tensor.kernel.Kernels.PANEL;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import io.gru4j.tensor.kernel.ElementKernels;
import io.gru4j.tensor.kernel.Kernels;
import java.util.Arrays;

/**
 * The linear layer over V classes with a pairwise loss, scored for the target of each row and for U
 * negatives of that row alone.
 *
 * <pre>
 *   score[m, c] = hidden[m,:] . W[c,:] + b[c]           for c the target and the negatives of row m
 *   loss        = 1/M * sum_m pairwise(score[m, target[m]], score[m, negatives[m,:]])
 *   dHidden[m,:] += sum_c dScore[m, c] W[c,:]
 *   dW[c,:]      += sum over the rows m and places where c occurs of dScore[m, c] hidden[m,:],  db[c] the same without hidden
 * </pre>
 *
 * <p>{@link PairwiseLoss} has the losses. A step costs M (U + 1) scores, whatever V is. A class
 * that occurs several times gets the sum of its gradients, added in the order of rows and, in a
 * row, target first, then its negatives: {@link DistinctRows} finds them, and one task adds all
 * that one class gets. So threads do not change a bit.
 */
public final class OwnNegatives {

  private static final int ROWS = 8; // of a task
  private static final int CLASSES = 64; // of a task

  private final Parameter weight;
  private final Parameter bias;
  private final PairwiseLoss pairwise;
  private final Parallel parallel;
  private final int V;
  private final int H;
  private final int U;
  private final int stride; // of a row's scores: U filled up to panels
  private final ElementKernels elementKernels = Kernels.get().elements();
  private final ThreadLocal<PairwiseRow> row;
  private final float[] logWeight; // 0 for the negatives, minus infinity behind them
  private final Variable loss = new Variable(Matrix.zeros(1, 1));
  private final DistinctRows distinct = new DistinctRows();

  private int[] classes = new int[0]; // [m][target, negatives]
  private int[] distinctClasses = new int[0];
  private float[] scores = new float[0]; // [m][negative], then their gradients
  private float[] targetGrads = new float[0]; // [m]
  private double[] rowLoss = new double[0]; // [m]

  private final Parallel.Task forwardTask = this::forwardRows;
  private final Parallel.Task hiddenTask = this::hiddenGradient;
  private final Parallel.Task classTask = this::classGradients;
  private final Tape.Operation backward = this::backward;

  private Variable hidden;
  private int M;
  private float scale; // of the rows' gradients
  private double lossValue;
  private boolean weightGradIsNew; // its rows must be written
  private boolean biasGradIsNew;

  /**
   * Creates the layer.
   *
   * @param weight shape (V, H), in rows with a sparse gradient
   * @param bias shape (V, 1), in rows with a sparse gradient
   * @param pairwise the loss
   * @param negatives U, of each row, at least 1
   * @param parallel runs the work
   * @throws IllegalArgumentException if a gradient is not sparse or U is below 1
   */
  public OwnNegatives(
      Parameter weight, Parameter bias, PairwiseLoss pairwise, int negatives, Parallel parallel) {
    if (!weight.isSparse() || !bias.isSparse()) {
      throw new IllegalArgumentException(
          "weight and bias must have sparse gradients: " + weight.name() + ", " + bias.name());
    }
    if (negatives < 1) {
      throw new IllegalArgumentException("negatives must be at least 1, got " + negatives);
    }
    this.weight = weight;
    this.bias = bias;
    this.pairwise = pairwise;
    this.parallel = parallel;
    this.V = weight.rows();
    this.H = weight.cols();
    this.U = negatives;
    this.stride = stride(negatives);
    this.row = ThreadLocal.withInitial(() -> new PairwiseRow(stride));
    this.logWeight = new float[stride];
    Arrays.fill(logWeight, U, stride, Float.NEGATIVE_INFINITY);
  }

  private static int stride(int negatives) {
    return PANEL * (negatives / PANEL + 1); // at least one more: the target's
  }

  /**
   * Returns the bytes of the layer's buffers.
   *
   * @param M the most rows
   * @param negatives U, of each row
   * @param threads threads that work
   * @return the bytes, also of buffers that are too long to be made
   */
  public static double bytes(int M, int negatives, int threads) {
    double classes = (double) M * (negatives + 1);
    return Integer.BYTES * 2 * classes // classes, distinctClasses
        + DistinctRows.bytes((int) Math.min(Integer.MAX_VALUE, classes))
        + Float.BYTES * Math.max(classes, Buffers.rows(M, stride(negatives)))
        + Float.BYTES * ((double) M + stride(negatives)) // targetGrads, logWeight
        + (double) Double.BYTES * M // rowLoss
        + Variable.bytes(1, 1) // loss
        + threads * PairwiseRow.bytes(stride(negatives));
  }

  /**
   * Computes the loss.
   *
   * @param tape records the operation
   * @param hidden shape (M, H), M at least 1
   * @param targets class of each row, in [0, V)
   * @param negatives shape (M, U): classes in [0, V), row by row; copied
   * @return shape (1, 1): the mean loss over the rows, of bpr and top1 over the pairs
   * @throws IllegalArgumentException if {@code hidden} has not H columns
   * @throws IndexOutOfBoundsException if a class is outside [0, V)
   */
  public Variable forward(Tape tape, Variable hidden, int[] targets, int[] negatives) {
    if (hidden.cols() != H) {
      throw new IllegalArgumentException(
          "output layer of %d inputs: got %s".formatted(H, hidden.value()));
    }
    this.hidden = hidden;
    this.M = hidden.rows();
    loss.reset(1);
    allocate();
    for (int m = 0; m < M; m++) {
      int at = m * (U + 1);
      classes[at] = targets[m];
      System.arraycopy(negatives, m * U, classes, at + 1, U);
    }
    for (int i = 0; i < M * (U + 1); i++) {
      if (classes[i] < 0 || classes[i] >= V) {
        throw new IndexOutOfBoundsException(
            "class %d of row %d is outside [0, %d)".formatted(classes[i], i / (U + 1), V));
      }
    }
    boolean overPairs = pairwise == PairwiseLoss.BPR || pairwise == PairwiseLoss.TOP1;
    double divisor = overPairs ? (double) M * U : M;
    scale = (float) (1 / divisor);
    parallel.run(Math.ceilDiv(M, ROWS), forwardTask);
    lossValue = 0;
    for (int m = 0; m < M; m++) {
      lossValue += rowLoss[m];
    }
    lossValue /= divisor;
    loss.value().set(0, 0, (float) lossValue);
    tape.record(backward);
    return loss;
  }

  /**
   * Returns the loss of the last forward pass.
   *
   * @return what {@link #forward} returned, accumulated in double
   */
  public double lossValue() {
    return lossValue;
  }

  private void allocate() {
    double count = (double) M * (U + 1);
    scores = Buffers.atLeast(scores, Math.max(count, Buffers.rows(M, stride)));
    if (classes.length < count) {
      classes = new int[(int) count];
      distinctClasses = new int[(int) count];
    }
    if (rowLoss.length < M) {
      rowLoss = new double[M];
      targetGrads = new float[M];
    }
  }

  private void forwardRows(int task) {
    PairwiseRow scratch = row.get();
    float[] h = hidden.value().data();
    int end = Math.min(M, (task + 1) * ROWS);
    for (int m = task * ROWS; m < end; m++) {
      int at = m * (U + 1);
      float p = score(h, m, classes[at]);
      int n = m * stride;
      for (int j = 0; j < U; j++) {
        scores[n + j] = score(h, m, classes[at + 1 + j]);
      }
      Arrays.fill(scores, n + U, n + stride, 0f);
      rowLoss[m] =
          switch (pairwise) {
            case BPR -> scratch.bpr(p, scores, n, U, scale);
            case TOP1 -> scratch.top1(p, scores, n, U, scale);
            case BPR_MAX ->
                scratch.bprMax(p, scores, n, logWeight, stride, 1f, 0, scale, scores, n);
            case TOP1_MAX -> scratch.top1Max(p, scores, n, logWeight, stride, scale);
          };
      targetGrads[m] = scratch.targetGrad();
    }
  }

  private float score(float[] h, int m, int c) {
    float[] w = weight.value();
    return elementKernels.dot(h, m * H, w, weight.offset() + c * H, H)
        + bias.value()[bias.offset() + c];
  }

  /** The gradient of score number {@code j} of row m, the target's first. */
  private float scoreGrad(int m, int j, float lossGrad) {
    return lossGrad * (j == 0 ? targetGrads[m] : scores[m * stride + j - 1]);
  }

  private void backward() {
    int D = distinct.find(classes, M * (U + 1));
    for (int d = 0; d < D; d++) {
      distinctClasses[d] = classes[distinct.first(d)];
    }
    weightGradIsNew = weight.touchRows(distinctClasses, D);
    biasGradIsNew = bias.touchRows(distinctClasses, D);
    parallel.run(Math.ceilDiv(M, ROWS), hiddenTask);
    parallel.run(Math.ceilDiv(D, CLASSES), classTask);
  }

  private void hiddenGradient(int task) {
    float lossGrad = loss.grad().get(0, 0);
    float[] dHidden = hidden.grad().data();
    int end = Math.min(M, (task + 1) * ROWS);
    for (int m = task * ROWS; m < end; m++) {
      for (int j = 0; j <= U; j++) {
        int w = weight.offset() + classes[m * (U + 1) + j] * H;
        elementKernels.axpy(scoreGrad(m, j, lossGrad), weight.value(), w, dHidden, m * H, H);
      }
    }
  }

  private void classGradients(int task) {
    float lossGrad = loss.grad().get(0, 0);
    float[] h = hidden.value().data();
    float[] dW = weight.gradOrNull();
    float[] db = bias.gradOrNull();
    int end = Math.min(distinct.count(), (task + 1) * CLASSES);
    for (int d = task * CLASSES; d < end; d++) {
      int c = distinctClasses[d];
      int w = weight.offset() + weight.touchedPlace(c) * H;
      int b = bias.offset() + bias.touchedPlace(c);
      if (weightGradIsNew) {
        Arrays.fill(dW, w, w + H, 0f);
      }
      db[b] = biasGradIsNew ? 0f : db[b];
      for (int i = distinct.start(d); i < distinct.start(d + 1); i++) {
        int m = distinct.member(i) / (U + 1);
        float gradient = scoreGrad(m, distinct.member(i) % (U + 1), lossGrad);
        elementKernels.axpy(gradient, h, m * H, dW, w, H);
        db[b] += gradient;
      }
    }
  }
}
