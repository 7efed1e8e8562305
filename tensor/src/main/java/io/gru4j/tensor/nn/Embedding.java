package io.gru4j.tensor.nn;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;

/** A table of vectors, one of each of N items: {@code y[m] = table[items[m]]}. */
public final class Embedding {

  private final Parameter table;
  private final Variable output;
  private final Tape.Operation backward = this::backward;
  private int[] items = new int[0];
  private int[] distinctItems = new int[0];

  /**
   * Wraps a table.
   *
   * @param table shape (N, E), with a sparse gradient; or one that another layer shares, whose
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
   * @param items numbers of items, each in [0, N); kept until backward, not copied
   * @param M how many of them
   * @return shape (M, E), valid until the next call
   * @throws IndexOutOfBoundsException if a number is outside [0, N)
   */
  public Variable forward(Tape tape, int[] items, int M) {
    this.items = items;
    output.reset(M);
    lookUp(table, items, M, output.value().data());
    tape.record(backward);
    return output;
  }

  /**
   * Looks up each of the distinct rows once.
   *
   * @param tape records the operation
   * @param items numbers of items, each in [0, N), those that {@code distinct} was made of
   * @param distinct which of them are equal; with another's, wrong rows are looked up
   * @return shape (D, E), the distinct rows in their order, valid until the next call
   * @throws IndexOutOfBoundsException if a number is outside [0, N)
   */
  public Variable forward(Tape tape, int[] items, DistinctRows distinct) {
    int D = distinct.count();
    int M = distinct.rows(); // room for all: a later chunk may have fewer equal ones
    if (distinctItems.length < M) {
      distinctItems = new int[M];
      output.reset(M);
    }
    for (int d = 0; d < D; d++) {
      distinctItems[d] = checked(table, items, distinct.first(d));
    }
    return forward(tape, distinctItems, D);
  }

  /**
   * Copies rows of a table, without a tape.
   *
   * @param table shape (N, E)
   * @param items their numbers
   * @param M how many of them
   * @param y (M, E) out: the rows
   * @throws IndexOutOfBoundsException if a number is outside [0, N)
   */
  public static void lookUp(Parameter table, int[] items, int M, float[] y) {
    int E = table.cols();
    for (int m = 0; m < M; m++) {
      table.readRow(checked(table, items, m), y, m * E);
    }
  }

  private static int checked(Parameter table, int[] items, int m) {
    int i = items[m];
    if (i < 0 || i >= table.rows()) {
      throw new IndexOutOfBoundsException(
          "items[%d] = %d is outside [0, %d)".formatted(m, i, table.rows()));
    }
    return i;
  }

  private void backward() {
    float[] dY = output.grad().data();
    for (int m = 0; m < output.rows(); m++) {
      table.addRowGrad(items[m], dY, m * table.cols());
    }
  }
}
