package io.gru4j.spark;

import io.gru4j.data.Interaction;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.training.Round;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.spark.sql.Row;

/** The same training without Spark: one partition after the other, and means in plain loops. */
final class RoundsInOneJvm {
  private final TrainingCase training;
  private final List<String> ids;
  private final List<Double> losses = new ArrayList<>();
  private float[][][] numbers; // [parameter][array], row by row

  RoundsInOneJvm(TrainingCase training) {
    this.training = training;
    TreeSet<String> sorted = new TreeSet<>();
    training.train().forEach(row -> sorted.add(row.getString(1)));
    ids = List.copyOf(sorted);
  }

  List<String> itemIds() {
    return ids;
  }

  /** The mean loss of each epoch. */
  List<Double> losses() {
    return losses;
  }

  float[] values(int parameter) {
    return numbers[parameter][0];
  }

  /** Sessions are given in order of time. */
  private InteractionMatrix share(int partition) {
    Map<String, List<Row>> sessions = new LinkedHashMap<>();
    training
        .train()
        .forEach(
            row -> sessions.computeIfAbsent(row.getString(0), s -> new ArrayList<>()).add(row));
    List<Interaction> clicks = new ArrayList<>();
    int number = 0;
    int users = 0;
    for (List<Row> session : sessions.values()) {
      if (number++ % training.partitions() == partition) {
        for (Row row : session) {
          clicks.add(new Interaction(users, ids.indexOf(row.getString(1)), row.getLong(2)));
        }
        users++;
      }
    }
    return InteractionMatrix.of(users, ids.size(), clicks);
  }

  void run() {
    GRU4RecParameters p = training.parameters();
    long seed = p.get(GRU4RecParameters.SEED);
    int[] clicks = new int[ids.size()];
    training.train().forEach(row -> clicks[ids.indexOf(row.getString(1))]++);
    GruNetwork initial = Round.initial(p, ids.size(), seed);
    int arrays = Round.arrays(p);
    int n = initial.parameters().size();
    numbers = new float[n][arrays][];
    for (int i = 0; i < n; i++) {
      Parameter each = initial.parameters().get(i);
      for (int k = 0; k < arrays; k++) {
        numbers[i][k] = new float[each.rows() * each.cols()];
      }
      each.read(0, numbers[i][0], numbers[i][0].length);
    }
    int epochs = p.get(GRU4RecParameters.MAX_EPOCHS);
    for (int epoch = 0; epoch < epochs; epoch++) {
      double lossSum = 0;
      long targets = 0;
      for (int r = 0; r < training.rounds(); r++) {
        Means means = new Means();
        double ofRound = 0;
        for (int partition = 0; partition < training.partitions(); partition++) {
          Round.Place place =
              new Round.Place(seed, partition, epoch * training.rounds() + r, training.rounds());
          Round round = new Round(p, share(partition), clicks, place, new Parallel(1));
          for (int i = 0; i < n; i++) {
            for (int k = 0; k < arrays; k++) {
              float[] given = numbers[i][k];
              round.parameters().get(i).write(round.arrays(i)[k], 0, given, given.length);
            }
          }
          Round.Result result = round.run();
          ofRound += result.lossSum();
          targets += result.targets();
          means.add(round, result.targets());
        }
        lossSum += ofRound;
        means.apply();
      }
      losses.add(lossSum / targets);
    }
  }

  private final class Means {
    private final double[][][] sums = new double[numbers.length][][];
    private final long[][] weights = new long[numbers.length][];
    private final int[][] partitions = new int[numbers.length][];

    void add(Round round, long targets) {
      for (int i = 0; i < numbers.length && targets > 0; i++) {
        Parameter p = round.parameters().get(i);
        BitSet touched = round.touched(i);
        if (sums[i] == null) {
          sums[i] = new double[numbers[i].length][p.rows() * p.cols()];
          weights[i] = new long[p.rows()];
          partitions[i] = new int[p.rows()];
        }
        float[] row = new float[p.cols()];
        for (int r = 0; r < p.rows(); r++) {
          if (touched != null && !touched.get(r)) {
            continue;
          }
          weights[i][r] += targets;
          partitions[i][r]++;
          for (int k = 0; k < numbers[i].length; k++) {
            p.read(round.arrays(i)[k], (long) r * p.cols(), row, p.cols());
            for (int c = 0; c < p.cols(); c++) {
              int at = r * p.cols() + c;
              sums[i][k][at] += targets * (double) (row[c] - numbers[i][k][at]);
            }
          }
        }
      }
    }

    void apply() {
      for (int i = 0; i < numbers.length; i++) {
        int cols = numbers[i][0].length / weights[i].length;
        for (int k = 0; k < numbers[i].length; k++) {
          for (int at = 0; at < numbers[i][k].length; at++) {
            if (weights[i][at / cols] > 0) {
              int touched = partitions[i][at / cols];
              double scale = k == 0 ? SliceMean.step(touched) : 1;
              numbers[i][k][at] += (float) (scale * (sums[i][k][at] / weights[i][at / cols]));
            }
          }
        }
      }
    }
  }
}
