package io.gru4j.model;

import io.gru4j.file.OneLine;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A model file is not what it should be. The message names the file, the tensor if one is at fault,
 * and the fault: {@code shop.safetensors: tensor "lin.weight": expected shape [11, 4], got [11,
 * 5]}.
 *
 * <p>Failures of the disk itself stay plain {@link IOException}s.
 */
public final class ModelFileException extends IOException {
  private static final long serialVersionUID = 1L;

  /** The message without the file. */
  private final String fault;

  /**
   * A fault of the file that is not of one tensor.
   *
   * @param file the file read
   * @param fault what is wrong, and what would be right
   */
  public ModelFileException(Path file, String fault) {
    super(OneLine.of(file.toString()) + ": " + OneLine.of(fault, 1000));
    this.fault = OneLine.of(fault, 1000);
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
