package io.gru4j.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.IdMap;
import io.gru4j.model.FittedModel;
import io.gru4j.model.Lineage;
import io.gru4j.serve.Recommender;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions that began before a reload go on after it. */
class TakeOverTest {
  private static final FittedModel OLD = TestModel.make(5);
  private static final FittedModel NEW = TestModel.make(6);

  @TempDir Path folder;
  private Path file;
  private RecommendServer server;
  private Client client;

  @BeforeEach
  void start() throws IOException {
    file = folder.resolve("m.safetensors");
    OLD.save(file);
    server =
        RecommendServer.start(
            new RecommendServer.Settings(file, "localhost", 0, 2, 256), line -> {});
    client = new Client(server.address().getPort());
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private void reload(FittedModel model) throws IOException {
    model.save(file);
    assertTrue(server.reload());
  }

  /** Of repeated items the order and the number of clicks are told too. */
  @Test
  void aSessionOfTheModelBeforeHasTheStateOfANewOneWithItsClicks() throws Exception {
    Random random = new Random(1);
    List<List<String>> sessions = new ArrayList<>();
    List<String> tokens = new ArrayList<>();
    for (int length = 0; length < 30; length++) {
      List<String> clicks = new ArrayList<>(TestModel.clicks(random, length));
      clicks.addAll(clicks.subList(0, length / 2));
      sessions.add(clicks);
      tokens.add(client.recommend(Map.of("items", clicks)).token());
    }
    reload(NEW);
    for (int i = 0; i < sessions.size(); i++) {
      List<String> more = TestModel.clicks(random, i % 3);
      List<String> all = new ArrayList<>(sessions.get(i));
      all.addAll(more);
      Client.Reply taken = client.recommend(Map.of("session", tokens.get(i), "items", more));
      Client.Reply fresh = client.recommend(Map.of("items", all));
      assertEquals(true, taken.json().get("taken_over"), taken.body());
      assertFalse(fresh.json().containsKey("taken_over"), fresh.body());
      assertEquals(fresh.token(), taken.token(), "its state, to the bit");
      assertEquals(TestModel.expected(NEW, all, 20), taken.recommendations());
      Client.Reply then = client.recommend(Map.of("session", taken.token()));
      assertFalse(then.json().containsKey("taken_over"), "from then on it is the new model's");
    }
    assertTrue(client.get("/metrics").body().contains("gru4j_sessions_taken_over_total 30\n"));
  }

  /** Other numbers for the same items, and items that are gone. */
  @Test
  void itemsAreFoundByTheirIds() throws Exception {
    List<String> ids = new ArrayList<>(NEW.items().ids());
    Collections.reverse(ids);
    ids.set(ids.indexOf("item3"), "another");
    FittedModel other = new FittedModel(NEW.network(), IdMap.of(ids), Map.of(), List.of(), null);
    String token = client.recommend(Map.of("items", List.of("item3", "item9", "item3"))).token();
    reload(other);
    Client.Reply taken = client.recommend(Map.of("session", token, "unknown", "fail"));
    assertEquals(List.of("item3", "item3"), taken.json().get("unknown"));
    assertEquals(1L, taken.json().get("clicks"));
    assertEquals(TestModel.expected(other, List.of("item9"), 20), taken.recommendations());
  }

  @Test
  void itemsThatWereSeenAreStillLeftOut() throws Exception {
    List<String> clicks = List.of("item3", "item9");
    String token = client.recommend(Map.of("items", clicks)).token();
    reload(NEW);
    Client.Reply taken =
        client.recommend(Map.of("session", token, "k", TestModel.ITEMS, "exclude_seen", true));
    assertEquals(TestModel.ITEMS - 2, taken.recommendations().size());
    assertFalse(taken.body().contains("\"item3\""), taken.body());
  }

  @Test
  void aModelThatComesBackTakesItsSessionsBack() throws Exception {
    String old = client.recommend(Map.of("items", List.of("item3"))).token();
    reload(NEW);
    String taken = client.recommend(Map.of("session", old)).token();
    reload(OLD);
    Client.Reply back = client.recommend(Map.of("session", taken));
    assertEquals(true, back.json().get("taken_over"));
    assertEquals(old, back.token());
    assertFalse(client.recommend(Map.of("session", old)).json().containsKey("taken_over"));
  }

  private static Lineage.Training update(FittedModel from, long added, Integer... forgotten) {
    Map<String, Long> rows = Map.of("new", added, "forgotten", (long) forgotten.length);
    long parent = from == null ? 0 : from.fingerprint();
    SortedMap<Integer, String> ids = new TreeMap<>();
    for (int item : forgotten) {
      ids.put(item, from.items().idOf(item));
    }
    return new Lineage.Training(null, parent, Map.of(), Map.of(), Map.of(), 1, rows, ids);
  }

  private static FittedModel grown(int seed, int items, FittedModel parent) {
    FittedModel model = TestModel.make(seed, items);
    return model.withLineage(parent.lineage().plus(update(parent, items - parent.numItems())));
  }

  /** By what the model's file says, on a server that has served no other model. */
  @Test
  void aServerThatIsNewKnowsItsModelsAncestors() throws Exception {
    FittedModel first = OLD.withLineage(new Lineage(List.of(update(null, TestModel.ITEMS))));
    assertEquals(OLD.fingerprint(), first.fingerprint());
    FittedModel parent = grown(8, TestModel.ITEMS + 1, first);
    FittedModel child = grown(9, TestModel.ITEMS + 3, parent);
    List<String> clicks = List.of("item3", "item82", "item9", "item3");
    String grandparents = client.recommend(Map.of("items", clicks)).token();
    child.save(file);
    try (RecommendServer fresh =
            RecommendServer.start(
                new RecommendServer.Settings(file, "localhost", 0, 1, 8), line -> {});
        Client guest = new Client(fresh.address().getPort())) {
      Client.Reply taken = guest.recommend(Map.of("session", grandparents));
      assertEquals(true, taken.json().get("taken_over"), taken.body());
      assertEquals(guest.recommend(Map.of("items", clicks)).token(), taken.token());
    }
  }

  /** As a server does that is started after a night which forgot items. */
  @Test
  void aServerThatIsNewKnowsTheItemsThatItsModelsAncestorsHad() throws Exception {
    FittedModel first = OLD.withLineage(new Lineage(List.of(update(null, TestModel.ITEMS))));
    List<String> clicks = List.of("item3", "item82", "item9", "item5", "item3");
    String before = client.recommend(Map.of("items", clicks)).token();
    List<String> ids = new ArrayList<>(OLD.items().ids());
    Integer[] gone = {ids.indexOf("item5"), ids.indexOf("item3")};
    FittedModel parent = after(first, 8, gone, "item3", "fresh");
    reload(parent);
    Client.Reply reloaded = client.recommend(Map.of("session", before));
    FittedModel child = after(parent, 9, new Integer[] {0, parent.items().indexOf("item9")}, "z");
    child.save(file);
    try (RecommendServer fresh =
            RecommendServer.start(
                new RecommendServer.Settings(file, "localhost", 0, 1, 8), line -> {});
        Client guest = new Client(fresh.address().getPort())) {
      Client.Reply taken = guest.recommend(Map.of("session", before));
      assertEquals(List.of("item9", "item5"), taken.json().get("unknown"), "item3 is back");
      List<String> known = List.of("item3", "item82", "item3");
      assertEquals(guest.recommend(Map.of("items", known)).token(), taken.token());
      taken = guest.recommend(Map.of("session", reloaded.token()));
      assertEquals(List.of("item9"), taken.json().get("unknown"));
      assertEquals(guest.recommend(Map.of("items", known)).token(), taken.token());
    }
  }

  private static FittedModel after(
      FittedModel from, int seed, Integer[] forgotten, String... more) {
    List<String> ids = new ArrayList<>(from.items().ids());
    for (int item : forgotten) {
      ids.remove(from.items().idOf(item));
    }
    ids.addAll(List.of(more));
    FittedModel made = TestModel.make(seed, ids.size());
    return new FittedModel(made.network(), IdMap.of(ids), Map.of(), List.of(), null)
        .withLineage(from.lineage().plus(update(from, more.length, forgotten)));
  }

  /** As older versions wrote them: how many were forgotten, not which. */
  @Test
  void aFileThatDoesNotSayWhichItemsWereForgottenEndsWhatIsKnown() throws Exception {
    FittedModel first = OLD.withLineage(new Lineage(List.of(update(null, TestModel.ITEMS))));
    String token = client.recommend(Map.of("items", List.of("item3"))).token();
    FittedModel model = after(first, 8, new Integer[] {4});
    Lineage.Training last = model.lineage().last().orElseThrow();
    Lineage.Training old =
        new Lineage.Training(
            null, last.fingerprint(), Map.of(), Map.of(), Map.of(), 1, last.rows(), null);
    model.withLineage(first.lineage().plus(old)).save(file);
    try (RecommendServer fresh =
            RecommendServer.start(
                new RecommendServer.Settings(file, "localhost", 0, 1, 8), line -> {});
        Client guest = new Client(fresh.address().getPort())) {
      guest.recommend(Map.of("session", token)).error(409);
    }
  }

  @Test
  void tokensOfStrangersAreRefusedAsEver() throws Exception {
    String stranger = client.recommend(Map.of("items", List.of("item3"))).token();
    reload(NEW);
    reload(TestModel.make(7));
    String error = client.recommend(Map.of("session", stranger)).error(409);
    assertEquals(
        "the session is of model %016x, this is model %016x; send the session's items again, without"
                .formatted(
                    new Recommender(OLD).fingerprint(),
                    new Recommender(TestModel.make(7)).fingerprint())
            + " the token",
        error);
  }

  /** Its state could only be near that of all its clicks, so it is not taken over. */
  @Test
  void aSessionOfTooManyClicksIsRefused() throws Exception {
    List<String> most = IntStream.range(0, 1000).mapToObj(i -> "item" + (2 + i % 40)).toList();
    String whole = client.recommend(Map.of("items", most)).token();
    String more = client.recommend(Map.of("session", whole, "items", List.of("item7"))).token();
    assertTrue(more.length() < whole.length(), "only the distinct items are left");
    assertNotEquals(400, client.recommend(Map.of("session", more)).status());
    reload(NEW);
    Client.Reply taken = client.recommend(Map.of("session", whole));
    assertEquals(true, taken.json().get("taken_over"), taken.body());
    assertEquals(client.recommend(Map.of("items", most)).token(), taken.token());
    String error = client.recommend(Map.of("session", more)).error(409);
    assertTrue(error.contains("1,001 clicks; it keeps the order of 1,000; send the"), error);
  }
}
