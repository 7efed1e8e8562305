package io.gru4j.algorithms;

import static io.gru4j.parameters.GRU4RecOptions.EMBEDDING;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;

import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.GRU4RecOptions.Embedding;
import io.gru4j.parameters.GRU4RecParameters;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Whether a model can be gone on from with some parameters. */
final class Architecture {
  private Architecture() {}

  /**
   * Refuses parameters of another network than a model has.
   *
   * @throws IllegalArgumentException if algorithm, layers, widths or embedding differ; names both
   */
  static void requireSame(FittedModel start, GRU4RecParameters p) {
    GruNetwork network = start.network();
    String algorithm = p.algorithm().toString();
    if (start.algorithm() != null) {
      require("algorithm", start.algorithm(), algorithm);
    }
    Embedding embedding = network.isShared() ? Embedding.SHARED : Embedding.SEPARATE;
    require("embedding", embedding.toString(), p.get(EMBEDDING).toString());
    require("hidden units", words(network.hiddenSizes()), words(p.layerSizes()));
    if (!network.isShared()) {
      String components = Integer.toString(network.numComponents());
      require("num_components", components, p.get(NUM_COMPONENTS).toString());
    }
  }

  private static String words(int[] sizes) {
    return Arrays.stream(sizes).mapToObj(Integer::toString).collect(Collectors.joining(","));
  }

  private static void require(String what, String ofStart, String ofParameters) {
    if (!ofStart.equals(ofParameters)) {
      throw new IllegalArgumentException(
          "%s: the start has %s, the parameters say %s; a model goes on with its own network"
              .formatted(what, ofStart, ofParameters));
    }
  }
}
