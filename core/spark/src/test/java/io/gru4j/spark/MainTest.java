package io.gru4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.cli.Console;
import io.gru4j.model.FittedModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on Spark beside gru4j's own on the same log: the same table, sessions, scores. */
class MainTest {
  private static final ScoringCase CASE = new ScoringCase(1, 8);

  private static SparkCluster cluster;

  @TempDir private static Path folder;

  @BeforeAll
  static void start() throws IOException {
    cluster = SparkCluster.start("local[2]");
    StringBuilder log = new StringBuilder("user,sku,at,event\n");
    Random random = new Random(9);
    long time = 1_700_000_000;
    for (int i = 0; i < 1000; i++) {
      time += random.nextInt(400);
      String item = "i" + random.nextInt(ScoringCase.ITEMS + 20);
      String event = random.nextInt(4) == 0 ? "cart" : "view";
      log.append("u%d,%s,%d,%s\n".formatted(random.nextInt(40), item, time, event));
    }
    Files.writeString(folder.resolve("log.csv"), log);
    cluster
        .session()
        .read()
        .option("header", true)
        .csv(path("log.csv"))
        .repartition(3)
        .write()
        .parquet(path("log"));
    CASE.model().save(folder.resolve("m.safetensors"));
    Files.writeString(folder.resolve("shop.txt"), "i1\n i2 \ni3\ni5\nnothing\n");
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static String path(String name) {
    return folder.resolve(name).toString();
  }

  /** What a command prints: status, stdout, stderr. */
  private record Said(int status, String out, String err) {
    /** Of a table, its lines without the first two, which say how many rows were read. */
    String rules() {
      List<String> lines = out.lines().map(line -> line.replaceAll(" +", " ")).toList();
      return String.join("\n", lines.subList(2, lines.size())).replaceAll("\\.tsv\\.gz", "");
    }
  }

  private static Said run(boolean spark, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            InputStream.nullInputStream(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            0);
    int status = spark ? Main.run(args, console) : io.gru4j.cli.Main.run(args, console);
    return new Said(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static final String[] PREPARE = {
    "--session-gap", "1h", "--where", "event=view", "--min-item-clicks", "2",
    "--min-session-length", "2", "--test-last", "1d", "--session-key", "user",
    "--item-key", "sku", "--time-key", "at"
  };

  private static String[] with(String[] some, String... more) {
    String[] all = Arrays.copyOf(more, some.length + more.length);
    System.arraycopy(some, 0, all, more.length, some.length);
    return all;
  }

  @Test
  void aLogInParquetBecomesRecommendationsInParquet() throws IOException {
    Said one = run(false, with(PREPARE, "prepare", path("log.csv"), "--out", path("one")));
    assertEquals(0, one.status, one.err);
    Said many = run(true, with(PREPARE, "prepare", path("log"), "--out", path("many")));
    assertEquals(0, many.status, many.err);
    assertEquals(one.rules(), many.rules());

    String[] filters = {
      "--top", "3", "--exclude-seen", "--candidates", path("shop.txt"), "--fallback", "popular"
    };
    Said lines =
        run(
            false,
            with(
                filters,
                "recommend",
                "--model",
                path("m.safetensors"),
                "--sessions",
                path("one/test.tsv.gz")));
    assertEquals(0, lines.status, lines.err);
    Said written =
        run(
            true,
            with(
                filters,
                "recommend",
                "--model",
                path("m.safetensors"),
                "--sessions",
                path("many/test"),
                "--out",
                path("best")));
    assertEquals(0, written.status, written.err);
    List<String> expected = lines.out.lines().skip(1).sorted().toList();
    List<String> rows =
        cluster.session().read().parquet(path("best")).collectAsList().stream()
            .map(MainTest::line)
            .sorted()
            .toList();
    assertTrue(rows.size() > 20, rows::toString);
    assertEquals(expected, rows);
    assertTrue(written.err.contains("1 item that the model does not know, of 5"), written.err);
    assertTrue(written.err.contains(" sessions scored, "), written.err);

    Said again = run(true, with(PREPARE, "prepare", path("log"), "--out", path("many")));
    assertEquals(1, again.status);
    assertTrue(again.err.contains("many/train"), again.err);
  }

  private static String[] train(String clicks, String out, String... more) {
    return with(
        more,
        "train",
        path(clicks),
        "--model",
        out,
        "--validation",
        path("judge"),
        "--preset",
        "gru4rec",
        "--hidden-size",
        "8",
        "--batch-size",
        "5",
        "--max-epochs",
        "2",
        "--num-samples",
        "16",
        "--seed",
        "7",
        "--partitions",
        "3",
        "--rounds",
        "2");
  }

  @Test
  void aModelIsTrainedAsTheTrainerDoesAndGoneOnWithOnlyIfAsked() throws IOException {
    TrainingCase training = TrainingCase.usual(TrainingRows.tiny().build());
    TrainingRows.frame(cluster.session(), training.train()).write().parquet(path("clicks"));
    TrainingRows.frame(cluster.session(), training.judge()).write().parquet(path("judge"));
    String expected = training.fit(cluster).sha256();
    cluster.context().hadoopConfiguration().set("fs.far.impl", FarFileSystem.class.getName());
    String far = "far:" + path("trained.safetensors");
    String[] checkpoint = {"--checkpoint", "far:" + path("checkpoints")};

    Said trained = run(true, train("clicks", far, checkpoint));
    assertEquals(0, trained.status, trained.err);
    assertTrue(trained.err.contains("epoch 2: "), trained.err);
    assertEquals(expected, ModelPath.load(cluster.session(), far).sha256());
    assertEquals(expected, FittedModel.load(folder.resolve("trained.safetensors")).sha256());
    assertFalse(Files.exists(folder.resolve("trained.safetensors.writing")));

    Said again = run(true, train("clicks", far, checkpoint));
    assertEquals(1, again.status);
    assertTrue(again.err.contains("there is a checkpoint in far:"), again.err);
    assertTrue(again.err.contains("go on with --resume"), again.err);

    Path newest = folder.resolve("checkpoints").resolve("round-0000004.safetensors");
    byte[] bytes = Files.readAllBytes(newest);
    bytes[bytes.length - 5] ^= 1;
    Files.write(newest, bytes);
    Said resumed = run(true, train("clicks", far, with(checkpoint, "--resume")));
    assertEquals(0, resumed.status, resumed.err);
    assertTrue(resumed.err.contains("warning: far:"), resumed.err);
    assertTrue(resumed.err.contains("; the one before is tried"), resumed.err);
    assertEquals(expected, ModelPath.load(cluster.session(), far).sha256());

    String[] nothing = {"--resume", "--checkpoint", path("nothing")};
    Said anew = run(true, train("clicks", path("anew.safetensors"), nothing));
    assertEquals(0, anew.status, anew.err);
    assertTrue(anew.err.contains("nothing: training starts anew"), anew.err);
    assertEquals(expected, FittedModel.load(folder.resolve("anew.safetensors")).sha256());
  }

  private static String line(Row row) {
    return row.getString(0)
        + "\t"
        + row.getString(2)
        + "\t"
        + row.getInt(1)
        + "\t"
        + row.getFloat(3)
        + "\t"
        + row.getString(4);
  }

  @Test
  void whatIsWrongIsNamedInOneLine() throws IOException {
    Said usage = run(true, "recommend", "--model", "m");
    assertEquals(2, usage.status);
    assertTrue(usage.err.startsWith("gru4j recommend: --sessions PATH is missing"), usage.err);
    Said help = run(true, "prepare", "--help");
    assertEquals(0, help.status);
    assertTrue(help.out.contains("--session-gap 30m"), help.out);
    Files.writeString(folder.resolve("bad.safetensors"), "no model");
    Said bad = run(true, recommend("bad.safetensors", "log"));
    assertEquals(1, bad.status);
    assertTrue(bad.err.contains("bad.safetensors: "), bad.err);
    assertEquals(1, bad.err.lines().count(), bad.err);
    Said columns = run(true, recommend("m.safetensors", "log"));
    assertEquals(1, columns.status);
    assertEquals(
        "gru4j recommend: data frame: has no column SessionId, it has \"user\", \"sku\", \"at\","
            + " \"event\"\n",
        columns.err);
    Said nowhere = run(true, recommend("m.safetensors", "nowhere"));
    assertEquals(1, nowhere.status);
    assertTrue(nowhere.err.contains("nowhere"), nowhere.err);
    assertEquals(1, nowhere.err.lines().count(), nowhere.err);
    Said noon =
        run(
            true,
            "prepare",
            path("log"),
            "--out",
            path("noon"),
            "--session-key",
            "user",
            "--item-key",
            "at",
            "--time-key",
            "sku");
    assertEquals(1, noon.status);
    assertTrue(noon.err.startsWith("gru4j: data frame: sku \"i"), noon.err);
    assertEquals(1, noon.err.lines().count(), noon.err);
  }

  private static String[] recommend(String model, String sessions) {
    return new String[] {
      "recommend", "--model", path(model), "--sessions", path(sessions), "--out", path("none")
    };
  }
}
