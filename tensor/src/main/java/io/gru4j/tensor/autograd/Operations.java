package io.gru4j.tensor.autograd;

import io.gru4j.tensor.Gemm;
import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.kernel.ElementKernels;
import io.gru4j.tensor.kernel.Kernels;

/**
 * The elementary operations on a {@link Tape}: enough to write a network straight from its
 * equations.
 *
 * <pre>
 *   r = ops.sigmoid(ops.addRow(ops.add(ops.matmul(x, wr), ops.matmul(h, ur)), br))
 * </pre>
 *
 * <p>Each method computes its output and records how the gradient {@code dY} of the output adds to
 * those of its inputs; in the formulas, {@code *} is elementwise. Every call makes a new variable:
 * these operations are for readers, experiments and tests. Training uses the coarse ones in {@code
 * io.gru4j.tensor.nn}, which allocate nothing, on the same tape. Not thread-safe.
 *
 * {@snippet class="io.gru4j.tensor.JavadocExamplesTest" region="autograd"}
 */
public final class Operations {

  private final Tape tape;
  private final Gemm gemm;
  private final ElementKernels elementKernels = Kernels.get().elements();

  /**
   * Creates the operations of one tape.
   *
   * @param tape records them
   * @param parallel runs the matrix products
   */
  public Operations(Tape tape, Parallel parallel) {
    this.tape = tape;
    this.gemm = new Gemm(parallel);
  }

  /**
   * The product of two matrices.
   *
   * <pre>  Y = A B;   dA += dY B^T,  dB += A^T dY</pre>
   *
   * @param a shape (M, K)
   * @param b shape (K, N)
   * @return shape (M, N)
   * @throws IllegalArgumentException if the inner sizes differ
   */
  public Variable matmul(Variable a, Variable b) {
    Variable y = variable(a.rows(), b.cols());
    gemm.multiply(a.value(), false, b.value(), false, y.value(), false);
    tape.record(
        () -> {
          gemm.multiply(y.grad(), false, b.value(), true, a.grad(), true);
          gemm.multiply(a.value(), true, y.grad(), false, b.grad(), true);
        });
    return y;
  }

  /**
   * The product with a transposed right side, as for weights of shape (outputs, inputs).
   *
   * <pre>  Y = A B^T;   dA += dY B,  dB += dY^T A</pre>
   *
   * @param a shape (M, K)
   * @param b shape (N, K)
   * @return shape (M, N)
   * @throws IllegalArgumentException if the inner sizes differ
   */
  public Variable matmulTransposed(Variable a, Variable b) {
    Variable y = variable(a.rows(), b.rows());
    gemm.multiply(a.value(), false, b.value(), true, y.value(), false);
    tape.record(
        () -> {
          gemm.multiply(y.grad(), false, b.value(), false, a.grad(), true);
          gemm.multiply(y.grad(), true, a.value(), false, b.grad(), true);
        });
    return y;
  }

  /**
   * The sum of two matrices.
   *
   * <pre>  Y = A + B;   dA += dY,  dB += dY</pre>
   *
   * @param a shape (M, N)
   * @param b shape (M, N)
   * @return shape (M, N)
   * @throws IllegalArgumentException if the shapes differ
   */
  public Variable add(Variable a, Variable b) {
    Variable y = sameShape("add", a, b);
    addTo(y.value(), 1f, a.value());
    addTo(y.value(), 1f, b.value());
    tape.record(
        () -> {
          addTo(a.grad(), 1f, y.grad());
          addTo(b.grad(), 1f, y.grad());
        });
    return y;
  }

  /**
   * The difference of two matrices.
   *
   * <pre>  Y = A - B;   dA += dY,  dB -= dY</pre>
   *
   * @param a shape (M, N)
   * @param b shape (M, N)
   * @return shape (M, N)
   * @throws IllegalArgumentException if the shapes differ
   */
  public Variable subtract(Variable a, Variable b) {
    Variable y = sameShape("subtract", a, b);
    addTo(y.value(), 1f, a.value());
    addTo(y.value(), -1f, b.value());
    tape.record(
        () -> {
          addTo(a.grad(), 1f, y.grad());
          addTo(b.grad(), -1f, y.grad());
        });
    return y;
  }

