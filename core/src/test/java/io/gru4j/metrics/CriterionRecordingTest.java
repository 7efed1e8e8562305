package io.gru4j.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gru4j.data.CsrMatrix;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.Recording;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The criterion of recorded RecPack runs, from the scores that a few lines of double arithmetic
 * compute with the recorded parameters.
 */
class CriterionRecordingTest {

  static List<Recording> recordings() {
    return Recording.all();
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void isThatOfRecPack(Recording recording) {
    List<Object> epochs = Recording.list(recording.json().get("epochs"));
    Object finalParams = recording.json().get("finalParams");
    assertCriterion(recording, epochs.getLast(), finalParams);
    Object usedParams = recording.json().get("usedParams");
    if (usedParams != null) {
      assertCriterion(recording, epochs.get(recording.number("usedEpoch")), usedParams);
    }
  }

  private static void assertCriterion(Recording recording, Object epoch, Object params) {
    String name = (String) recording.config().get("stopping_criterion");
    CsrMatrix predictions =
        predict(recording, Recording.object(params), recording.validation().in());
    double recorded = (Double) Recording.object(epoch).get("criterion");
    assertEquals(
        recorded, Criterion.of(name).value(recording.validation().out(), predictions), 1e-12);
  }

  private static CsrMatrix predict(
      Recording recording, Map<String, Object> params, InteractionMatrix sessions) {
    int layers = recording.config("num_layers");
    int hiddenSize = recording.config("hidden_size");
    Object topK = recording.config().get("predict_topK");
    double[][] embedding = Recording.matrix(params.get("emb.weight"));
    double[][] linear = Recording.matrix(params.get("lin.weight"));
    double[] bias = Recording.doubles(params.get("lin.bias"));
    CsrMatrix.Builder builder = CsrMatrix.builder(sessions.numUsers(), sessions.numItems());
    for (int user = 0; user < sessions.numUsers(); user++) {
      double[][] hidden = new double[layers][hiddenSize];
      for (int item : sessions.sortedItems(user)) {
        double[] input = embedding[item];
        for (int layer = 0; layer < layers; layer++) {
          hidden[layer] = step(params, layer, input, hidden[layer]);
          input = hidden[layer];
        }
      }
      double[] scores = affine(linear, bias, hidden[layers - 1]);
      int stored = sessions.historyLength(user) == 0 ? 0 : sessions.numItems();
      int[] items =
          IntStream.range(0, stored)
              .boxed()
              .sorted(Comparator.comparingDouble(item -> -scores[item]))
              .limit(topK == null ? stored : ((Double) topK).intValue())
              .mapToInt(item -> item)
              .sorted()
              .toArray();
      float[] values = new float[items.length];
      for (int k = 0; k < values.length; k++) {
        values[k] = (float) scores[items[k]];
      }
      builder.row(items, values);
    }
    return builder.build();
  }

  private static double[] step(Map<String, Object> params, int layer, double[] x, double[] h) {
    double[] input =
        affine(
            Recording.matrix(params.get("rnn.weight_ih_l" + layer)),
            Recording.doubles(params.get("rnn.bias_ih_l" + layer)),
            x);
    double[] recurrent =
        affine(
            Recording.matrix(params.get("rnn.weight_hh_l" + layer)),
            Recording.doubles(params.get("rnn.bias_hh_l" + layer)),
            h);
    int hiddenSize = h.length;
    double[] next = new double[hiddenSize];
    for (int i = 0; i < hiddenSize; i++) {
      double r = sigmoid(input[i] + recurrent[i]);
      double z = sigmoid(input[hiddenSize + i] + recurrent[hiddenSize + i]);
      double n = Math.tanh(input[2 * hiddenSize + i] + r * recurrent[2 * hiddenSize + i]);
      next[i] = (1 - z) * n + z * h[i];
    }
    return next;
  }

  private static double[] affine(double[][] weight, double[] bias, double[] x) {
    double[] y = Arrays.copyOf(bias, bias.length);
    for (int i = 0; i < y.length; i++) {
      for (int j = 0; j < x.length; j++) {
        y[i] += weight[i][j] * x[j];
      }
    }
    return y;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
