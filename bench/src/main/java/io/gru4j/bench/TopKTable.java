package io.gru4j.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Measures how long the best items of one session take, on one thread, and prints a Markdown table:
 * with the scores of all items, and with the coarse copy of the weights, in turn in one JVM; the
 * results must agree to the bit.
 *
 * <pre>
 * java -cp bench/target/benchmarks.jar io.gru4j.bench.TopKTable
 * </pre>
 *
 * <p>Options: {@code --items 10000,100000,1000000}, {@code --k 20}, {@code --hidden 100}, {@code
 * --repeats 5} rounds of {@code --calls 200} after seconds of {@code --warm-up 4}, {@code
 * --huge-pages true} (or {@code false}), {@code --models} (pairs {@code model=sessions}, separated
 * by commas: rows for trained models, with the states of real sessions after their last click).
 * With libtorch on the class path, as for {@link PeersTable}, its product and topk stand beside, in
 * a JVM of their own.
 */
final class TopKTable {

  private final Map<String, String> options =
      new TreeMap<>(
          Map.of(
              "--items", "10000,100000,1000000",
              "--k", "20",
              "--hidden", "100",
              "--repeats", "5",
              "--calls", "200",
              "--warm-up", "4",
              "--huge-pages", "true",
              "--models", ""));
  private final boolean peer = Side.hasLibtorch();

  private TopKTable(String[] args) {
    for (int i = 0; i < args.length; i += 2) {
      if (!options.containsKey(args[i]) || i + 1 == args.length) {
        throw new IllegalArgumentException(
            "options are " + options.keySet() + ", each with a value; got " + args[i]);
      }
      options.put(args[i], args[i + 1]);
    }
  }

  /**
   * Prints the table.
   *
   * @param args options, as the class comment has them
   */
  public static void main(String[] args) throws IOException {
    TopKTable table = new TopKTable(args);
    System.out.printf(
        "`TopKTable %s`: %s; JDK %s; one thread; medians of %s rounds of %s calls%n%n",
        String.join(" ", args),
        PeersTable.cpu(),
        Runtime.version(),
        table.options.get("--repeats"),
        table.options.get("--calls"));
    System.out.println(
        "| items | k | full pass ms p50 | sieve ms p50 | ratio | p99/p50 | survivors mean | largest"
            + " | GB/s | read GB/s | libtorch ms | ratio |");
    System.out.println("|---|---|---|---|---|---|---|---|---|---|---|---|");
    for (String k : table.list("--k")) {
      for (String hidden : table.list("--hidden")) {
        for (String items : table.list("--items")) {
          table.row(
              String.format(Locale.ROOT, "%,d x %s", Integer.parseInt(items), hidden),
              Integer.parseInt(items) * (Integer.parseInt(hidden) + 2.0 * Float.BYTES),
              k,
              List.of(items, hidden));
        }
      }
      for (String pair : table.list("--models")) {
        String[] files = pair.split("=", 2);
        table.row(files[0].replaceFirst(".*/", ""), 0, k, List.of(files));
      }
    }
  }

  private List<String> list(String option) {
    return options.get(option).isEmpty() ? List.of() : List.of(options.get(option).split(","));
  }

  private void row(String what, double bytes, String k, List<String> of) throws IOException {
    List<String> task =
        new ArrayList<>(List.of("topk", k, options.get("--calls"), options.get("--warm-up")));
    task.addAll(of);
    List<double[]> ours = new ArrayList<>();
    List<double[]> theirs = new ArrayList<>();
    boolean libtorch = peer && bytes > 0;
    try (Side side = Side.ours(heap(bytes), task.toArray(String[]::new));
        Side other =
            libtorch ? Side.libtorch("best", 1, Map.of(), task.toArray(String[]::new)) : null) {
      if (!side.isReady() || libtorch && !other.isReady()) {
        throw new IllegalStateException("a side ended before it was ready: see above");
      }
      for (int i = 0; i < Integer.parseInt(options.get("--repeats")); i++) {
        ours.add(side.round());
        if (libtorch) {
          theirs.add(other.round());
        }
      }
    }
    Sample full = Sample.of(ours, 0);
    Sample sieve = Sample.of(ours, 2);
    StringBuilder row = new StringBuilder();
    row.append("| %s | %s | %s | %s |".formatted(what, k, full, sieve));
    row.append(" %sx |".formatted(full.over(sieve)));
    row.append(" %.2f |".formatted(Sample.of(ours, 3).over(sieve).median()));
    row.append(" %.1f |".formatted(Sample.of(ours, 4).median()));
    row.append(" %.0f |".formatted(ours.stream().mapToDouble(r -> r[5]).max().getAsDouble()));
    row.append(bytes == 0 ? " |" : " %.1f |".formatted(bytes / sieve.median() * 1e-6));
    row.append(" %.1f |".formatted(Sample.of(ours, 6).median()));
    if (libtorch) {
      Sample torch = Sample.of(theirs, 0);
      row.append(" %s | %sx |".formatted(torch, torch.over(sieve)));
    } else {
      row.append(" | |");
    }
    System.out.println(row);
  }

  /** A heap for the weights, touched before the first round. */
  private List<String> heap(double bytes) {
    List<String> heap = new ArrayList<>(Side.heap(bytes < 2e7 ? "512m" : "3g"));
    if (!Boolean.parseBoolean(options.get("--huge-pages"))) {
      heap.remove("-XX:+UseTransparentHugePages");
    }
    return heap;
  }
}
