package io.gru4j.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.IdMap;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.model.UnknownItems;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.nn.GruState;
import io.gru4j.tensor.nn.OutputScorer;
import io.gru4j.tensor.nn.TopK;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** In a catalogue for which a coarse copy of the weights pays, every answer is as without it. */
class LargeCatalogueTest {
  private static final int ITEMS = 20_000;
  private static final List<String> IDS =
      IntStream.range(0, ITEMS).mapToObj(Integer::toString).toList();
  private static final GruNetwork NETWORK = GruNetwork.zeros(ITEMS, 8, 16, 1).initialise(3);

  private static FittedModel model() {
    return new FittedModel(NETWORK, IdMap.of(IDS), Map.of(), List.of(), null);
  }

  private static List<String> every(int nth) {
    return IntStream.range(0, ITEMS / nth).mapToObj(i -> Integer.toString(i * nth + 2)).toList();
  }

  @Test
  void answersAreThoseOfAllScores() {
    Recommender exact = new Recommender(model()); // for a few requests it has no copy
    FittedModel model = model();
    Recommender coarse = new Recommender(model);
    try (Parallel parallel = new Parallel(2)) {
      coarse.prepare(parallel);
    }
    Session a = exact.newSession();
    Session b = coarse.newSession();
    for (Session session : List.of(a, b)) {
      session.click("17");
      session.click("19999");
    }
    assertEquals(a.top(20), b.top(20));
    assertEquals(a.top(20), model.recommend(List.of("17", "19999"), 20, UnknownItems.FAIL).items());
    for (int nth : new int[] {3, 10}) {
      ItemFilter without = ItemFilter.ALL.without(exact.itemSet(every(nth))).unseen();
      ItemFilter among = ItemFilter.ALL.only(exact.itemSet(every(nth)));
      assertEquals(
          a.top(20, without),
          b.top(20, ItemFilter.ALL.without(coarse.itemSet(every(nth))).unseen()));
      assertEquals(a.top(20, among), b.top(20, ItemFilter.ALL.only(coarse.itemSet(every(nth)))));
    }
    List<Session> three = List.of(b, b, b);
    assertEquals(
        List.of(a.top(20), a.top(20), a.top(20)), coarse.topAll(three, 20, ItemFilter.ALL));
  }

  /** It is the model's scorers that share the copy, those of a recommender too. */
  @Test
  void aModelHasOneCopy() {
    FittedModel model = model();
    OutputScorer scorer = model.scorer();
    GruState state = new GruState(NETWORK.embedding(), NETWORK.layers(), 1);
    state.advance(new int[] {5}, 1);
    TopK[] best = {new TopK(20)};
    scorer.top(state.top(), 0, 1, best);
    assertEquals(ITEMS, scorer.exactScores());
    try (Parallel parallel = new Parallel(1)) {
      new Recommender(model).prepare(parallel);
    }
    scorer.top(state.top(), 0, 1, best);
    assertTrue(scorer.exactScores() < 500, scorer.exactScores() + " scores");
  }
}
