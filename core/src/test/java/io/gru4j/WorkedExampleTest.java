package io.gru4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import io.gru4j.tensor.nn.Embedding;
import io.gru4j.tensor.nn.Gru;
import io.gru4j.tensor.nn.GruParameters;
import io.gru4j.tensor.nn.OutputLayer;
import io.gru4j.tensor.optim.Adagrad;
import io.gru4j.tensor.optim.GradientClipping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The network on paper of docs/tour.md: every number there is computed here. */
class WorkedExampleTest {
  private static final Path TOUR = Path.of("docs/tour.md");
  private static final Pattern BLOCK = Pattern.compile("```text\n(.*?)```", Pattern.DOTALL);
  private static final Pattern NUMBERS =
      Pattern.compile("(\\w[\\w.]*) = (-?[\\d.]+(?:, -?[\\d.]+)*)");
  private static final int T = 2;
  private static final int[] ITEMS = {0, 1};
  private static final int[] TARGETS = {1, 2};

  private final Map<String, String[]> printed = new LinkedHashMap<>();
  private final Map<String, Double> computed = new LinkedHashMap<>();

  @Test
  void everyNumberIsWhatTheNetworkComputes() throws IOException {
    String tour = ExercisesTest.ANSWER.matcher(Files.readString(TOUR)).replaceAll("");
    BLOCK.matcher(tour).results().forEach(this::read);
    computeByLayers();
    computeByHand();
    assertEquals(withInputs(computed.keySet()), printed.keySet(), "names in " + TOUR);
    List<String> wrong = new ArrayList<>();
    computed.forEach(
        (name, value) -> {
          String text = printed.get(name)[0];
          int decimals = text.indexOf('.') < 0 ? 0 : text.length() - text.indexOf('.') - 1;
          double allowed = 0.5 * Math.pow(10, -decimals) + 2e-7; // half a digit, and float's error
          if (!(Math.abs(Double.parseDouble(text) - value) <= allowed)) {
            wrong.add(name + " = " + value + ", not " + text);
          }
        });
    assertEquals(List.of(), wrong, TOUR.toString());
  }

  private static final List<String> INPUTS =
      List.of("table", "Wir", "Wiz", "Win", "Whr", "Whz", "Whn", "bhn", "W", "b");

  private static Set<String> withInputs(Set<String> names) {
    Set<String> all = new HashSet<>(INPUTS);
    all.addAll(names);
    return all;
  }

  private void read(MatchResult block) {
    NUMBERS
        .matcher(block.group(1))
        .results()
        .forEach(m -> assertNull(printed.put(m.group(1), m.group(2).split(", ")), m.group()));
  }

  private float input(String name, int index) {
    return Float.parseFloat(printed.get(name)[index]);
  }

