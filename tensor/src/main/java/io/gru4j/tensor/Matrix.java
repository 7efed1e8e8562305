package io.gru4j.tensor;

/** A dense row-major matrix of floats. */
public final class Matrix {
  private Matrix() {}
}
