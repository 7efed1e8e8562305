package io.gru4j.spark;

import io.gru4j.data.Interaction;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.tensor.Parallel;
import io.gru4j.training.Round;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Prints how long an epoch would take on a cluster that nobody here has: a model on paper, of the
 * targets a second that this machine trains on one thread and the bytes that a round moves.
 *
 * <p>What it assumes: an executor of 8 cores is one partition and trains {@link #SPEED} times as
 * fast as one thread; 10 Gbit/s from each executor and from the driver; in a round every executor
 * receives all numbers once (a broadcast, in a torrent), gives all of its changes away and receives
 * its share of the others', and the driver receives the means and sends the numbers: three times
 * all numbers through the busiest link, one after the other. A job's start, waits for the slowest
 * and tracks that run empty are not in it.
 *
 * <p>Arguments: targets of an epoch for 40k items, for 1M items, seconds to measure each.
 */
final class ClusterOnPaper {
  private static final double BYTES_A_SECOND = 10e9 / 8;
  private static final int PASSES = 3;
  private static final double NETWORK = 0.1; // share of an epoch, at most
  private static final double SPEED = 5; // of 8 cores against one thread, assumed
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int[] EXECUTORS = {1, 4, 16, 64};

  private ClusterOnPaper() {}

  public static void main(String[] args) {
    double seconds = Double.parseDouble(args[2]);
    System.out.println(
        "| items | numbers, MB | targets/s, 1 thread | executors | rounds an epoch"
            + " | seconds of a round | epoch, s | network |");
    System.out.println("|---|---|---|---|---|---|---|---|");
    print(40_000, Long.parseLong(args[0]), seconds);
    print(1_000_000, Long.parseLong(args[1]), seconds);
  }

  private static void print(int items, long targets, double seconds) {
    GRU4RecParameters p =
        GRU4RecParameters.gru4rec().toBuilder().set(GRU4RecParameters.SEED, 1L).build();
    GruNetwork network = Round.initial(p, items, 1);
    ModelLayout layout = new ModelLayout(network.parameters(), Round.arrays(p));
    double bytes = (double) Float.BYTES * layout.size();
    double rate = rate(p, items, network, seconds);
    for (int executors : EXECUTORS) {
      double compute = targets / (rate * SPEED * executors);
      double ofRound = executors == 1 ? 0 : PASSES * bytes / BYTES_A_SECOND;
      long rounds =
          executors == 1 ? 1 : Math.max(1, (long) (NETWORK / (1 - NETWORK) * compute / ofRound));
      double network1 = rounds * ofRound;
      System.out.printf(
          Locale.ROOT,
          "| %,d | %,.0f | %,.0f | %d | %d | %.1f | %,.1f | %.0f %% |%n",
          items,
          bytes / 1e6,
          rate,
          executors,
          rounds,
          (compute + network1) / rounds,
          compute + network1,
          100 * network1 / (compute + network1));
    }
  }

  /**
   * Targets a second of CPU time on one thread, of sessions whose items are as skewed as clicks
   * are.
   */
  private static double rate(GRU4RecParameters p, int items, GruNetwork network, double seconds) {
    Random random = new Random(1);
    List<Interaction> clicks = new ArrayList<>();
    for (int session = 0; session < 3000; session++) {
      for (int click = 0; click < 5; click++) {
        int item = (int) (items * Math.pow(random.nextDouble(), 3));
        clicks.add(new Interaction(session, item, 10 * session + click));
      }
    }
    InteractionMatrix x = InteractionMatrix.of(3000, items, clicks);
    int[] counts = x.itemClicks();
    double best = 0;
    try (Parallel one = new Parallel(1)) {
      long end = System.nanoTime() + (long) (1e9 * seconds);
      for (int i = 0; i < 2 || System.nanoTime() < end; i++) { // the first ones warm up
        Round round = new Round(p, x, counts, new Round.Place(1, 0, i, 1), one);
        for (int k = 0; k < network.parameters().size(); k++) {
          float[] values = network.parameters().get(k).value(); // in rows, as the round's are
          System.arraycopy(values, 0, round.arrays(k)[0], 0, values.length);
        }
        long began = THREADS.getCurrentThreadCpuTime();
        Round.Result result = round.run();
        best =
            Math.max(best, result.targets() / ((THREADS.getCurrentThreadCpuTime() - began) * 1e-9));
      }
    }
    return best;
  }
}
