package io.gru4j.tensor.nn;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;

/** A table of vectors, looked up by number: {@code y[m] = table[indices[m]]}. */
public final class Embedding {

  private final Parameter table;
  private final Variable output;
  private final Tape.Operation backward = this::backward;
  private int[] indices = new int[0];
  private int[] distinctIndices = new int[0];

  /**
   * Wraps a table.
   *
   * @param table shape (items, E), with a sparse gradient; or one that another layer shares, whose
   *     dense gradient then gets the sum of both uses
   */
  public Embedding(Parameter table) {
    this.table = table;
    this.output = new Variable(Matrix.zeros(0, table.cols()));
  }

  /**
   * Returns the bytes of the layer's buffers.
   *
   * @param E number of columns of the table
   * @param M the most rows that are looked up at a time
   * @param distinct whether each of the distinct rows is looked up once
   * @return the bytes, also of buffers that are too long to be made
   */
  public static double bytes(int E, int M, boolean distinct) {
    return Variable.bytes(M, E) + (distinct ? (double) Integer.BYTES * M : 0);
  }

  /**
   * Looks up rows.
   *
   * @param tape records the operation
   * @param indices numbers of rows, each in [0, items); kept until backward, not copied
   * @param M how many of them
   * @return shape (M, E), valid until the next call
   * @throws IndexOutOfBoundsException if a number is outside [0, items)
   */
  public Variable forward(Tape tape, int[] indices, int M) {
    this.indices = indices;
    output.reset(M);
    lookUp(table, indices, M, output.value().data());
    tape.record(backward);
    return output;
  }

  /**
   * Looks up each of the distinct rows once.
   *
   * @param tape records the operation
   * @param indices numbers of rows, each in [0, items), those that {@code distinct} was made of
   * @param distinct which of them are equal; with another's, wrong rows are looked up
   * @return shape (D, E), the distinct rows in their order, valid until the next call
   * @throws IndexOutOfBoundsException if a number is outside [0, items)
   */
  public Variable forward(Tape tape, int[] indices, DistinctRows distinct) {
    int D = distinct.count();
    int M = distinct.rows(); // room for all: a later chunk may have fewer equal ones
    if (distinctIndices.length < M) {
      distinctIndices = new int[M];
      output.reset(M);
    }
    for (int d = 0; d < D; d++) {
      distinctIndices[d] = checked(table, indices, distinct.first(d));
    }
    return forward(tape, distinctIndices, D);
  }

  /**
   * Copies rows of a table, without a tape.
   *
   * @param table shape (items, E)
   * @param indices numbers of rows
   * @param M how many of them
   * @param y (M, E) out: the rows
   * @throws IndexOutOfBoundsException if a number is outside [0, items)
   */
  public static void lookUp(Parameter table, int[] indices, int M, float[] y) {
    int E = table.cols();
    for (int m = 0; m < M; m++) {
      table.readRow(checked(table, indices, m), y, m * E);
    }
  }

  private static int checked(Parameter table, int[] indices, int m) {
    int i = indices[m];
    if (i < 0 || i >= table.rows()) {
      throw new IndexOutOfBoundsException(
          "indices[%d] = %d is outside [0, %d)".formatted(m, i, table.rows()));
    }
    return i;
  }

  private void backward() {
    float[] dY = output.grad().data();
    for (int m = 0; m < output.rows(); m++) {
      table.addRowGrad(indices[m], dY, m * table.cols());
    }
  }
}
