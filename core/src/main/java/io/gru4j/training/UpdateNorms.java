package io.gru4j.training;

import io.gru4j.model.GruNetwork;
import io.gru4j.progress.UpdateNorm;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.nn.GruParameters;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares the parameters after each epoch with a copy from before it. Steps know nothing of it, so
 * training has the same bits and the same speed with it and without.
 */
final class UpdateNorms {
  private record Part(String name, List<Parameter> parameters) {}

  private static final int BUFFER = 1 << 14;

  private final float[] buffer = new float[BUFFER];
  private final List<Part> parts = new ArrayList<>();
  private final List<float[][]> before = new ArrayList<>(); // of each part's parameters

  /** Copies the parameters as they are. */
  UpdateNorms(GruNetwork network) {
    boolean shared = network.isShared();
    parts.add(
        new Part(
            shared ? "item embedding, output weight" : "item embedding",
            List.of(network.embedding())));
    int layer = 1;
    for (GruParameters each : network.layers()) {
      String name = network.layers().size() == 1 ? "GRU" : "GRU layer " + layer++;
      parts.add(new Part(name, each.all()));
    }
    if (!shared) {
      parts.add(new Part("output weight", List.of(network.outputWeight())));
    }
    parts.add(new Part("output bias", List.of(network.outputBias())));
    for (Part part : parts) {
      before.add(part.parameters().stream().map(UpdateNorms::zeros).toArray(float[][]::new));
    }
    epoch();
  }

  private static float[] zeros(Parameter p) {
    return new float[Math.toIntExact((long) p.rows() * p.cols())];
  }

  /** The heap that the copy takes. */
  static double bytes(GruNetwork network) {
    return network.parameters().stream()
        .mapToDouble(each -> (double) Float.BYTES * each.rows() * each.cols())
        .sum();
  }

  /** What has changed since the copy, which then is made anew. */
  List<UpdateNorm> epoch() {
    List<UpdateNorm> norms = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      double update = 0;
      double weight = 0;
      float[][] copies = before.get(i);
      for (int k = 0; k < copies.length; k++) {
        Parameter p = parts.get(i).parameters().get(k);
        float[] copy = copies[k];
        for (int from = 0; from < copy.length; from += BUFFER) {
          int n = Math.min(BUFFER, copy.length - from);
          p.read(from, buffer, n); // without what pads a panel
          for (int j = 0; j < n; j++) {
            double moved = (double) buffer[j] - copy[from + j];
            update += moved * moved;
            weight += (double) buffer[j] * buffer[j];
          }
          System.arraycopy(buffer, 0, copy, from, n);
        }
      }
      norms.add(new UpdateNorm(parts.get(i).name(), Math.sqrt(update), Math.sqrt(weight)));
    }
    return norms;
  }
}
