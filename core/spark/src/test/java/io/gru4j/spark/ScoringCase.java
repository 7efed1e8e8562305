package io.gru4j.spark;

import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.model.Recommendation;
import io.gru4j.serve.ItemFilter;
import io.gru4j.serve.Recommender;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A model, sessions with items that it does not know, and what one machine recommends for them. */
final class ScoringCase {
  static final int ITEMS = 300;
  static final int K = 7;

  private static final int UNKNOWN = 3; // items beside those of the model

  private final FittedModel model;
  private final Map<String, List<String>> sessions = new TreeMap<>();

  ScoringCase(int numSessions, long seed) {
    Random random = new Random(seed);
    GruNetwork network = GruNetwork.zeros(ITEMS, 12, new int[] {16}, GruNetwork.Form.PANELS);
    for (Parameter p : network.parameters()) {
      for (int row = 0; row < p.rows(); row++) {
        for (int col = 0; col < p.cols(); col++) {
          p.set(row, col, random.nextFloat() - 0.5f);
        }
      }
    }
    List<String> ids = IntStream.range(0, ITEMS).mapToObj(i -> "i" + i).toList();
    int[] clicks = random.ints(ITEMS, 0, 50).toArray();
    model =
        new FittedModel(network, IdMap.of(ids), Map.of(), List.of(), seed).withItemClicks(clicks);
    for (int s = 0; s < numSessions; s++) {
      List<String> items = new ArrayList<>();
      int length = 1 + random.nextInt(6);
      for (int i = 0; i < length; i++) {
        items.add("i" + random.nextInt(ITEMS + UNKNOWN));
      }
      sessions.put("s" + s, items);
    }
    sessions.put("unknown", List.of("i" + ITEMS)); // the model knows nothing of it
  }

  FittedModel model() {
    return model;
  }

  int numSessions() {
    return sessions.size();
  }

  /** The clicks in any order. */
  Dataset<Row> frame(SparkCluster cluster, int partitions) {
    List<Row> rows = new ArrayList<>();
    sessions.forEach(
        (session, items) -> {
          for (int i = 0; i < items.size(); i++) {
            rows.add(RowFactory.create(session, items.get(i), 1_700_000_000L + i));
          }
        });
    Collections.shuffle(rows, new Random(1));
    StructType schema =
        new StructType()
            .add("SessionId", DataTypes.StringType)
            .add("ItemId", DataTypes.StringType)
            .add("Time", DataTypes.LongType);
    return cluster
        .session()
        .createDataFrame(cluster.context().parallelize(rows, partitions), schema);
  }

  /** What this JVM recommends, a line each: session, rank, item, the score's bits. */
  List<String> expected(ItemFilter filter, Recommender recommender) {
    List<Integer> users = new ArrayList<>();
    List<Integer> items = new ArrayList<>();
    List<String> ids = List.copyOf(sessions.keySet());
    for (int user = 0; user < ids.size(); user++) {
      for (String item : sessions.get(ids.get(user))) {
        if (model.items().indexOf(item) >= 0) {
          users.add(user);
          items.add(model.items().indexOf(item));
        }
      }
    }
    InteractionMatrix matrix =
        InteractionMatrix.of(
            ids.size(),
            ITEMS,
            users.stream().mapToInt(i -> i).toArray(),
            items.stream().mapToInt(i -> i).toArray(),
            IntStream.range(0, users.size()).asDoubleStream().toArray());
    List<String> lines = new ArrayList<>();
    try (Parallel parallel = new Parallel(1)) {
      recommender.recommendAll(
          matrix,
          K,
          filter,
          parallel,
          (user, best) -> {
            for (int i = 0; i < best.size(); i++) {
              Recommendation each = best.get(i);
              lines.add(line(ids.get(user), i + 1, each.item(), each.score()));
            }
          });
    }
    Collections.sort(lines);
    return lines;
  }

  List<String> expected() {
    return expected(ItemFilter.ALL, new Recommender(model));
  }

  static List<String> lines(Dataset<Row> recommendations) {
    return lines(recommendations.collectAsList());
  }

  static List<String> lines(List<Row> rows) {
    return rows.stream()
        .map(r -> line(r.getString(0), r.getInt(1), r.getString(2), r.getFloat(3)))
        .sorted()
        .toList();
  }

  private static String line(String session, int rank, String item, float score) {
    return session + "\t" + rank + "\t" + item + "\t" + Float.floatToRawIntBits(score);
  }
}