  /**
   * Adds one row, such as a bias, to every row.
   *
   * <pre>  Y[m,:] = A[m,:] + B;   dA += dY,  dB += sum_m dY[m,:]</pre>
   *
   * @param a shape (M, N)
   * @param row shape (1, N)
   * @return shape (M, N)
   * @throws IllegalArgumentException if {@code row} is not (1, N)
   */
  public Variable addRow(Variable a, Variable row) {
    int N = a.cols();
    if (row.rows() != 1 || row.cols() != N) {
      throw new IllegalArgumentException(
          "addRow: %s + %s: expected a row of shape (1, %d)".formatted(a.value(), row.value(), N));
    }
    Variable y = variable(a.rows(), N);
    addTo(y.value(), 1f, a.value());
    for (int m = 0; m < a.rows(); m++) {
      elementKernels.axpy(1f, row.value().data(), 0, y.value().data(), m * N, N);
    }
    tape.record(
        () -> {
          addTo(a.grad(), 1f, y.grad());
          for (int m = 0; m < y.rows(); m++) {
            elementKernels.axpy(1f, y.grad().data(), m * N, row.grad().data(), 0, N);
          }
        });
    return y;
  }

  /**
   * The product of two matrices, element by element.
   *
   * <pre>  Y = A * B;   dA += dY * B,  dB += dY * A</pre>
   *
   * @param a shape (M, N)
   * @param b shape (M, N)
   * @return shape (M, N)
   * @throws IllegalArgumentException if the shapes differ
   */
  public Variable multiply(Variable a, Variable b) {
    Variable y = sameShape("multiply", a, b);
    int n = size(y);
    elementKernels.multiply(y.value().data(), 0, a.value().data(), 0, b.value().data(), 0, n);
    tape.record(
        () -> {
          float[] dY = y.grad().data();
          float[] dA = a.grad().data();
          float[] dB = b.grad().data();
          for (int i = 0; i < n; i++) {
            dA[i] = Kernels.fma(dY[i], b.value().data()[i], dA[i]);
            dB[i] = Kernels.fma(dY[i], a.value().data()[i], dB[i]);
          }
        });
    return y;
  }

  /**
   * Multiplies by a number.
   *
   * <pre>  Y = factor A;   dA += factor dY</pre>
   *
   * @param a shape (M, N)
   * @param factor the number
   * @return shape (M, N)
   */
  public Variable scale(Variable a, float factor) {
    Variable y = variable(a.rows(), a.cols());
    addTo(y.value(), factor, a.value());
    tape.record(() -> addTo(a.grad(), factor, y.grad()));
    return y;
  }

  /**
   * One minus a matrix, as for {@code 1 - z}.
   *
   * <pre>  Y = 1 - A;   dA -= dY</pre>
   *
   * @param a shape (M, N)
   * @return shape (M, N)
   */
  public Variable oneMinus(Variable a) {
    Variable y = variable(a.rows(), a.cols());
    y.value().fill(1f);
    addTo(y.value(), -1f, a.value());
    tape.record(() -> addTo(a.grad(), -1f, y.grad()));
    return y;
  }

  /**
   * The logistic function.
   *
   * <pre>  Y = 1 / (1 + exp(-A));   dA += dY * Y * (1 - Y)</pre>
   *
   * @param a shape (M, N)
   * @return shape (M, N)
   */
  public Variable sigmoid(Variable a) {
    Variable y = variable(a.rows(), a.cols());
    int n = size(y);
    elementKernels.sigmoid(y.value().data(), 0, a.value().data(), 0, n);
    tape.record(
        () -> {
          for (int i = 0; i < n; i++) {
            float s = y.value().data()[i];
            a.grad().data()[i] += y.grad().data()[i] * (s * (1f - s));
          }
        });
    return y;
  }

  /**
   * The hyperbolic tangent.
   *
   * <pre>  Y = tanh(A);   dA += dY * (1 - Y * Y)</pre>
   *
   * @param a shape (M, N)
   * @return shape (M, N)
   */
  public Variable tanh(Variable a) {
    Variable y = variable(a.rows(), a.cols());
    int n = size(y);
    elementKernels.tanh(y.value().data(), 0, a.value().data(), 0, n);
    tape.record(
        () -> {
          for (int i = 0; i < n; i++) {
            float t = y.value().data()[i];
            a.grad().data()[i] += y.grad().data()[i] * Kernels.fma(-t, t, 1f);
          }
        });
    return y;
  }

