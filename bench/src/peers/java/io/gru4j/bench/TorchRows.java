package io.gru4j.bench;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * A table of which a step looks up a few rows, on libtorch. Adagrad changes those alone, by the sum
 * of the gradients of a row that was looked up several times; there is no gradient of the table.
 */
final class TorchRows {

  /**
   * Which rows were looked up.
   *
   * @param indices shape (k), the rows
   * @param places shape (k), for each one place among those that have the same row
   * @param repeated shape (d), the places whose row has another place
   */
  record Lookup(Tensor indices, Tensor places, Tensor repeated) {

    /**
     * Finds rows that occur several times.
     *
     * @param lastPlaces shape (rows of the table), any content: each row's place is kept there
     * @param range 0, 1, 2 and so on, at least k of them
     */
    static Lookup of(Tensor indices, Tensor lastPlaces, Tensor range) {
      Tensor each = range.narrow(0, 0, indices.numel());
      lastPlaces.index_copy_(0, indices, each);
      Tensor places = lastPlaces.index_select(0, indices);
      return new Lookup(indices, places, places.ne(each).nonzero().select(1, 0));
    }

    /** Gives all places of a row the sum of their gradients, shape (k, columns). */
    private Tensor summed(Tensor grads) {
      if (repeated.numel() == 0) {
        return grads;
      }
      grads.index_add_(0, places.index_select(0, repeated), grads.index_select(0, repeated));
      return grads.index_select(0, places);
    }
  }

  private final Tensor value;
  private final Tensor state;
  private final Scalar epsilon; // inside the root
  private final Scalar minusRate;

  TorchRows(Tensor value, double learningRate, double epsilon) {
    this.value = value;
    this.state = value.mul(new Scalar(0.0));
    this.epsilon = new Scalar(epsilon);
    this.minusRate = new Scalar(-learningRate);
  }

  /** A copy of some rows. */
  Tensor gather(Tensor indices) {
    return value.index_select(0, indices);
  }

  /**
   * Makes a step.
   *
   * @param rows shape (k, columns), as {@link #gather} returned them
   * @param grads their gradients, changed
   */
  void update(Lookup lookup, Tensor rows, Tensor grads) {
    Tensor g = lookup.summed(grads);
    Tensor s = state.index_select(0, lookup.indices()).addcmul_(g, g);
    state.index_copy_(0, lookup.indices(), s);
    Tensor changed = rows.addcdiv_(g, s.add_(epsilon).sqrt_(), minusRate);
    value.index_copy_(0, lookup.indices(), changed);
  }
}
