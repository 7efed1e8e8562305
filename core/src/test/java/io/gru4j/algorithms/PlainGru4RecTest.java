package io.gru4j.algorithms;

import static io.gru4j.PlainGru4Rec.FILE;
import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static io.gru4j.parameters.GRU4RecParameters.CLIPNORM;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_LAYERS;
import static io.gru4j.parameters.GRU4RecParameters.OPTIMIZATION_ALGORITHM;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.ChildJvm;
import io.gru4j.PlainGru4Rec;
import io.gru4j.data.CsrMatrix;
import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SessionData;
import io.gru4j.data.SessionFiles;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.OptimizationAlgorithm;
import io.gru4j.tensor.autograd.Parameter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * docs/PlainGru4Rec.java held against differences, recorded runs of RecPack in double precision,
 * and the library; and run as a reader runs it.
 */
class PlainGru4RecTest {

  private static final Path SOURCE = Path.of("docs/PlainGru4Rec.java");

  /** Each gradient of a chunk against central differences of its loss. */
  @Property(tries = 100)
  void gradientsAreThoseOfCentralDifferences(
      @ForAll @IntRange(min = 1, max = 6) int V,
      @ForAll @IntRange(min = 1, max = 4) int E,
      @ForAll @IntRange(min = 1, max = 4) int H,
      @ForAll @IntRange(min = 1, max = 4) int T,
      @ForAll @IntRange(min = 1, max = 3) int rows,
      @ForAll long seed) {
    Random random = new Random(seed);
    double[][][] values = values(random, V, E, H);
    Object net = network(values);
    int[] active = new int[T];
    for (int t = 0; t < T; t++) {
      active[t] = t == 0 ? rows : random.nextInt(1, active[t - 1] + 1);
    }
    int M = IntStream.of(active).sum();
    int[] items = random.ints(M, 0, V).toArray();
    int[] targets = random.ints(M, 0, V).toArray();
    Object chunk = FILE.chunk(items, targets, active);
    double[][] state = matrix(random, rows, H);
    double[][][] d = zeros(V, E, H);
    double loss = FILE.lossAndGradient(net, network(d), chunk, state.clone());
    assertTrue(loss >= 0, () -> "loss " + loss);
    Object unused = network(zeros(V, E, H));
    for (int p = 0; p < values.length; p++) {
      for (int r = 0; r < values[p].length; r++) {
        for (int c = 0; c < values[p][r].length; c++) {
          double value = values[p][r][c];
          double step = 1e-5;
          values[p][r][c] = value + step;
          double above = FILE.lossAndGradient(net, unused, chunk, state.clone());
          values[p][r][c] = value - step;
          double below = FILE.lossAndGradient(net, unused, chunk, state.clone());
          values[p][r][c] = value;
          double numeric = (above - below) / (2 * step);
          String at = "matrix " + p + " at (" + r + ", " + c + ")";
          assertEquals(numeric, d[p][r][c], 1e-8 * (1 + Math.abs(numeric)), at);
        }
      }
    }
  }

  /** Gradients add to what is there. */
  @Test
  void gradientsAccumulate() {
    Random random = new Random(1);
    Object net = network(values(random, 5, 2, 3));
    Object chunk = FILE.chunk(new int[] {1, 4, 2}, new int[] {4, 0, 3}, new int[] {2, 1});
    double[][] state = matrix(random, 2, 3);
    double[][][] once = zeros(5, 2, 3);
    double[][][] twice = zeros(5, 2, 3);
    FILE.lossAndGradient(net, network(once), chunk, state.clone());
    FILE.lossAndGradient(net, network(twice), chunk, state.clone());
    FILE.lossAndGradient(net, network(twice), chunk, state.clone());
    for (int p = 0; p < once.length; p++) {
      for (int r = 0; r < once[p].length; r++) {
        for (int c = 0; c < once[p][r].length; c++) {
          assertEquals(2 * once[p][r][c], twice[p][r][c], 1e-15);
        }
      }
    }
  }

