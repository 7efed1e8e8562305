package io.gru4j.bench;

import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;

import io.gru4j.model.FittedModel;
import io.gru4j.parameters.GRU4RecParameters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Measures gru4j beside libtorch and prints a Markdown table, row by row.
 *
 * <p>Each side runs in a JVM of its own, so that compiled code, heap and threads of one do not
 * disturb the other, and each has its best environment. Both start from the same parameters and
 * train on the same batches. They take turns round by round; the side that waits blocks on a read,
 * and its threads sleep. A row begins when both are warm. Losses must agree.
 *
 * <pre>
 * mvn -q -Ppeers -DskipTests package
 * java -cp 'bench/target/benchmarks.jar:bench/target/peers/*' io.gru4j.bench.PeersTable
 * </pre>
 *
 * <p>Options: {@code --rows epoch-10k-1,gemm} (all by default), {@code --repeats 5}, {@code --loop
 * best} (or {@code recpack}), {@code --part 1} and {@code --part-40k 0.1} (share of the training
 * sessions that is an epoch here; {@code --part 0.1} gives a row in half a minute, in which the JIT
 * still compiles what runs once a step), {@code --libtorch-env NAME=VALUE,...} (environment of
 * libtorch's side, over what {@link Side} sets), {@code --golden} (folder of RecPack's recordings)
 * and {@code --image} (folder of the runtime image).
 */
final class PeersTable {

  private static final List<String> ROWS =
      List.of(
          "recordings",
          "epoch-10k-1",
          "epoch-10k-2",
          "epoch-40k-1",
          "epoch-40k-2",
          "threads",
          "step-8",
          "sampled-step-40k",
          "gemm",
          "top-1",
          "top-2",
          "million-items",
          "heap",
          "heap-sampled",
          "start");

  static final String NEXT_SMALLER = "the next smaller one tried, by 100 MiB, fails";

  private static final List<int[]> GEMMS =
      List.of(
          new int[] {512, 100, 10_001},
          new int[] {100, 512, 10_001},
          new int[] {512, 10_001, 100},
          new int[] {512, 512, 512},
          new int[] {2048, 2048, 2048});

  private static final Map<String, String> DEFAULTS =
      Map.of(
          "--rows", String.join(",", ROWS),
          "--repeats", "5",
          "--loop", "best",
          "--libtorch-env", "",
          "--part", "1",
          "--part-40k", "0.1",
          "--golden", "core/src/test/resources/golden",
          "--image", "core/target/gru4j");

  private final Map<String, String> options;
  final boolean peer = Side.hasLibtorch();

  private PeersTable(String[] args) {
    options = NamedOptions.parse(DEFAULTS, args);
  }

  /**
   * Prints the table.
   *
   * @param args options, as the class comment has them
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    PeersTable table = new PeersTable(args);
    System.out.printf(
        "`PeersTable %s`: %s; JDK %s; %s; median (least - greatest) of %s rounds%n%n",
        String.join(" ", args),
        cpu(),
        Runtime.version(),
        table.peer ? "libtorch 2.10.0, " + table.options.get("--loop") + " loop" : "no libtorch",
        table.options.get("--repeats"));
    System.out.println("| what | gru4j | libtorch | ratio | |\n|---|---|---|---|---|");
    for (String row : table.options.get("--rows").split(",")) {
      table.row(row);
    }
  }

  static String cpu() throws IOException {
    String model =
        Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
            .filter(line -> line.startsWith("model name"))
            .findFirst()
            .map(line -> line.substring(line.indexOf(':') + 2))
            .orElse("unknown CPU");
    return model + ", " + Runtime.getRuntime().availableProcessors() + " cores";
  }

  private void row(String row) throws IOException, InterruptedException {
    switch (row) {
      case "recordings" -> recordings();
      case "epoch-10k-1" -> epoch("10k", 1, options.get("--part"));
      case "epoch-10k-2" -> epoch("10k", 2, options.get("--part"));
      case "epoch-40k-1" -> epoch("40k", 1, options.get("--part-40k"));
      case "epoch-40k-2" -> epoch("40k", 2, options.get("--part-40k"));
      case "threads" -> threads();
      case "step-8" -> step();
      case "gemm" -> {
        for (int[] shape : GEMMS) {
          gemm(shape);
        }
      }
      case "top-1" -> top(1);
      case "top-2" -> top(2);
      case "sampled-step-40k" -> SampledRows.step(this);
      case "million-items" -> SampledRows.million(this);
      case "heap" -> heap();
      case "heap-sampled" -> SampledRows.heap(this);
      case "start" -> start();
      default -> throw new IllegalArgumentException("rows are " + ROWS + ", got " + row);
    }
  }

  /** Rounds of all sides in turn, by side. */
  List<List<double[]>> alternate(Side... sides) throws IOException {
    List<List<double[]>> all = new ArrayList<>();
    for (Side side : sides) {
      if (!side.isReady()) {
        throw new IllegalStateException("a side ended before it was ready: see above");
      }
      all.add(new ArrayList<>());
    }
    for (int i = 0; i < Integer.parseInt(options.get("--repeats")); i++) {
      for (int s = 0; s < sides.length; s++) {
        all.get(s).add(sides[s].round());
      }
    }
    return all;
  }

