package io.gru4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gru4j.cli.Console;
import io.gru4j.data.IdMap;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.tensor.autograd.Parameter;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sessions scored a second by {@code recommend} on Spark in {@code local[2]}, and by {@code gru4j
 * recommend --sessions} on two threads of the same JVM, by turns: reading model and sessions and
 * writing the results included, starting Spark not. No test of every day:
 *
 * <pre>mvn -q -Pspark -pl tensor,core,core/spark test -Dtest=ScoringSpeed \
 *     -Dsurefire.failIfNoSpecifiedTests=false -Dgru4j.sessions=100000</pre>
 */
class ScoringSpeed {
  private static final int ITEMS = Integer.getInteger("gru4j.items", 40_000);
  private static final int SESSIONS = Integer.getInteger("gru4j.sessions", 50_000);
  private static final int ROUNDS = Integer.getInteger("gru4j.rounds", 4); // the first warms up
  private static final int HIDDEN = 100;

  @TempDir private Path folder;

  @Test
  void measure() throws IOException {
    model().save(folder.resolve("m.safetensors"));
    StringBuilder log = new StringBuilder("SessionId\tItemId\tTime\n");
    Random random = new Random(1);
    for (int session = 0; session < SESSIONS; session++) {
      int length = 1 + random.nextInt(6);
      for (int i = 0; i < length; i++) {
        log.append("s%d\ti%d\t%d\n".formatted(session, random.nextInt(ITEMS), 1_700_000_000L + i));
      }
    }
    Files.writeString(folder.resolve("sessions.tsv"), log);
    double[] one = new double[ROUNDS];
    double[] many = new double[ROUNDS];
    try (SparkCluster cluster = SparkCluster.start("local[2]")) {
      cluster
          .session()
          .read()
          .options(Map.of("header", "true", "sep", "\t"))
          .csv(path("sessions.tsv"))
          .write()
          .parquet(path("sessions"));
      for (int round = 0; round < ROUNDS; round++) {
        String name = "best" + round;
        one[round] = seconds(false, "sessions.tsv", name + ".tsv", "--threads=2");
        many[round] = seconds(true, "sessions", name);
        System.out.printf(
            "round %d: one JVM %.0f sessions/s, Spark %.0f sessions/s%n",
            round, SESSIONS / one[round], SESSIONS / many[round]);
      }
      List<Row> sum =
          cluster.session().read().parquet(path("best0")).groupBy().count().collectAsList();
      assertEquals(20L * SESSIONS, sum.getFirst().getLong(0));
    }
    double a = median(one);
    double b = median(many);
    System.out.printf(
        "%,d items, %,d sessions, medians of %d rounds: one JVM %.0f sessions/s, Spark %.0f,"
            + " ratio %.2f%n",
        ITEMS, SESSIONS, ROUNDS - 1, SESSIONS / a, SESSIONS / b, a / b);
  }

  private static double median(double[] rounds) {
    double[] sorted = Arrays.copyOfRange(rounds, 1, rounds.length);
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private double seconds(boolean spark, String sessions, String out, String... more) {
    String[] args = {
      "recommend",
      "--model",
      path("m.safetensors"),
      "--sessions",
      path(sessions),
      "--out",
      path(out)
    };
    String[] all = Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    Console console =
        new Console(
            InputStream.nullInputStream(), System.out, new PrintStream(System.err, true), 0);
    long start = System.nanoTime();
    int status = spark ? Main.run(all, console) : io.gru4j.cli.Main.run(all, console);
    assertEquals(0, status);
    return (System.nanoTime() - start) * 1e-9;
  }

  private static FittedModel model() {
    Random random = new Random(2);
    GruNetwork network =
        GruNetwork.zeros(ITEMS, HIDDEN, new int[] {HIDDEN}, GruNetwork.Form.PANELS);
    for (Parameter p : network.parameters()) {
      for (int row = 0; row < p.rows(); row++) {
        for (int col = 0; col < p.cols(); col++) {
          p.set(row, col, (float) (0.2 * random.nextGaussian()));
        }
      }
    }
    List<String> ids = IntStream.range(0, ITEMS).mapToObj(i -> "i" + i).toList();
    return new FittedModel(network, IdMap.of(ids), Map.of(), List.of(), null);
  }
}
