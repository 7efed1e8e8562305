package io.gru4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gru4j.model.FittedModel;
import io.gru4j.parameters.GRU4RecParameters;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class SparkTrainerTest {
  private static final List<Row> TRAIN = TrainingRows.make(1, 120, 40);
  private static final List<Row> JUDGE = TrainingRows.make(2, 30, 40);

  private static String sha256(
      SparkCluster cluster, GRU4RecParameters p, int partitions, int rounds) throws Exception {
    FittedModel model =
        new SparkTrainer(cluster.session())
            .fit(
                p,
                TrainingRows.frame(cluster.session(), TRAIN),
                TrainingRows.frame(cluster.session(), JUDGE),
                partitions,
                rounds);
    return model.sha256();
  }

  @Test
  void runs() throws Exception {
    try (SparkCluster cluster = SparkCluster.start("local[2]")) {
      long t = System.nanoTime();
      String a = sha256(cluster, TrainingRows.tiny().build(), 3, 2);
      System.out.println((System.nanoTime() - t) * 1e-9);
      assertEquals(a, sha256(cluster, TrainingRows.tiny().build(), 3, 2));
      System.out.println((System.nanoTime() - t) * 1e-9);
      a = sha256(cluster, TrainingRows.softmax().build(), 3, 2);
      System.out.println((System.nanoTime() - t) * 1e-9);
    }
  }
}
