package io.gru4j.cli;

import io.gru4j.data.IdMap;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Saves two models in turn to one file, until it is killed. */
public final class SaveForever {
  private static final int ITEMS = 3000;

  private SaveForever() {}

  /** One of the two models. */
  static FittedModel model(long seed) {
    List<String> ids = IntStream.range(0, ITEMS).mapToObj(i -> "item" + i).toList();
    GruNetwork network = GruNetwork.zeros(ITEMS, 16, 16, 1).initialise(seed);
    return new FittedModel(network, IdMap.of(ids), Map.of(), List.of(), seed);
  }

  /** Runs. */
  public static void main(String[] args) throws IOException {
    FittedModel[] models = {model(1), model(2)};
    for (int i = 0; true; i++) {
      if (i == 2) {
        System.err.println("saves"); // all classes are loaded: from now on it does little else
      }
      models[i % 2].save(Path.of(args[0]));
    }
  }
}
