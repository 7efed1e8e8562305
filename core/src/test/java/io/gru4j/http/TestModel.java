package io.gru4j.http;

import io.gru4j.data.IdMap;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.model.Recommendation;
import io.gru4j.model.UnknownItems;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Untrained models whose scores depend on every click, visibly. */
final class TestModel {
  static final int ITEMS = 83;

  /** An id that a page must not take for markup. */
  static final String HOSTILE = "<img src=x onerror=\"document.title='broken'\"> & \u05d0\u05d1";

  private TestModel() {}

  static FittedModel make(long seed) {
    return make(seed, ITEMS);
  }

  static FittedModel make(long seed, int items) {
    GruNetwork network = GruNetwork.zeros(items, 5, 9, 2).initialise(seed);
    network
        .parameters()
        .forEach(
            p -> {
              for (int i = 0; i < p.value().length; i++) {
                p.value()[i] *= 100;
              }
            });
    List<String> ids = new ArrayList<>(List.of("item0", HOSTILE));
    for (int i = 2; i < items; i++) {
      ids.add("item" + i);
    }
    return new FittedModel(network, IdMap.of(ids), Map.of(), List.of(), null);
  }

  static List<String> clicks(Random random, int count) {
    List<String> ids = make(0).items().ids();
    return random.ints(count, 0, ITEMS).mapToObj(ids::get).toList();
  }

  static List<Recommendation> expected(FittedModel model, List<String> clicks, int k) {
    return model.recommend(clicks, k, UnknownItems.SKIP).items();
  }
}