  private double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** The numbers that the layers of training compute. */
  private void computeByLayers() {
    try (Parallel parallel = new Parallel(1)) {
      Parameter table = Parameter.ofSparseRows("emb.weight", 3, 1);
      GruParameters gru = GruParameters.zeros(0, 1, 1);
      Parameter weight = Parameter.ofPanels("lin.weight", 3, 1);
      Parameter bias = Parameter.ofPanels("lin.bias", 3, 1);
      for (int j = 0; j < 3; j++) {
        table.set(j, 0, input("table", j));
        gru.weightIh().set(j, 0, input(List.of("Wir", "Wiz", "Win").get(j), 0));
        gru.weightHh().set(j, 0, input(List.of("Whr", "Whz", "Whn").get(j), 0));
        weight.set(j, 0, input("W", j));
        bias.set(j, 0, input("b", j));
      }
      gru.biasHh().set(2, 0, input("bhn", 0));

      Tape tape = new Tape();
      Embedding embedding = new Embedding(table);
      Gru layer = new Gru(gru, parallel);
      OutputLayer output = new OutputLayer(weight, bias, parallel);
      Variable h =
          layer.forward(tape, embedding.forward(tape, ITEMS, T), new int[] {1, 1}, T, zero());
      Variable loss = output.forward(tape, h, TARGETS);
      computed.put("h1", (double) h.value().get(0, 0));
      computed.put("h2", (double) h.value().get(1, 0));
      computed.put("loss", output.lossValue());
      tape.backward(loss);
      computed.put("dh1", (double) h.grad().get(0, 0));
      computed.put("dh2", (double) h.grad().get(1, 0));
      computed.put("dWin", (double) gru.weightIh().gradAt(2, 0));
      computed.put("dWhn", (double) gru.weightHh().gradAt(2, 0));
      computed.put("dbhn", (double) gru.biasHh().gradAt(2, 0));
      computed.put("dtable0", (double) table.gradAt(0, 0));
      computed.put("dtable2", (double) table.gradAt(2, 0));
      computed.put("dW0", (double) weight.gradAt(0, 0));

      List<Parameter> parameters = new ArrayList<>(List.of(table));
      parameters.addAll(gru.all());
      parameters.addAll(List.of(weight, bias));
      double norm = new GradientClipping(parameters, parallel).norm();
      computed.put("norm", norm);
      new Adagrad(parameters, 0.1f, parallel).step(GradientClipping.factor(norm, 1));
      computed.put("Win.after", (double) gru.weightIh().get(2, 0));
      h = layer.forward(tape, embedding.forward(tape, ITEMS, T), new int[] {1, 1}, T, zero());
      output.forward(tape, h, TARGETS);
      computed.put("loss.after", output.lossValue());
    }
  }

  private static Matrix zero() {
    return Matrix.zeros(1, 1);
  }

  /** The equations of the tour, in double: what lies between the layers' inputs and outputs. */
  private void computeByHand() {
    double[] h = new double[T + 1]; // h[t] before step t
    double[] r = new double[T];
    double[] z = new double[T];
    double[] n = new double[T];
    double[] ghn = new double[T];
    double[][] dS = new double[T][3];
    for (int t = 0; t < T; t++) {
      double x = input("table", ITEMS[t]);
      r[t] = sigmoid(input("Wir", 0) * x + input("Whr", 0) * h[t]);
      z[t] = sigmoid(input("Wiz", 0) * x + input("Whz", 0) * h[t]);
      ghn[t] = input("Whn", 0) * h[t] + input("bhn", 0);
      n[t] = Math.tanh(input("Win", 0) * x + r[t] * ghn[t]);
      h[t + 1] = (1 - z[t]) * n[t] + z[t] * h[t];
      int step = t + 1;
      computed.put("r" + step, r[t]);
      computed.put("z" + step, z[t]);
      computed.put("n" + step, n[t]);
      double[] e = new double[3];
      for (int j = 0; j < 3; j++) {
        e[j] = Math.exp(input("W", j) * h[t + 1] + input("b", j));
      }
      for (int j = 0; j < 3; j++) {
        double p = e[j] / Arrays.stream(e).sum();
        dS[t][j] = (p - (j == TARGETS[t] ? 1 : 0)) / T;
        computed.put("p" + step + "." + j, p);
      }
    }
    double fromNext = 0;
    for (int t = T - 1; t >= 0; t--) {
      int step = t + 1;
      double out = 0;
      for (int j = 0; j < 3; j++) {
        out += dS[t][j] * input("W", j);
      }
      double dh = out + fromNext;
      double dan = dh * (1 - z[t]) * (1 - n[t] * n[t]);
      double daz = dh * (h[t] - n[t]) * z[t] * (1 - z[t]);
      double dar = dan * ghn[t] * r[t] * (1 - r[t]);
      fromNext = dh * z[t] + input("Whr", 0) * dar + input("Whz", 0) * daz;
      fromNext += input("Whn", 0) * r[t] * dan;
      computed.put("dan" + step, dan);
      computed.put("daz" + step, daz);
      computed.put("dar" + step, dar);
      if (t == 0) {
        computed.put("out1", out);
      } else {
        computed.put("from2", fromNext);
        for (int j = 0; j < 3; j++) {
          computed.put("dS2." + j, dS[t][j]);
        }
      }
    }
  }
}
