package io.gru4j.bench;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.util.Statistics;

/**
 * Runs {@link ServeBenchmark} and prints its percentiles as a Markdown table.
 *
 * <pre>
 * java -cp bench/target/benchmarks.jar io.gru4j.bench.LatencyTable
 * </pre>
 *
 * <p>Takes JMH's options; {@code -f 1 -wi 2 -i 3} gives it in two minutes.
 */
final class LatencyTable {

  private static final String[] CALLS = {"click", "top", "clickAndTop"};

  private LatencyTable() {}

  /**
   * Prints the table.
   *
   * @param args options of JMH
   */
  public static void main(String[] args) throws Exception {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .parent(new CommandLineOptions(args))
                    .include("ServeBenchmark")
                    .build())
            .run();
    Map<Integer, Map<String, Statistics>> byItems = new TreeMap<>();
    for (RunResult result : results) {
      String name = result.getParams().getBenchmark();
      byItems
          .computeIfAbsent(
              Integer.parseInt(result.getParams().getParam("items")), _ -> new TreeMap<>())
          .put(
              name.substring(name.lastIndexOf('.') + 1), result.getPrimaryResult().getStatistics());
    }
    System.out.printf(
        "%n`LatencyTable %s`: %s; JDK %s; microseconds, one thread%n%n",
        String.join(" ", args), PeersTable.cpu(), Runtime.version());
    System.out.println(
        "| items | click p50 | p99 | 20 best p50 | p99 | click and 20 best p50 | p99 |");
    System.out.println("|---|---|---|---|---|---|---|");
    byItems.forEach(
        (items, calls) -> {
          StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "| %,d |", items));
          for (String call : CALLS) {
            Statistics s = calls.get(call);
            row.append(s == null ? " - | - |" : cells(s));
          }
          System.out.println(row);
        });
  }

  private static String cells(Statistics s) {
    return String.format(Locale.ROOT, " %.1f | %.1f |", s.getPercentile(50), s.getPercentile(99));
  }
}