  void print(String what, String ours, String theirs, String ratio, String more) {
    System.out.printf("| %s | %s | %s | %s | %s |%n", what, ours, theirs, ratio, more);
  }

  void print(String what, String unit, Sample ours, Sample theirs, String more) {
    print(
        what,
        ours + " " + unit,
        theirs == null ? "-" : theirs + " " + unit,
        theirs == null ? "-" : theirs.over(ours) + "x",
        more);
  }

  Side libtorch(int threads, String... task) throws IOException {
    Map<String, String> environment = new TreeMap<>();
    for (String setting : options.get("--libtorch-env").split(",")) {
      if (!setting.isEmpty()) {
        int at = setting.indexOf('=');
        environment.put(setting.substring(0, at), setting.substring(at + 1));
      }
    }
    return Side.libtorch(options.get("--loop"), threads, environment, task);
  }

  private void recordings() throws IOException {
    if (peer) {
      try (Side side = libtorch(1, "recordings", options.get("--golden"))) {
        if (!side.isReady()) {
          throw new IllegalStateException("libtorch does not agree with the recordings: see above");
        }
        side.round();
      }
    }
  }

  private void epoch(String catalogue, int threads, String part) throws IOException {
    String t = Integer.toString(threads);
    List<List<double[]>> rounds;
    try (Side peak = Side.ours("peak", t);
        Side ours = Side.ours("epoch", catalogue, t, part, warmUps(part));
        Side theirs = peer ? libtorch(threads, "epoch", catalogue, t, part, warmUps(part)) : null) {
      rounds = peer ? alternate(peak, ours, theirs) : alternate(peak, ours);
    }
    Sample peak = Sample.of(rounds.get(0), 0);
    Sample seconds = Sample.of(rounds.get(1), 0);
    double[] last = rounds.get(1).getLast();
    int items = ClickSessions.named(catalogue).train().numItems();
    int hidden = GRU4RecParameters.defaults().get(HIDDEN_SIZE);
    double gflop = 6e-9 * last[2] * items * hidden;
    print(
        "training epoch, %d items%s, %d thread%s"
            .formatted(
                items,
                part.equals("1") ? "" : ", first " + part + " of the sessions",
                threads,
                threads == 1 ? "" : "s"),
        "s",
        seconds,
        peer ? Sample.of(rounds.get(2), 0) : null,
        String.format(
            Locale.ROOT,
            "%.0f targets, %.0f steps; %.0f targets/s; loss %.4f%s; %.1f bytes allocated a step",
            last[2],
            last[3],
            last[2] / seconds.median(),
            last[1],
            peer ? agreeing(last[1], rounds.get(2).getLast()[1]) : "",
            last[4]));
    Sample ofPeak = new Sample(new double[] {gflop}).times(100 / seconds.median());
    print(
        "its useful flops over the peak",
        String.format(Locale.ROOT, "%.1f %%", ofPeak.median() / peak.median()),
        "-",
        "-",
        String.format(Locale.ROOT, "%.0f GFLOP; peak %s GFLOP/s", gflop, peak));
  }

  /**
   * Epochs before the first round, for both sides: about a third of the whole data, at least one.
   */
  private static String warmUps(String part) {
    return Integer.toString((int) Math.ceil(0.3 / Double.parseDouble(part)));
  }

  /** gru4j alone, one thread and two in turn. */
  private void threads() throws IOException {
    String part = options.get("--part");
    List<List<double[]>> rounds;
    try (Side one = Side.ours("epoch", "10k", "1", part, warmUps(part));
        Side two = Side.ours("epoch", "10k", "2", part, warmUps(part))) {
      rounds = alternate(one, two);
    }
    Sample one = Sample.of(rounds.get(0), 0);
    Sample two = Sample.of(rounds.get(1), 0);
    print(
        "training, 10k items, 2 threads over 1",
        two + " s",
        "-",
        one.over(two) + "x",
        "1 thread " + one + " s, in turn");
  }

