package io.gru4j.bench;

import io.gru4j.tensor.ItemSampler;
import io.gru4j.tensor.RandomStream;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One draw of an item by Zipf's law, or its power alpha, the random number included: the guide
 * table that training uses, a binary search over the cumulative chances, and Walker's alias table.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {
      "--add-modules=jdk.incubator.vector",
      "-Dgru4j.kernels=vector",
      "-Xms1g",
      "-Xmx1g"
    })
public class ItemSamplerBenchmark {

  private static final int DRAWS = 2048; // of a step
  private static final int CHECKS = 100_000;

  /** Items. */
  @Param({"40000", "1000000"})
  public int items;

  /** Power of the chances by Zipf's law. */
  @Param({"1", "0.5"})
  public double alpha;

  private ItemSampler guide;
  private AliasTable aliases;
  private double[] cumulative;
  private long step;

  /** Makes the tables, and checks that they draw the same. */
  @Setup
  public void prepare() {
    double[] weights = new double[items];
    Arrays.setAll(weights, item -> Math.pow(item + 1, -alpha));
    guide = new ItemSampler(weights);
    aliases = new AliasTable(weights);
    cumulative = weights.clone();
    Arrays.parallelPrefix(cumulative, Double::sum);
    double sum = cumulative[items - 1];
    for (int item = 0; item < items; item++) {
      cumulative[item] /= sum;
    }
    check(weights, sum);
  }

  private void check(double[] weights, double sum) {
    RandomStream random = new RandomStream(1);
    int differ = 0; // where sums are rounded in another order
    for (int i = 0; i < CHECKS; i++) {
      double u = random.nextDouble();
      differ += guide.at(u) == search(u) ? 0 : 1;
    }
    double[] chances = aliases.chances();
    for (int item = 0; item < items; item++) {
      double chance = weights[item] / sum;
      if (!(Math.abs(chances[item] - chance) <= 1e-12)) {
        throw new IllegalStateException(
            "alias table: item %d has the chance %s, not %s"
                .formatted(item, chances[item], chance));
      }
    }
    if (differ > CHECKS / 10_000) {
      throw new IllegalStateException(differ + " draws differ between guide table and search");
    }
  }

  private int search(double u) {
    int at = Arrays.binarySearch(cumulative, u);
    return Math.min(items - 1, at < 0 ? -at - 1 : at + 1); // the first above u
  }

  private double uniform(long ofStep, int k) {
    return RandomStream.toDouble(RandomStream.at(ofStep, k));
  }

  /**
   * gru4j's.
   *
   * @return the sum of the items
   */
  @Benchmark
  @OperationsPerInvocation(DRAWS)
  public long guideTable() {
    long ofStep = RandomStream.at(1, step++);
    long sum = 0;
    for (int k = 0; k < DRAWS; k++) {
      sum += guide.at(uniform(ofStep, k));
    }
    return sum;
  }

  /**
   * The search.
   *
   * @return the sum of the items
   */
  @Benchmark
  @OperationsPerInvocation(DRAWS)
  public long binarySearch() {
    long ofStep = RandomStream.at(1, step++);
    long sum = 0;
    for (int k = 0; k < DRAWS; k++) {
      sum += search(uniform(ofStep, k));
    }
    return sum;
  }

  /**
   * Walker's.
   *
   * @return the sum of the items
   */
  @Benchmark
  @OperationsPerInvocation(DRAWS)
  public long aliasTable() {
    long ofStep = RandomStream.at(1, step++);
    long sum = 0;
    for (int k = 0; k < DRAWS; k++) {
      sum += aliases.at(uniform(ofStep, k));
    }
    return sum;
  }
}
