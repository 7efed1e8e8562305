package io.gru4j.file;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A file is not sound safetensors, or its tensors are not what they should be. The message names
 * the file, the tensor if one is at fault, and the fault: {@code shop.safetensors: tensor
 * "lin.weight": expected shape [11, 4], got [11, 5]}.
 *
 * <p>Failures of the disk itself stay plain {@link IOException}s.
 */
public final class SafeTensorsException extends IOException {
  private static final long serialVersionUID = 1L;

  /** The message without the file. */
  private final String fault;

  /** A fault of the file as a whole. */
  SafeTensorsException(Path file, String fault) {
    super(OneLine.of(file.toString()) + ": " + OneLine.of(fault, 1000));
    this.fault = OneLine.of(fault, 1000);
  }

  /** A fault of one tensor. */
  SafeTensorsException(Path file, String tensor, String fault) {
    this(file, "tensor " + OneLine.quoted(tensor) + ": " + fault);
  }

  /**
   * Returns what is wrong.
   *
   * @return the message without the file
   */
  public String fault() {
    return fault;
  }
}
