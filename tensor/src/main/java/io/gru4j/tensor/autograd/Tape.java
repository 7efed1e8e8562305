package io.gru4j.tensor.autograd;

import java.util.Arrays;

/**
 * The operations of one forward pass, in order.
 *
 * <p>Recording keeps a reference and allocates nothing once the tape has its size, so one tape
 * serves a complete training. Not thread-safe.
 *
 * {@snippet class="io.gru4j.tensor.JavadocExamplesTest" region="step"}
 */
public final class Tape {

  /** The backward half of an operation. */
  @FunctionalInterface
  public interface Operation {
    /** Adds to the gradients of the operation's inputs, given that of its output. */
    void backward();
  }

  private Operation[] operations = new Operation[16];
  private int size;

  /** Creates an empty tape. */
  public Tape() {}

  /**
   * Appends an operation whose output has just been computed.
   *
   * @param operation its backward half
   */
  public void record(Operation operation) {
    if (size == operations.length) {
      operations = Arrays.copyOf(operations, 2 * size);
    }
    operations[size++] = operation;
  }

  /**
   * Computes the gradient of {@code loss} with respect to everything that it was computed from,
   * then clears the tape. Gradients are added to what is there.
   *
   * @param loss a (1, 1) variable, an output of an operation on this tape
   * @throws IllegalArgumentException if {@code loss} is not (1, 1)
   */
  public void backward(Variable loss) {
    if (loss.rows() != 1 || loss.cols() != 1) {
      throw new IllegalArgumentException("backward starts from a (1, 1) loss, got " + loss.value());
    }
    loss.grad().set(0, 0, 1f);
    while (size > 0) {
      Operation operation = operations[--size];
      operations[size] = null;
      operation.backward();
    }
  }

  /** Forgets all operations, for a forward pass whose gradient nobody needs. */
  public void clear() {
    Arrays.fill(operations, 0, size, null);
    size = 0;
  }

  /**
   * Returns the number of recorded operations.
   *
   * @return 0 after {@link #backward} and {@link #clear}
   */
  public int size() {
    return size;
  }
}
