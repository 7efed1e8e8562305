package shop;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.gru4j.data.IdMap;
import io.gru4j.model.Recommendation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One visitor, served by ONNX Runtime with the graph of one click. All visitors share the loaded
 * graph, an {@link OrtSession}, which is thread-safe; each has a state of his own, which is not.
 */
final class OnnxVisitor {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession graph;
  private final IdMap items;

  /** The state after the last click, (1, hidden units) for each layer, by the name of its input. */
  private final Map<String, float[][]> states = new HashMap<>();

  /** A visitor who has not clicked yet: the state is zeros. */
  OnnxVisitor(OrtSession graph, IdMap items) throws OrtException {
    this.graph = graph;
    this.items = items;
    for (NodeInfo input : graph.getInputInfo().values()) {
      if (input.getName().startsWith("state_")) {
        long[] shape = ((TensorInfo) input.getInfo()).getShape(); // (-1, hidden units)
        states.put(input.getName(), new float[1][(int) shape[1]]);
      }
    }
  }

  /** Goes on with a click, and returns the k best items to follow, best first. */
  List<Recommendation> click(String item, int k) throws OrtException {
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try {
      inputs.put("item", OnnxTensor.createTensor(environment, new long[] {items.indexOf(item)}));
      inputs.put("k", OnnxTensor.createTensor(environment, new long[] {k}));
      for (Map.Entry<String, float[][]> state : states.entrySet()) {
        inputs.put(state.getKey(), OnnxTensor.createTensor(environment, state.getValue()));
      }
      try (OrtSession.Result outputs = graph.run(inputs)) {
        for (Map.Entry<String, float[][]> state : states.entrySet()) {
          state.setValue((float[][]) value(outputs, "next_" + state.getKey()));
        }
        String[] ids =
            ((String[][]) value(outputs, "top_ids"))[0]; // [0]: the only visitor of the batch
        float[] scores = ((float[][]) value(outputs, "top_scores"))[0];
        List<Recommendation> best = new ArrayList<>();
        for (int place = 0; place < k; place++) {
          best.add(new Recommendation(ids[place], scores[place]));
        }
        return best;
      }
    } finally {
      inputs.values().forEach(OnnxTensor::close); // tensors are outside of the heap
    }
  }

  private static Object value(OrtSession.Result outputs, String name) throws OrtException {
    return outputs.get(name).orElseThrow().getValue();
  }
}
