package io.gru4j.bench;

import java.util.List;
import jdk.jfr.consumer.RecordedFrame;

/** Which part of a training step a stack trace belongs to. */
final class StepParts {

  private static final String KERNELS = "io.gru4j.tensor.kernel.";
  private static final String LAYERS = "io.gru4j.tensor.nn.";
  private static final String TRAINING = "io.gru4j.training.";

  /** The parts of a step against the catalogue. */
  static final List<String> CATALOGUE =
      List.of("forward", "softmax", "dW", "dhidden", "optimizer", "GRU", "embedding", "batches");

  /** The parts of a step against shared samples. */
  static final List<String> SHARED =
      List.of(
          "draws",
          "distinct columns",
          "gather",
          "scores",
          "loss",
          "dhidden",
          "dW",
          "scatter",
          "optimizer",
          "GRU",
          "embedding",
          "batches");

  /** What no part claims. */
  static final String REST = "rest";

  private StepParts() {}

  /** The part that the innermost known frame belongs to. */
  static String of(List<RecordedFrame> frames) {
    String kernel = null; // the outermost kernel called by that frame
    for (RecordedFrame frame : frames) {
      String type = frame.getMethod().getType().getName();
      String method = frame.getMethod().getName();
      if (type.startsWith(KERNELS)) {
        kernel = method;
        continue;
      }
      String part = part(type, method, kernel);
      if (part != null) {
        return part;
      }
    }
    return REST;
  }

  private static String part(String type, String method, String kernel) {
    if (type.startsWith("io.gru4j.tensor.optim.")) { // clipping is among them
      return "optimizer";
    }
    if (type.startsWith(LAYERS)) {
      return ofLayer(type.substring(LAYERS.length()), method, kernel);
    }
    if (type.startsWith("io.gru4j.tensor.autograd.SparseGradient")) {
      return "scatter";
    }
    if (type.startsWith("io.gru4j.tensor.ItemSampler") || isDraw(type)) {
      return "draws";
    }
    return type.startsWith(TRAINING) && type.endsWith("Batches") ? "batches" : null;
  }

  private static boolean isDraw(String type) {
    return type.equals(TRAINING + "PopularSamples") || type.equals(TRAINING + "UniformNegatives");
  }

  private static String ofLayer(String type, String method, String kernel) {
    if (type.startsWith("Gru")) {
      return "GRU";
    }
    if (type.startsWith("SharedLoss") || type.equals("PairwiseRow")) {
      return "loss";
    }
    return switch (type) {
      case "Embedding" -> "embedding";
      case "HiddenGradient" -> "dhidden";
      case "OutputLayer" -> ofOutputLayer(method, kernel);
      case "SharedNegatives" -> ofSharedNegatives(method, kernel);
      default -> null; // such as DistinctRows: a frame further out says what for
    };
  }

  private static String ofOutputLayer(String method, String kernel) {
    if (kernel != null && kernel.startsWith("row")) {
      return "softmax";
    }
    return switch (method) {
      case "makeLogits" -> "forward";
      case "backwardTile", "addToWeights", "addToBias", "scaleHidden", "takeTargets" -> "dW";
      case "backwardHidden" -> "dhidden";
      case "forward", "packChunk", "normaliseChunk" -> "softmax"; // forward: equal rows, losses
      default -> null; // the lambdas and loops around those
    };
  }

  private static String ofSharedNegatives(String method, String kernel) {
    return switch (method) {
      case "findClasses" -> "distinct columns";
      case "score" -> kernel == null || kernel.equals("transpose") ? "gather" : "scores";
      case "losses" -> "loss";
      case "toUnits" -> "gather";
      case "hiddenGradient" -> "dhidden";
      case "backwardSlot" -> kernel == null ? "gather" : "dhidden";
      case "classGradients" -> kernel == null || kernel.equals("axpy") ? "scatter" : "dW";
      case "forward" -> kernel == null ? "distinct columns" : "scores"; // packs the hidden rows
      default -> null;
    };
  }
}
