package io.gru4j.model;

import io.gru4j.file.ProtobufMessage;
import io.gru4j.file.SafeTensorsWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * An ONNX model in the making: one graph of nodes, its inputs, outputs and constants. Field numbers
 * and types are those of <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">
 * onnx.proto</a>. Not thread-safe.
 */
final class OnnxGraph {
  /** The version of ONNX's operators that a file states. */
  static final int OPSET = 17;

  private static final int IR_VERSION = 8; // of the file format; the one of opset 17

  /** A type of elements, with its number in the format. */
  enum Type {
    FLOAT(1),
    INT32(6),
    INT64(7),
    STRING(8);

    private final int number;

    Type(int number) {
      this.number = number;
    }
  }

  private final ProtobufMessage graph = new ProtobufMessage();

  OnnxGraph(String name) {
    graph.text(2, name);
  }

  /**
   * Adds an input.
   *
   * @param shape its sizes: a number, or the name of one that is known only at run time
   */
  OnnxGraph input(String name, Type type, String... shape) {
    graph.message(11, value(name, type, shape));
    return this;
  }

  /** Adds an output, as {@link #input}. */
  OnnxGraph output(String name, Type type, String... shape) {
    graph.message(12, value(name, type, shape));
    return this;
  }

  private static ProtobufMessage value(String name, Type type, String... shape) {
    ProtobufMessage dims = new ProtobufMessage();
    for (String size : shape) {
      boolean isNumber = Character.isDigit(size.charAt(0));
      dims.message(
          1,
          isNumber
              ? new ProtobufMessage().integer(1, Long.parseLong(size))
              : new ProtobufMessage().text(2, size));
    }
    ProtobufMessage tensor = new ProtobufMessage().integer(1, type.number).message(2, dims);
    return new ProtobufMessage().text(1, name).message(2, new ProtobufMessage().message(1, tensor));
  }

  /** Adds a constant of floats, row-major. */
  OnnxGraph floats(String name, SafeTensorsWriter.FloatSource source, long... shape) {
    long count = 1;
    for (long size : shape) {
      count = Math.multiplyExact(count, size);
    }
    graph.message(5, constant(name, Type.FLOAT, shape).floats(9, count, source));
    return this;
  }

  /** Adds a constant of integers, with one dimension. */
  OnnxGraph longs(String name, long... values) {
    ProtobufMessage tensor = constant(name, Type.INT64, values.length);
    for (long value : values) {
      tensor.integer(7, value);
    }
    graph.message(5, tensor);
    return this;
  }

  /** Adds a constant of texts, with one dimension. */
  OnnxGraph texts(String name, int count, IntFunction<String> text) {
    graph.message(5, constant(name, Type.STRING, count).texts(6, count, text));
    return this;
  }

  private static ProtobufMessage constant(String name, Type type, long... shape) {
    ProtobufMessage tensor = new ProtobufMessage();
    for (long size : shape) {
      tensor.integer(1, size);
    }
    return tensor.integer(2, type.number).text(8, name);
  }

  /**
   * Adds a node.
   *
   * @param operator of ONNX
   * @param inputs names of values; empty for one that is left out
   * @param outputs names of values; empty for one that nobody needs
   * @param attributes integers by name
   */
  OnnxGraph node(
      String operator, List<String> inputs, List<String> outputs, Map<String, Integer> attributes) {
    return add(node(operator, inputs, outputs), attributes);
  }

  /** Adds a node without attributes. */
  OnnxGraph node(String operator, List<String> inputs, String output) {
    return node(operator, inputs, List.of(output), Map.of());
  }

  /** Adds a node that changes the order of dimensions. */
  OnnxGraph transpose(String input, String output, int... order) {
    ProtobufMessage attribute = new ProtobufMessage().text(1, "perm");
    for (int dimension : order) {
      attribute.integer(8, dimension);
    }
    ProtobufMessage node = node("Transpose", List.of(input), List.of(output));
    graph.message(1, node.message(5, attribute.integer(20, 7))); // 7: a list of integers
    return this;
  }

  private static ProtobufMessage node(String operator, List<String> inputs, List<String> outputs) {
    return new ProtobufMessage()
        .texts(1, inputs.size(), inputs::get)
        .texts(2, outputs.size(), outputs::get)
        .text(3, outputs.getLast())
        .text(4, operator);
  }

  private OnnxGraph add(ProtobufMessage node, Map<String, Integer> attributes) {
    // Sorted: the same model gives the same bytes.
    new TreeMap<>(attributes)
        .forEach(
            (name, value) ->
                node.message(
                    5,
                    new ProtobufMessage()
                        .text(1, name)
                        .integer(3, value)
                        .integer(20, 2))); // 2: int
    graph.message(1, node);
    return this;
  }

  /**
   * Returns the file.
   *
   * @param metadata texts by name
   */
  ProtobufMessage model(Map<String, String> metadata) {
    ProtobufMessage model =
        new ProtobufMessage().integer(1, IR_VERSION).text(2, "gru4j").message(7, graph);
    model.message(8, new ProtobufMessage().text(1, "").integer(2, OPSET));
    metadata.forEach(
        (key, value) -> model.message(14, new ProtobufMessage().text(1, key).text(2, value)));
    return model;
  }
}
