package io.gru4j.file;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The element types of a model file's tensors, named as safetensors names them. */
public enum TensorType {
  /** 32-bit IEEE 754 floating point. */
  F32(4),
  /** 64-bit IEEE 754 floating point. */
  F64(8),
  /** 64-bit signed integer. */
  I64(8),
  /** Unsigned byte. */
  U8(1);

  private final int bytes;

  TensorType(int bytes) {
    this.bytes = bytes;
  }

  /**
   * Returns the size of one element.
   *
   * @return bytes, also the type's alignment
   */
  public int bytes() {
    return bytes;
  }

  static String names() {
    return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
  }
}