  /**
   * Looks up rows.
   *
   * <pre>  Y[m,:] = A[indices[m],:];   dA[indices[m],:] += dY[m,:]</pre>
   *
   * @param a shape (rows, N)
   * @param indices numbers of rows, each in [0, rows); copied
   * @return shape (indices.length, N)
   * @throws IndexOutOfBoundsException if a number is outside [0, rows)
   */
  public Variable rows(Variable a, int... indices) {
    int N = a.cols();
    int[] from = indices.clone();
    Variable y = variable(from.length, N);
    for (int m = 0; m < from.length; m++) {
      if (from[m] < 0 || from[m] >= a.rows()) {
        throw new IndexOutOfBoundsException(
            "rows: indices[%d] = %d is outside [0, %d)".formatted(m, from[m], a.rows()));
      }
      System.arraycopy(a.value().data(), from[m] * N, y.value().data(), m * N, N);
    }
    tape.record(
        () -> {
          for (int m = 0; m < from.length; m++) {
            elementKernels.axpy(1f, y.grad().data(), m * N, a.grad().data(), from[m] * N, N);
          }
        });
    return y;
  }

  /**
   * Takes neighbouring columns, such as one gate of three.
   *
   * <pre>  Y[:,j] = A[:,from + j];   dA[:,from + j] += dY[:,j]</pre>
   *
   * @param a shape (M, N)
   * @param from first column
   * @param count number of columns
   * @return shape (M, count)
   * @throws IndexOutOfBoundsException if [from, from + count) is not within [0, N)
   */
  public Variable columns(Variable a, int from, int count) {
    int N = a.cols();
    if (from < 0 || count < 0 || from > N - count) {
      throw new IndexOutOfBoundsException(
          "columns: %d columns from %d on are outside %s".formatted(count, from, a.value()));
    }
    Variable y = variable(a.rows(), count);
    for (int m = 0; m < a.rows(); m++) {
      System.arraycopy(a.value().data(), m * N + from, y.value().data(), m * count, count);
    }
    tape.record(
        () -> {
          for (int m = 0; m < y.rows(); m++) {
            elementKernels.axpy(
                1f, y.grad().data(), m * count, a.grad().data(), m * N + from, count);
          }
        });
    return y;
  }

  /**
   * The sum of all elements, accumulated in double.
   *
   * <pre>  y = sum_m sum_n A[m,n];   dA[m,n] += dy</pre>
   *
   * @param a shape (M, N)
   * @return shape (1, 1)
   */
  public Variable sum(Variable a) {
    Variable y = variable(1, 1);
    int n = size(a);
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += a.value().data()[i];
    }
    y.value().set(0, 0, (float) sum);
    tape.record(
        () -> {
          for (int i = 0; i < n; i++) {
            a.grad().data()[i] += y.grad().data()[0];
          }
        });
    return y;
  }

  /**
   * The mean cross-entropy of each row's softmax; loss and denominators are accumulated in double.
   *
   * <pre>
   *   y = 1/n sum_m ( logsumexp(A[m,:]) - A[m,targets[m]] )  over the n rows with targets[m] >= 0
   *   dA[m,:] += dy (softmax(A[m,:]) - onehot(targets[m])) / n  for those rows
   * </pre>
   *
   * @param logits shape (M, N)
   * @param targets class of each row in [0, N), or -1 for a row that does not count; copied
   * @return shape (1, 1): nats; 0 if no row counts
   * @throws IllegalArgumentException if there are not M targets
   * @throws IndexOutOfBoundsException if a target is outside [-1, N)
   */
  public Variable softmaxCrossEntropy(Variable logits, int... targets) {
    return SoftmaxCrossEntropy.of(tape, logits, targets);
  }

  private static Variable variable(int rows, int cols) {
    return new Variable(Matrix.zeros(rows, cols));
  }

  private static Variable sameShape(String operation, Variable a, Variable b) {
    if (a.rows() != b.rows() || a.cols() != b.cols()) {
      throw new IllegalArgumentException(
          "%s: %s and %s: the shapes differ".formatted(operation, a.value(), b.value()));
    }
    return variable(a.rows(), a.cols());
  }

  private static int size(Variable a) {
    return a.rows() * a.cols();
  }

  private void addTo(Matrix y, float factor, Matrix x) {
    elementKernels.axpy(factor, x.data(), 0, y.data(), 0, x.rows() * x.cols());
  }
}
