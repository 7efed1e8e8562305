package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.IdMap;
import io.gru4j.file.Json;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EvaluateCommandTest extends CommandLineCase {
  @Test
  void evaluationForScriptsIsJson() throws IOException {
    train().expect(0);
    Path other = folder.resolve("other.tsv");
    Files.writeString(other, "a,b,t\n1,ä1,1\n1,zz,2\n1,ä3,3\n1,ä5,4\n");
    Result result =
        run(
                "evaluate",
                other.toString(),
                "--model",
                model,
                "--at",
                "20,5",
                "--json",
                "--session-key=a",
                "--item-key=b",
                "--time-key=t",
                "--threads=2")
            .expect(0);
    assertEquals(1, result.out().lines().count());
    Map<?, ?> json = (Map<?, ?>) Json.parse(result.out());
    assertEquals(
        List.of(
            "recall",
            "mrr",
            "ndcg",
            "precision",
            "coverage",
            "popularity",
            "clicks",
            "dropped",
            "seconds"),
        List.copyOf(json.keySet()));
    for (String metric :
        List.copyOf(json.keySet()).subList(0, 6).stream().map(String::valueOf).toList()) {
      Map<?, ?> values = (Map<?, ?>) json.get(metric);
      assertEquals(Set.of("5", "20"), values.keySet());
      assertTrue((Double) values.get("20") >= 0 && (Double) values.get("20") <= 1);
    }
    assertEquals(1.0, ((Map<?, ?>) json.get("recall")).get("20")); // of 12 items
    assertEquals(2L, json.get("clicks"));
    assertEquals(1L, json.get("dropped"));
    assertTrue((Double) json.get("seconds") >= 0);
    assertContains(result.err(), "1 click dropped, unknown items");

    Files.writeString(other, "SessionId,ItemId,Time\n1,ä1,1\n");
    assertContains(
        run("evaluate", other.toString(), "--model", model).expect(1).err(),
        "no session has two clicks on known items");
  }

  @Test
  void cutoffsMayBeLargerThanTheCatalogue() {
    train().expect(0);
    Result result = run("evaluate", sessions, "--model", model, "--at=2147483647").expect(0);
    assertContains(result.out(), "\n2147483647    1.0000  ");
  }

  @Test
  void baselinesStandBesideTheModel() throws IOException {
    train().expect(0);
    Result result =
        run("evaluate", sessions, "--model", model, "--at=1,5", "--baselines", sessions).expect(0);
    List<String> lines = result.out().lines().toList();
    String head = lines.getFirst().strip().replaceAll(" +", " ");
    assertEquals("k Recall@k MRR@k NDCG@k Precision@k Coverage@k Popularity@k", head);
    assertEquals(
        List.of(
            "most popular",
            "most popular",
            "Markov chain",
            "Markov chain",
            "V-SkNN",
            "V-SkNN",
            "GRU4Rec",
            "GRU4Rec"),
        lines.subList(1, 9).stream().map(line -> line.split("  +")[0]).toList());

    List<String> json = new ArrayList<>();
    for (String threads : List.of("--threads=1", "--threads=3")) {
      String out =
          run("evaluate", sessions, "--model", model, "--baselines", sessions, "--json", threads)
              .expect(0)
              .out();
      json.add(out.replaceAll("\"seconds\":[^,}]*", ""));
    }
    assertEquals(json.getFirst(), json.getLast(), "no figure depends on threads");
    Map<?, ?> baselines =
        (Map<?, ?>) ((Map<?, ?>) Json.parse(json.getFirst().replace(",,", ","))).get("baselines");
    assertEquals(
        List.of("most popular", "Markov chain", "V-SkNN"), List.copyOf(baselines.keySet()));
    // item (s + 2c) % 12 is always followed by (s + 2c + 2) % 12
    Map<?, ?> markov = (Map<?, ?>) baselines.get("Markov chain");
    assertEquals(1.0, ((Map<?, ?>) markov.get("recall")).get("5"));
    assertEquals(0.2, ((Map<?, ?>) markov.get("precision")).get("5"));
  }

  @Test
  void eachFileHasItsOwnFigures() throws IOException {
    train().expect(0);
    Path other = folder.resolve("other.tsv");
    Files.writeString(other, "SessionId\tItemId\tTime\n1\tä1\t1\n1\tä3\t3\n");
    String together =
        run("evaluate", sessions, other.toString(), "--model", model, "--json").expect(0).out();
    List<String> apart =
        run("evaluate", sessions, other.toString(), "--model", model, "--json", "--each")
            .expect(0)
            .out()
            .lines()
            .toList();
    assertEquals(2, apart.size());
    long sum = 0;
    for (int i = 0; i < 2; i++) {
      Map<?, ?> json = (Map<?, ?>) Json.parse(apart.get(i));
      assertEquals(List.of(sessions, other.toString()).get(i), json.get("file"));
      sum += (Long) json.get("clicks");
    }
    assertEquals(1L, ((Map<?, ?>) Json.parse(apart.get(1))).get("clicks"));
    // session 1 of the second file goes on with that of the first
    assertEquals(sum + 1, ((Map<?, ?>) Json.parse(together)).get("clicks"));
  }

  @Test
  void tiesAndSeenItemsAreThoseOfTheFlags() throws IOException {
    new FittedModel(
            GruNetwork.zeros(9, 1, 1, 1),
            IdMap.of(IntStream.range(0, 9).mapToObj(i -> "ä" + i).toList()),
            Map.of(),
            List.of(),
            null)
        .save(Path.of(model));
    Path test = folder.resolve("test.tsv");
    Files.writeString(test, "SessionId,ItemId,Time\n1,ä1,1\n1,ä3,3\n1,ä1,4\n");
    // All scores are equal, so the rank of 9 items is 9, 1 or 5.
    for (String each : List.of("against 0.0", "for 1.0", "middle 0.2")) {
      String[] words = each.split(" ");
      String all = figures(test, "--ties=" + words[0]);
      assertContains(all, "\"mrr\":{\"8\":" + words[1] + "}");
      // Without ä1 there are 8: the rank is 8, 1 or 4.5, and the click on ä1 again is a miss.
      String unseen = figures(test, "--exclude-seen", "--ties=" + words[0]);
      double mrr =
          words[0].equals("against") ? 1 / 8.0 / 2 : words[0].equals("for") ? 0.5 : 1 / 9.0;
      Map<?, ?> json = (Map<?, ?>) Json.parse(unseen);
      assertEquals(mrr, (Double) ((Map<?, ?>) json.get("mrr")).get("8"), 1e-15);
    }
    assertContains(figures(test), "\"popularity\":{\"8\":null}");
    assertContains(
        run("evaluate", sessions, "--model", model, "--ties=maybe").expect(2).err(),
        "--ties must be against, for or middle, got maybe");
  }

  private String figures(Path test, String... flags) {
    List<String> words = new ArrayList<>(List.of("evaluate", test.toString(), "--model", model));
    words.addAll(List.of("--at=8", "--json"));
    words.addAll(List.of(flags));
    return run(words.toArray(String[]::new)).expect(0).out();
  }

  @Test
  void theModelsPopularityIsThatOfItsOwnTraining() throws IOException {
    train().expect(0);
    Path other = folder.resolve("other.tsv");
    Files.writeString(other, "SessionId\tItemId\tTime\n1\tä1\t1\n1\tä3\t3\n1\tä3\t4\n");
    Path test = Path.of(sessions);
    Map<?, ?> alone = (Map<?, ?>) Json.parse(figures(test));
    Map<?, ?> beside = (Map<?, ?>) Json.parse(figures(test, "--baselines=" + other));
    assertEquals(alone.get("popularity"), beside.get("popularity"));
    Map<?, ?> same = (Map<?, ?>) Json.parse(figures(test, "--baselines=" + sessions));
    assertEquals(alone.get("popularity"), same.get("popularity"));
  }

  @Test
  void baselinesThatKnowNothingOfTheTestAreRefused() throws IOException {
    train().expect(0);
    Path other = folder.resolve("other.tsv");
    Path test = folder.resolve("test.tsv");
    Files.writeString(test, "SessionId\tItemId\tTime\n1\tä5\t1\n1\tä6\t3\n");
    for (String item : List.of("zz", "ä1")) { // unknown to the model, or not in the test
      Files.writeString(other, "SessionId\tItemId\tTime\n1\t%s\t1\n".formatted(item));
      assertContains(
          run("evaluate", test.toString(), "--model", model, "--baselines", other.toString())
              .expect(1)
              .err(),
          "--baselines " + other + ": none of the items of " + test + " is known");
    }
  }

  /** Half of the items follow nothing: no way of counting ties makes hits of them. */
  @Test
  void anItemThatIsOnNoListIsAMissForAllTies() throws IOException {
    train().expect(0);
    Path test = folder.resolve("test.tsv");
    Files.writeString(test, "SessionId\tItemId\tTime\n1\tä1\t1\n1\tä2\t3\n"); // ä1, then ä3
    for (String ties : List.of("against", "for", "middle")) {
      Map<?, ?> json =
          (Map<?, ?>) Json.parse(figures(test, "--ties=" + ties, "--baselines=" + sessions));
      Map<?, ?> markov = (Map<?, ?>) ((Map<?, ?>) json.get("baselines")).get("Markov chain");
      assertEquals(Map.of("8", 0.0), markov.get("recall"), ties);
    }
  }
}
