package io.gru4j.bench;

import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;

import io.gru4j.parameters.GRU4RecOptions.Embedding;
import io.gru4j.parameters.GRU4RecOptions.Negatives;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** The rows of {@link PeersTable} about training against samples of the catalogue. */
final class SampledRows {

  private static final String WARM_UP = "1500"; // steps
  private static final String STEPS = "500"; // of a round
  private static final String CATALOGUE_WARM_UP = "6"; // a step over a million items is long
  private static final String CATALOGUE_STEPS = "4";

  private SampledRows() {}

  /** One step, beside libtorch: the same batches, samples and initial parameters. */
  static void step(PeersTable table) throws IOException {
    for (String embedding : List.of("shared", "separate")) {
      List<List<double[]>> rounds;
      String[] ours = {"steps", "40k", "shared", embedding, "1", WARM_UP, STEPS};
      String[] theirs = {"steps", "40k", embedding, "1", WARM_UP, STEPS};
      try (Side our = Side.ours(ours);
          Side their = table.peer ? table.libtorch(1, theirs) : null) {
        rounds = table.peer ? table.alternate(our, their) : table.alternate(our);
      }
      double[] last = rounds.getFirst().getLast();
      table.print(
          "step of sampled cross-entropy, %d rows, 40k items, %s embedding, 1 thread"
              .formatted(rows(), embedding),
          "ms",
          perStep(rounds.get(0)),
          table.peer ? perStep(rounds.get(1)) : null,
          String.format(
              Locale.ROOT,
              "loss %.4f%s; %.1f bytes allocated a step",
              last[1],
              table.peer ? PeersTable.agreeing(last[1], rounds.get(1).getLast()[1]) : "",
              last[4]));
    }
  }

  private static int rows() {
    return SampledTraining.parameters(Negatives.SHARED, Embedding.SHARED).get(BATCH_SIZE);
  }

  private static Sample perStep(List<double[]> rounds) {
    return Sample.of(rounds, 0).times(1000).over(Sample.of(rounds, 3));
  }

  /** Targets a second over a million items, beside the same training against the catalogue. */
  static void million(PeersTable table) throws IOException {
    for (String threads : List.of("1", "2")) {
      List<List<double[]>> rounds;
      try (Side sampled = million("shared", threads, WARM_UP, STEPS);
          Side full = million("catalogue", threads, CATALOGUE_WARM_UP, CATALOGUE_STEPS)) {
        rounds = table.alternate(sampled, full);
      }
      Sample sampled = targetsPerSecond(rounds.get(0));
      Sample full = targetsPerSecond(rounds.get(1));
      table.print(
          "training, 1,000,000 items, sampled, %d rows a step, %s thread%s"
              .formatted(rows(), threads, threads.equals("1") ? "" : "s"),
          sampled + " targets/s",
          "-",
          sampled.over(full) + "x the whole catalogue",
          "whole catalogue " + full + " targets/s");
    }
  }

  private static Side million(String negatives, String threads, String warmUp, String steps)
      throws IOException {
    return Side.ours(
        Side.heap("4g"), "steps", "million", negatives, "shared", threads, warmUp, steps);
  }

  private static Sample targetsPerSecond(List<double[]> rounds) {
    return Sample.of(rounds, 2).over(Sample.of(rounds, 0));
  }

  /** The smallest heap of that training. */
  static void heap(PeersTable table) throws IOException {
    int hundreds = LeastHeap.search(8, 60, "heap-sampled"); // 800 MB: parameters and state
    table.print(
        "heap to train with 1,000,000 items, sampled",
        "%.1f GB (-Xmx%d00m)".formatted(hundreds * 0.1048576, hundreds),
        "-",
        "-",
        PeersTable.NEXT_SMALLER);
  }
}
