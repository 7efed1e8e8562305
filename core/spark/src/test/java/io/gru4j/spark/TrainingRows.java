package io.gru4j.spark;

import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecOptions;
import io.gru4j.parameters.GRU4RecParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Small made-up sessions in a data frame: item i is mostly followed by i + 1. */
final class TrainingRows {
  private static final StructType SCHEMA =
      new StructType()
          .add("SessionId", DataTypes.StringType)
          .add("ItemId", DataTypes.StringType)
          .add("Time", DataTypes.LongType);
  private static final long DAY = 1_700_000_000; // seconds

  private TrainingRows() {}

  /** Sessions of 1 to 6 clicks. */
  static List<Row> make(long seed, int sessions, int items) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int session = 0; session < sessions; session++) {
      int item = random.nextInt(1 + random.nextInt(items));
      int length = 1 + random.nextInt(6);
      for (int click = 0; click < length; click++) {
        rows.add(row(seed + "-" + session, "item" + item, 100L * session + click));
        item = random.nextInt(4) == 0 ? random.nextInt(items) : (item + 1) % items;
      }
    }
    return rows;
  }

  static Row row(String session, String item, long time) {
    return RowFactory.create(session, item, DAY + time);
  }

  static Dataset<Row> frame(SparkSession spark, List<Row> rows) {
    return spark.createDataFrame(rows, SCHEMA);
  }

  /** Parameters of a model that trains in no time, with random dropout and samples. */
  static GRU4RecParameters.Builder tiny() {
    return GRU4RecParameters.gru4rec().toBuilder()
        .set(GRU4RecParameters.HIDDEN_SIZE, 8)
        .set(GRU4RecParameters.BATCH_SIZE, 5)
        .set(GRU4RecParameters.MAX_EPOCHS, 2)
        .set(GRU4RecOptions.NUM_SAMPLES, 16)
        .set(GRU4RecParameters.SEED, 7L);
  }

  /** The same against the whole catalogue. */
  static GRU4RecParameters.Builder softmax() {
    return GRU4RecParameters.builder(Algorithm.CROSS_ENTROPY)
        .set(GRU4RecParameters.HIDDEN_SIZE, 8)
        .set(GRU4RecParameters.NUM_COMPONENTS, 6)
        .set(GRU4RecParameters.BATCH_SIZE, 5)
        .set(GRU4RecParameters.MAX_EPOCHS, 2)
        .set(GRU4RecParameters.DROPOUT, 0.2)
        .set(GRU4RecParameters.SEED, 7L);
  }
}
