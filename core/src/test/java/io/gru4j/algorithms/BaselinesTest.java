package io.gru4j.algorithms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gru4j.data.Interaction;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SessionData;
import io.gru4j.data.SessionFiles;
import io.gru4j.metrics.RankMetrics;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BaselinesTest {

  private static InteractionMatrix sessions(int users, int items, long seed) {
    Random random = new Random(seed);
    List<Interaction> rows = new ArrayList<>();
    for (int user = 0; user < users; user++) {
      for (int n = random.nextInt(8); n > 0; n--) {
        rows.add(new Interaction(user, random.nextInt(items), rows.size()));
      }
    }
    return InteractionMatrix.of(users, items, rows);
  }

  @Property
  void scoresAreCounts(
      @ForAll @IntRange(max = 40) int users,
      @ForAll @IntRange(min = 1, max = 12) int items,
      @ForAll long seed) {
    InteractionMatrix sessions = sessions(users, items, seed);
    int[] clicks = new int[items];
    int[][] follows = new int[items][items];
    int[][] first = new int[items][items];
    int event = 0;
    for (int user = 0; user < users; user++) {
      int[] history = sessions.sortedItems(user);
      for (int k = 0; k < history.length; k++) {
        clicks[history[k]]++;
        if (k > 0 && follows[history[k - 1]][history[k]]++ == 0) {
          first[history[k - 1]][history[k]] = event;
        }
        event++;
      }
    }
    Popularity popularity = Popularity.fit(sessions);
    MarkovChain markov = MarkovChain.fit(sessions);
    float[] scores = new float[items];
    for (int i = 0; i < items; i++) {
      int[] prefix = {(i + 1) % items, i, 99};
      popularity.score(prefix, 2, scores);
      for (int j = 0; j < items; j++) {
        assertEquals(clicks[j], scores[j]);
      }
      markov.score(prefix, 2, scores);
      for (int j = 0; j < items; j++) {
        assertEquals(follows[i][j], (int) scores[j], "the whole part is the count");
        assertEquals(follows[i][j] == 0, scores[j] == 0);
        if (follows[i][j] > 0) {
          int equal = 0;
          int notBefore = 0; // of those of equal count
          for (int k = 0; k < items; k++) {
            if (follows[i][j] == follows[i][k]) {
              equal++;
              notBefore += first[i][j] <= first[i][k] ? 1 : 0;
            }
          }
          double fraction = notBefore / (equal + 1.0);
          assertEquals(fraction, scores[j] - follows[i][j], 1e-5, "the earlier the larger");
        }
      }
      markov.score(prefix, 0, scores);
      for (float score : scores) {
        assertEquals(0, score, "nothing follows an empty session");
      }
    }
  }

  @Property
  void evaluationAgreesWithNaiveRanks(
      @ForAll @IntRange(max = 30) int users,
      @ForAll @IntRange(min = 1, max = 12) int items,
      @ForAll long seed) {
    InteractionMatrix test = sessions(users, items, seed);
    Popularity popularity = Popularity.fit(sessions(20, items, seed + 1));
    RankMetrics expected = new RankMetrics(1, 3, 5);
    float[] scores = new float[items];
    popularity.score(new int[0], 0, scores);
    for (int user = 0; user < users; user++) {
      int[] history = test.sortedItems(user);
      for (int k = 1; k < history.length; k++) {
        int rank = 1;
        for (int j = 0; j < items; j++) {
          rank += j != history[k] && scores[j] >= scores[history[k]] ? 1 : 0;
        }
        expected.add(rank);
      }
    }
    RankMetrics actual = NextClickEvaluation.evaluate(popularity, test, 1, 3, 5);
    assertEquals(expected.toString(), actual.toString());
  }

  @Test
  void eachPrefixIsAskedOnce() {
    InteractionMatrix test =
        InteractionMatrix.of(
            3, 4, new int[] {0, 0, 0, 1, 2, 2}, new int[] {3, 1, 2, 0, 1, 1}, new double[6]);
    List<String> asked = new ArrayList<>();
    SessionScorer oracle =
        (items, length, scores) -> {
          StringBuilder prefix = new StringBuilder();
          for (int k = 0; k < length; k++) {
            prefix.append(items[k]);
          }
          asked.add(prefix.toString());
          Arrays.fill(scores, 0);
          scores[1] = 1;
        };
    RankMetrics metrics = NextClickEvaluation.evaluate(oracle, test, 1, 4);
    assertEquals(List.of("3", "31", "1"), asked);
    assertEquals(2.0 / 3, metrics.recall(1), 1e-15);
    assertEquals((1 + 0.25 + 1) / 3, metrics.mrr(4), 1e-15, "item 2 ties with 0 and 3 behind 1");
  }

  @Test
  void tiesAndNaNCountAgainst() {
    assertEquals(3, NextClickEvaluation.rank(new float[] {1, 1, 1}, 1));
    assertEquals(2, NextClickEvaluation.rank(new float[] {0, 1, 2}, 1));
    assertEquals(3, NextClickEvaluation.rank(new float[] {0, Float.NaN, 2}, 1));
    assertEquals(3, NextClickEvaluation.rank(new float[] {Float.NaN, 1, 2}, 1));
  }

  @Test
  void refusesWrongShapes() {
    InteractionMatrix sessions = sessions(3, 4, 1);
    assertThrows(
        IllegalArgumentException.class,
        () -> Popularity.fit(sessions).score(new int[] {0}, 1, new float[3]));
    assertThrows(
        IllegalArgumentException.class,
        () -> MarkovChain.fit(sessions).score(new int[] {0}, 1, new float[5]));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> MarkovChain.fit(sessions).score(new int[] {4}, 1, new float[4]));
    assertThrows(
        IllegalArgumentException.class, () -> MarkovChain.fit(sessions.withoutTimestamps()));
  }

  /**
   * The first-order Markov chain's figures in README. Those of yoochoose100k are the published ones
   * of the same files.
   */
  @ParameterizedTest
  @CsvSource({
    "yoochoose100k, 17794, 2933, 70278, 10152, 0.5807, 0.3460",
    "yoochoose64, 116167, 17376, 486026, 55400, 0.6536, 0.3002",
    "diginetica, 186670, 43097, 906140, 60858, 0.3361, 0.1277"
  })
  void markovOnRealSessions(
      String set,
      int sessions,
      int items,
      int clicks,
      long predicted,
      double recall,
      double mrr,
      @TempDir Path joined)
      throws IOException {
    Path folder = Path.of(System.getProperty("gru4j.data", "absent"));
    Path testFile = folder.resolve(set + "_test.tsv.gz");
    Assumptions.assumeTrue(
        Files.exists(testFile), testFile + " is absent (system property gru4j.data)");
    Path trainFile = folder.resolve(set + "_train.tsv.gz");
    if (!Files.exists(trainFile)) { // in two parts, which make one gzip file of several members
      trainFile = joined.resolve("train.tsv.gz");
      try (OutputStream out = Files.newOutputStream(trainFile)) {
        Files.copy(folder.resolve(set + "_train.part1.tsv.gz"), out);
        Files.copy(folder.resolve(set + "_train.part2.tsv.gz"), out);
      }
    }
    SessionData train = SessionFiles.read(trainFile);
    assertEquals(sessions, train.sessions().size());
    assertEquals(items, train.items().size());
    assertEquals(clicks, train.interactions().numInteractions());
    SessionData test = new SessionFiles().knownItems(train.items()).readAll(testFile);
    RankMetrics metrics =
        NextClickEvaluation.evaluate(
            MarkovChain.fit(train.interactions()), test.interactions(), 20);
    assertEquals(predicted, metrics.count());
    assertEquals(recall, metrics.recall(20), 0.00005);
    assertEquals(mrr, metrics.mrr(20), 0.00005);
  }
}