  /** Recorded runs that it can do: one layer and Adagrad. */
  static Stream<Recording> recordings() {
    return Recording.all().stream()
        .filter(r -> r.parameters().get(NUM_LAYERS) == 1)
        .filter(r -> r.parameters().get(OPTIMIZATION_ALGORITHM) == OptimizationAlgorithm.ADAGRAD);
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void runsOfRecPackInDoublePrecision(Recording recording) {
    GruNetwork network = recording.initialNetwork();
    Object net = plain(network);
    Object sums = zerosLike(network);
    int[][] sessions = sessions(recording.matrix(recording.list("interactions")));
    GRU4RecParameters p = recording.parameters();
    int epochs = recording.list("epochs").size();
    for (int epoch = 0; epoch < epochs; epoch++) {
      double loss = train(net, sums, sessions, p);
      assertEquals(recordedLoss(recording, epoch), loss, 1e-4, "epoch " + epoch);
    }
    Map<?, ?> expected = (Map<?, ?>) recording.map("float64").get("finalParams");
    assertEquals(7, expected.size());
    assertClose(expected, "emb.weight", FILE.table(net));
    assertClose(expected, "rnn.weight_ih_l0", FILE.Wih(net));
    assertClose(expected, "rnn.weight_hh_l0", FILE.Whh(net));
    assertClose(expected, "rnn.bias_ih_l0", FILE.bih(net));
    assertClose(expected, "rnn.bias_hh_l0", FILE.bhh(net));
    assertClose(expected, "lin.weight", FILE.W(net));
    assertClose(expected, "lin.bias", FILE.b(net));
  }

  private static void assertClose(Map<?, ?> expected, String name, double[]... actual) {
    double[] flat = Arrays.stream(actual).flatMapToDouble(Arrays::stream).toArray();
    assertArrayEquals(Recording.doubles(expected.get(name)), flat, 1e-9, name);
  }

  /** The mean over all targets, of the losses of steps. */
  private static double recordedLoss(Recording recording, int epoch) {
    double sum = 0;
    double targets = 0;
    for (Object each : recording.list("steps")) {
      Map<?, ?> step = (Map<?, ?>) each;
      if (((Number) step.get("epoch")).intValue() == epoch) {
        double n = ((Number) step.get("targets")).doubleValue();
        sum += n * ((Number) step.get("loss")).doubleValue();
        targets += n;
      }
    }
    return sum / targets;
  }

  /** Two epochs from the same first parameters: losses, all parameters, scores. */
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          1, 1, 512, 1, 1.0
          2, 3, 7, 1, 1.0
          3, 8, 5, 3, 0.1
          4, 16, 64, 20, 1.0
          5, 33, 4, 2, 5.0
          """)
  void trainsAsTheLibraryDoes(long seed, int H, int batchSize, int bptt, double clipnorm) {
    TestSessions data = TestSessions.make(seed, 60, 41);
    GRU4RecParameters p =
        GRU4RecParameters.builder()
            .set(HIDDEN_SIZE, H)
            .set(NUM_COMPONENTS, H + 2)
            .set(BATCH_SIZE, batchSize)
            .set(BPTT, bptt)
            .set(CLIPNORM, clipnorm)
            .set(MAX_EPOCHS, 2)
            .build();
    GruNetwork network = GruNetwork.zeros(41, H + 2, H, 1).initialiseGlorot(seed);
    Object net = plain(network);
    Object sums = zerosLike(network);
    List<EpochSummary> history;
    CsrMatrix scores;
    try (GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy(p)) {
      estimator.fit(data.x(), data.items(), null, 0, network);
      history = estimator.model().history();
      scores = estimator.predict(data.x());
    }
    int[][] sessions = sessions(data.x());
    assertEquals(2, history.size());
    for (EpochSummary epoch : history) {
      assertEquals(train(net, sums, sessions, p), epoch.loss(), 1e-4, "epoch " + epoch.epoch());
    }
    double[][] trained = rows(network);
    double[][] expected = rows(net);
    for (int row = 0; row < expected.length; row++) {
      assertArrayEquals(expected[row], trained[row], 1e-4, "row " + row + " of all parameters");
    }
    int[] users = data.x().activeUsers();
    for (int i = 0; i < users.length; i++) {
      double[] s = FILE.predict(net, sessions[i]);
      for (int item = 0; item < 41; item++) {
        assertEquals(s[item], scores.get(users[i], item), 1e-3, "user " + users[i]);
      }
    }
  }

  private static double train(Object net, Object sums, int[][] sessions, GRU4RecParameters p) {
    int batchSize = p.get(BATCH_SIZE);
    return FILE.train(
        net, sums, sessions, batchSize, p.get(BPTT), p.get(LEARNING_RATE), p.get(CLIPNORM));
  }

  private static int[][] sessions(InteractionMatrix x) {
    return IntStream.of(x.activeUsers())
        .mapToObj(
            user -> IntStream.range(0, x.historyLength(user)).map(i -> x.item(user, i)).toArray())
        .toArray(int[][]::new);
  }

  private static Object plain(GruNetwork network) {
    var layer = network.layers().getFirst();
    return FILE.network(
        rows(network.embedding()),
        rows(layer.weightIh()),
        rows(layer.weightHh()),
        flat(layer.biasIh()),
        flat(layer.biasHh()),
        rows(network.outputWeight()),
        flat(network.outputBias()));
  }

  private static Object zerosLike(GruNetwork n) {
    return PlainGru4Rec.zeros(n.numItems() + 1, n.numComponents(), n.hiddenSize());
  }

  private static double[][] rows(GruNetwork network) {
    return rows(plain(network));
  }

  private static double[][] rows(Object net) {
    double[][] biases = {FILE.bih(net), FILE.bhh(net), FILE.b(net)};
    return Stream.of(FILE.table(net), FILE.Wih(net), FILE.Whh(net), FILE.W(net), biases)
        .flatMap(Stream::of)
        .toArray(double[][]::new);
  }

  private static double[][] rows(Parameter p) {
    double[][] x = new double[p.rows()][p.cols()];
    for (int row = 0; row < x.length; row++) {
      for (int col = 0; col < x[row].length; col++) {
        x[row][col] = p.get(row, col);
      }
    }
    return x;
  }

  private static double[] flat(Parameter p) {
    return IntStream.range(0, p.rows()).mapToDouble(row -> p.get(row, 0)).toArray();
  }

  /** The matrices of a network, biases as matrices of one row. */
  private static double[][][] values(Random random, int V, int E, int H) {
    return new double[][][] {
      matrix(random, V, E),
      matrix(random, 3 * H, E),
      matrix(random, 3 * H, H),
      matrix(random, 1, 3 * H),
      matrix(random, 1, 3 * H),
      matrix(random, V, H),
      matrix(random, 1, V)
    };
  }

  private static double[][][] zeros(int V, int E, int H) {
    double[][][] all = values(new Random(0), V, E, H);
    Stream.of(all).flatMap(Stream::of).forEach(row -> Arrays.fill(row, 0));
    return all;
  }

  private static double[][] matrix(Random random, int rows, int cols) {
    return IntStream.range(0, rows)
        .mapToObj(r -> random.doubles(cols, -1, 1).toArray())
        .toArray(double[][]::new);
  }

  private static Object network(double[][][] m) {
    return FILE.network(m[0], m[1], m[2], m[3][0], m[4][0], m[5], m[6][0]);
  }

  /** Sessions of a file, numbers of its items, and the order in time are those of the library. */
  @Test
  void readsAsTheLibraryDoes(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("sessions.tsv");
    Files.writeString(
        file,
        """
        Time\tSessionId\tother\tItemId
        30\ttwo\t-\that
        5\tone\t-\tshoe
        10.5\ttwo\t-\tsock
        5\tone\t-\that

        7\tthree\t-\tscarf
        """);
    SessionData expected = SessionFiles.read(file);
    Object actual = FILE.read(file);
    IdMap items = expected.items();
    assertEquals(items.ids(), FILE.names(actual));
    assertArrayEquals(sessions(expected.interactions()), FILE.items(actual));
  }

  private static ChildJvm.End run(Object... args) throws IOException, InterruptedException {
    return ChildJvm.source(SOURCE, Stream.of(args).map(Object::toString).toList()).end();
  }

  /** Sessions that go round the items: what comes next is certain. */
  private static Path round(Path folder, int items) throws IOException {
    StringBuilder rows = new StringBuilder("SessionId\tItemId\tTime\n");
    for (int session = 0; session < 100; session++) {
      for (int click = 0; click < 5; click++) {
        int item = (session * 7 + click) % items;
        rows.append("s%d\titem%d\t%d\n".formatted(session, item, click));
      }
    }
    return Files.writeString(folder.resolve("sessions.tsv"), rows);
  }

  @Test
  void trainsAndRecommendsAsAUserWouldRunIt(@TempDir Path folder) throws Exception {
    ChildJvm.End end = run(round(folder, 30));
    assertEquals("", end.err());
    assertEquals(0, end.status());
    List<String> lines = end.out().lines().toList();
    double before = Double.POSITIVE_INFINITY;
    Pattern epochLine = Pattern.compile("epoch (\\d): loss (\\d+\\.\\d{4})");
    for (int epoch = 1; epoch <= 5; epoch++) {
      var line = epochLine.matcher(lines.get(epoch - 1));
      assertTrue(line.matches(), end.out());
      assertEquals(epoch, Integer.parseInt(line.group(1)));
      double loss = Double.parseDouble(line.group(2));
      assertTrue(loss < before, end.out());
      before = loss;
    }
    assertEquals("after [item3, item4, item5, item6, item7], by score:", lines.get(5));
    assertEquals(26, lines.size(), end.out());
    List<String> best = lines.subList(6, 26);
    assertEquals(20, best.stream().map(line -> line.replaceAll(".* ", "")).distinct().count());
    double[] scores = best.stream().mapToDouble(l -> Double.parseDouble(l.split(" ")[0])).toArray();
    for (int i = 1; i < scores.length; i++) {
      assertTrue(scores[i] <= scores[i - 1], end.out());
    }
  }

  @Test
  void recommendsForTheItemsThatAreNamed(@TempDir Path folder) throws Exception {
    List<String> lines = run(round(folder, 3), "item2", "item0").out().lines().toList();
    assertEquals("after [item2, item0], by score:", lines.get(5));
    assertTrue(lines.get(6).endsWith("  item1"), lines.toString());
    assertEquals(9, lines.size()); // the pad token is no item
  }

  @Test
  void saysPlainlyWhatIsWrong(@TempDir Path folder) throws Exception {
    assertFails("usage: java PlainGru4Rec.java sessions.tsv [item ...]");
    Path absent = folder.resolve("absent.tsv");
    assertFails("there is no file " + absent, absent);
    Path good = round(folder, 3);
    assertFails("no session has the item boot", good, "item1", "boot");
    Path bad =
        Files.writeString(folder.resolve("bad.tsv"), "SessionId\tItemId\tTime\n1\tshoe\tx\n");
    assertFails(
        bad
            + ", line 2: SessionId, ItemId and Time, which is a number, must be in the columns that"
            + " line 1 names so, with tabs between; got: 1\tshoe\tx",
        bad);
    Path one =
        Files.writeString(folder.resolve("one.tsv"), "SessionId\tItemId\tTime\n1\tshoe\t1\n");
    assertFails(one + " has no session of two clicks", one);
  }

  private static void assertFails(String message, Object... args) throws Exception {
    ChildJvm.End end = run(args);
    assertEquals(message, end.err());
    assertEquals("", end.out());
    assertEquals(1, end.status());
  }

  @Test
  void fitsOnAPage() throws IOException {
    List<String> lines = Files.readAllLines(SOURCE);
    assertTrue(lines.size() <= 300, lines.size() + " lines");
    lines.forEach(line -> assertTrue(line.length() <= 120, line));
    assertTrue(lines.stream().noneMatch(line -> line.startsWith("import ")), "the JDK alone");
  }

  /** The modules' tests share no classes: each has its copy. */
  @Test
  void theAdapterIsThatOfTheOtherModule() throws IOException {
    String ours = Files.readString(Path.of("src/test/java/io/gru4j/PlainGru4Rec.java"));
    Path other = Path.of("../tensor/src/test/java/io/gru4j/tensor/PlainGru4Rec.java");
    assertEquals(
        Files.readString(other), ours.replace("package io.gru4j;", "package io.gru4j.tensor;"));
  }
}
