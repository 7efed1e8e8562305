package io.gru4j.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;

import io.gru4j.model.FittedModel;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.tensor.autograd.Parameter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Trains a round of many items in an executor of its own and prints the driver's heap; run it with
 * the {@code -Xmx} that is to be enough. Arguments: items, hidden units.
 */
final class DriverHeap {
  private DriverHeap() {}

  public static void main(String[] args) throws IOException {
    int items = Integer.parseInt(args[0]);
    GRU4RecParameters p =
        GRU4RecParameters.gru4rec().toBuilder()
            .set(GRU4RecParameters.HIDDEN_SIZE, Integer.parseInt(args[1]))
            .set(GRU4RecParameters.MAX_EPOCHS, 1)
            .set(GRU4RecParameters.SEED, 1L)
            .build();
    try (SparkCluster cluster =
        SparkCluster.start(
            "local-cluster[1,1,5120]",
            "spark.executor.memory",
            "4g",
            "spark.driver.maxResultSize",
            "2g")) {
      // Most sessions have one click, so that there are many items and little to train.
      Dataset<Row> clicks =
          cluster
              .session()
              .range(items)
              .withColumn("ItemId", concat(lit("item"), col("id")))
              .withColumn("Time", col("id").plus(1_700_000_000L))
              .withColumn(
                  "SessionId",
                  org.apache
                      .spark
                      .sql
                      .functions
                      .when(col("id").lt(4000), col("id").divide(4).cast("long"))
                      .otherwise(col("id")))
              .drop("id");
      FittedModel model = new SparkTrainer(cluster.session()).fit(p, clicks, null, 2, 2);
      double values = 0;
      for (Parameter each : model.network().parameters()) {
        values += (double) each.rows() * each.cols();
      }
      double peak = 0;
      for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
        peak += pool.getType() == MemoryType.HEAP ? pool.getPeakUsage().getUsed() : 0;
      }
      System.out.printf(
          Locale.ROOT,
          "%,d items: parameters %.0f MB; driver's heap at most %.0f MB, peak of its pools %.0f"
              + " MB%n",
          model.numItems(),
          4e-6 * values,
          1e-6 * Runtime.getRuntime().maxMemory(),
          1e-6 * peak);
    }
  }
}