  static String agreeing(double ours, double theirs) {
    if (!(Math.abs(ours - theirs) <= 1e-3 * theirs)) {
      throw new IllegalStateException("loss is " + ours + ", libtorch's is " + theirs);
    }
    return String.format(Locale.ROOT, " (libtorch %.4f)", theirs);
  }

  private void step() throws IOException {
    List<List<double[]>> rounds;
    try (Side ours = Side.ours("step", "8", "1", "10");
        Side theirs = peer ? libtorch(1, "step", "8", "1", "10") : null) {
      rounds = peer ? alternate(ours, theirs) : alternate(ours);
    }
    double steps = rounds.get(0).getLast()[3];
    print(
        "step of 8 rows, 10k items, 1 thread",
        "ms",
        Sample.of(rounds.get(0), 0).times(1000 / steps),
        peer ? Sample.of(rounds.get(1), 0).times(1000 / steps) : null,
        "");
  }

  private void gemm(int[] shape) throws IOException {
    String[] task = {
      "gemm", Integer.toString(shape[0]), Integer.toString(shape[1]), Integer.toString(shape[2])
    };
    List<List<double[]>> rounds;
    try (Side ours = Side.ours(task);
        Side theirs = peer ? libtorch(1, task) : null) {
      rounds = peer ? alternate(ours, theirs) : alternate(ours);
    }
    Sample seconds = Sample.of(rounds.get(0), 0);
    double gflop = 2e-9 * shape[0] * shape[1] * shape[2];
    print(
        "(%d x %d)(%d x %d)".formatted(shape[0], shape[1], shape[1], shape[2]),
        "ms",
        seconds.times(1000),
        peer ? Sample.of(rounds.get(1), 0).times(1000) : null,
        String.format(Locale.ROOT, "gru4j %.0f GFLOP/s", gflop / seconds.median()));
  }

  private void top(int threads) throws IOException {
    String t = Integer.toString(threads);
    List<List<double[]>> rounds;
    try (Side ours = Side.ours("top", "10k", t);
        Side theirs = peer ? libtorch(threads, "top", "10k", t) : null) {
      rounds = peer ? alternate(ours, theirs) : alternate(ours);
    }
    print(
        "top 50 of %d sessions, 10k items, %d thread%s"
            .formatted(
                ClickSessions.named("10k").test().numActiveUsers(),
                threads,
                threads == 1 ? "" : "s"),
        "ms",
        Sample.of(rounds.get(0), 0).times(1000),
        peer ? Sample.of(rounds.get(1), 0).times(1000) : null,
        "");
  }

  /** The smallest heap, in steps of 100 MB, in which a few steps over a million items are made. */
  private void heap() throws IOException {
    int hundreds = LeastHeap.search(25, 100, "heap", "1000000"); // 2.5 GB: parameters and state
    print(
        "heap to train with 1,000,000 items",
        "%.1f GB (-Xmx%d00m)".formatted(hundreds * 0.1048576, hundreds),
        "-",
        "-",
        NEXT_SMALLER);
  }

  /** From the start of {@code gru4j recommend} to its exit. */
  private void start() throws IOException, InterruptedException {
    int items = ClickSessions.named("10k").train().numItems();
    Path model = Files.createTempFile("gru4j", ".safetensors");
    try {
      new FittedModel(Ours.network(items), Ours.ids(items), Map.of(), List.of(), Ours.DATA_SEED)
          .save(model);
      List<double[]> rounds = new ArrayList<>();
      for (int i = -1; i < 2 * Integer.parseInt(options.get("--repeats")); i++) {
        long start = System.nanoTime();
        Process process =
            new ProcessBuilder(
                    Path.of(options.get("--image"), "bin", "gru4j").toString(),
                    "recommend",
                    "--model",
                    model.toString(),
                    "--items",
                    "1,2,3",
                    "--top",
                    "20")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        double seconds = (System.nanoTime() - start) * 1e-9;
        if (status != 0 || answer.lines().count() < 20) {
          throw new IllegalStateException("gru4j recommend: status " + status + "\n" + answer);
        }
        if (i >= 0) { // the first one brings files into memory
          rounds.add(new double[] {seconds});
        }
      }
      print(
          "gru4j recommend, start to exit, " + items + " items",
          "s",
          Sample.of(rounds, 0),
          null,
          "twice the rounds");
    } finally {
      Files.delete(model);
    }
  }
}
