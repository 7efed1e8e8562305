package io.gru4j.model;

import io.gru4j.data.IdMap;
import io.gru4j.file.AtomicFile;
import io.gru4j.file.Json;
import io.gru4j.file.ProtobufMessage;
import io.gru4j.file.SafeTensorsWriter.FloatSource;
import io.gru4j.model.OnnxGraph.Type;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.nn.GruParameters;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A fitted model as an <a href="https://onnx.ai">ONNX</a> file, for runtimes that are not Java: one
 * graph for whole sessions, and one for a single click after a state. Both use operators of opset
 * {@value OnnxGraph#OPSET}, have any number of layers, a shared or separate embedding, and leave
 * the pad class out. Items are numbers in them; the ids are the constant {@code item_ids}, the
 * output {@code top_ids}, and the metadata {@code gru4j.item_ids}, a JSON array.
 *
 * <p>The GRU is ONNX's with {@code linear_before_reset} 1, where the reset gate stands outside of
 * the new gate's product, as in torch; its gates are stacked z, r, n there and r, z, n here.
 *
 * <p>B is the number of sessions, T that of clicks of the longest, N that of items, H_i that of
 * hidden units of layer i. All methods are thread-safe.
 */
public final class OnnxFile {
  /** A protobuf message must be smaller. */
  private static final long MAX_BYTES = Integer.MAX_VALUE;

  private static final String BATCH = "sessions";
  private static final String TOP = "k";

  private OnnxFile() {}

  /**
   * Writes the graph for whole sessions. Its inputs are {@code items} (B, T), int64, item numbers
   * in the order of their clicks, any sound number behind the last; {@code lengths} (B), int32, how
   * many clicks each session has, at least 1; and {@code k} (1), int64, from 1 to N. Its outputs
   * are {@code scores} (B, N), float; {@code top_scores} (B, k), float, {@code top_items} (B, k),
   * int64, and {@code top_ids} (B, k), string: the k best, best first.
   *
   * @param model the model
   * @param file a regular file to replace, or a new name in an existing folder
   * @throws ModelFileException if the model is too large for the format
   * @throws IOException if writing fails; an old file is then unchanged
   */
  public static void writeSessions(FittedModel model, Path file) throws IOException {
    GruNetwork network = model.network();
    OnnxGraph graph =
        new OnnxGraph("gru4j_sessions")
            .input("items", Type.INT64, BATCH, "clicks")
            .input("lengths", Type.INT32, BATCH)
            .input("k", Type.INT64, "1");
    String table = constants(graph, model);
    graph.node("Gather", List.of(table, "items"), "looked_up");
    graph.transpose("looked_up", "x_0", 1, 0, 2); // ONNX's GRU has time first
    int layers = network.layers().size();
    if (layers > 1) {
      graph.longs("axis_1", 1);
    }
    for (int i = 0; i < layers; i++) {
      gru(graph, network.layers().get(i), i, "lengths", "", "y_" + i, "last_" + i);
      if (i + 1 < layers) {
        graph.node("Squeeze", List.of("y_" + i, "axis_1"), "x_" + (i + 1)); // one direction
      }
    }
    graph.node("Squeeze", List.of("last_" + (layers - 1), "axis_0"), "hidden");
    finish(graph, model, "hidden", file);
  }

  /**
   * Writes the graph for one click of each session. Its inputs are {@code item} (B), int64, item
   * numbers; {@code state_0} (B, H_0) and so on, float, one for each layer, the {@code next_state}
   * of the click before, zeros before the first; and {@code k} (1), int64, from 1 to N. Its outputs
   * are {@code next_state_0} and so on, and those of {@link #writeSessions}.
   *
   * @param model the model
   * @param file a regular file to replace, or a new name in an existing folder
   * @throws ModelFileException if the model is too large for the format
   * @throws IOException if writing fails; an old file is then unchanged
   */
  public static void writeStep(FittedModel model, Path file) throws IOException {
    GruNetwork network = model.network();
    OnnxGraph graph = new OnnxGraph("gru4j_step").input("item", Type.INT64, BATCH);
    int[] sizes = network.hiddenSizes();
    for (int i = 0; i < sizes.length; i++) {
      graph.input("state_" + i, Type.FLOAT, BATCH, Integer.toString(sizes[i]));
    }
    graph.input("k", Type.INT64, "1");
    String table = constants(graph, model);
    graph.node("Gather", List.of(table, "item"), "looked_up");
    graph.node("Unsqueeze", List.of("looked_up", "axis_0"), "x_0"); // one step of time
    for (int i = 0; i < sizes.length; i++) {
      graph.node("Unsqueeze", List.of("state_" + i, "axis_0"), "before_" + i);
      gru(graph, network.layers().get(i), i, "", "before_" + i, "", "x_" + (i + 1));
      graph.node("Squeeze", List.of("x_" + (i + 1), "axis_0"), "next_state_" + i);
      graph.output("next_state_" + i, Type.FLOAT, BATCH, Integer.toString(sizes[i]));
    }
    finish(graph, model, "next_state_" + (sizes.length - 1), file);
  }

  /** Adds what both graphs share, and returns the name of the table that items are looked up in. */
  private static String constants(OnnxGraph graph, FittedModel model) {
    GruNetwork network = model.network();
    Parameter output = network.outputWeight();
    int items = model.numItems(); // one row fewer than V: the pad class is the last
    graph.floats("lin.weight", output::read, items, output.cols());
    graph.floats("lin.bias", network.outputBias()::read, items);
    if (!network.isShared()) {
      Parameter embedding = network.embedding();
      graph.floats("emb.weight", embedding::read, items, embedding.cols());
    }
    graph.longs("axis_0", 0);
    graph.texts("item_ids", items, model.items()::idOf);
    return network.isShared() ? "lin.weight" : "emb.weight";
  }

  private static void gru(
      OnnxGraph graph,
      GruParameters layer,
      int index,
      String lengths,
      String before,
      String all,
      String last) {
    int H = layer.hidden();
    String suffix = "_l" + index;
    Parameter ih = layer.weightIh();
    Parameter hh = layer.weightHh();
    graph.floats("rnn.weight_ih" + suffix, source(zrn(ih)), 1, 3L * H, ih.cols());
    graph.floats("rnn.weight_hh" + suffix, source(zrn(hh)), 1, 3L * H, hh.cols());
    float[] bias = Arrays.copyOf(zrn(layer.biasIh()), 6 * H);
    System.arraycopy(zrn(layer.biasHh()), 0, bias, 3 * H, 3 * H);
    graph.floats("rnn.bias" + suffix, source(bias), 1, bias.length);
    graph.node(
        "GRU",
        List.of(
            "x_" + index,
            "rnn.weight_ih" + suffix,
            "rnn.weight_hh" + suffix,
            "rnn.bias" + suffix,
            lengths,
            before),
        List.of(all, last),
        Map.of("hidden_size", H, "linear_before_reset", 1));
  }

  /** The rows of a gates' parameter, which are r, z, n, in the order z, r, n. */
  private static float[] zrn(Parameter p) {
    int gate = p.rows() / 3 * p.cols();
    float[] rzn = new float[3 * gate];
    p.read(0, rzn, rzn.length);
    float[] zrn = rzn.clone();
    System.arraycopy(rzn, gate, zrn, 0, gate);
    System.arraycopy(rzn, 0, zrn, gate, gate);
    return zrn;
  }

  private static FloatSource source(float[] values) {
    return (offset, dst, n) -> System.arraycopy(values, (int) offset, dst, 0, n);
  }

  private static void finish(OnnxGraph graph, FittedModel model, String hidden, Path file)
      throws IOException {
    String items = Integer.toString(model.numItems());
    graph
        .node(
            "Gemm",
            List.of(hidden, "lin.weight", "lin.bias"),
            List.of("scores"),
            Map.of("transB", 1))
        .node("TopK", List.of("scores", "k"), List.of("top_scores", "top_items"), Map.of())
        .node("Gather", List.of("item_ids", "top_items"), "top_ids")
        .output("scores", Type.FLOAT, BATCH, items)
        .output("top_scores", Type.FLOAT, BATCH, TOP)
        .output("top_items", Type.INT64, BATCH, TOP)
        .output("top_ids", Type.STRING, BATCH, TOP);
    ProtobufMessage message = graph.model(metadata(model));
    if (message.size() > MAX_BYTES) {
      throw new ModelFileException(
          file,
          "an ONNX file has at most %,d bytes, this model would take %,d; .npz has no such limit"
              .formatted(MAX_BYTES, message.size()));
    }
    AtomicFile.write(
        file,
        channel -> {
          OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel));
          message.writeTo(out);
          out.flush();
        });
  }

  private static Map<String, String> metadata(FittedModel model) {
    IdMap ids = model.items();
    List<Object> all = IntStream.range(0, ids.size()).<Object>mapToObj(ids::idOf).toList();
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("gru4j.item_ids", Json.write(all));
    metadata.put("gru4j.parameters", Json.write(model.parameters()));
    return metadata;
  }
}
