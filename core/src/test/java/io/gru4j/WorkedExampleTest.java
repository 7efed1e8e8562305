package io.gru4j;

import static io.gru4j.PlainGru4Rec.FILE;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
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
    computeByThePlainNetwork();
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

  /** The numbers that the layers of training compute. */
  private void computeByLayers() {
    try (Parallel parallel = new Parallel(1)) {
      Parameter table = Parameter.ofSparseRows("emb.weight", 3, 1);
      GruParameters gru = GruParameters.zeros(0, 1, 1);
      Parameter weight = Parameter.ofPanels("lin.weight", 3, 1);
      Parameter bias = Parameter.ofBias("lin.bias", 3);
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

  /** What lies between the layers' inputs and outputs, as docs/PlainGru4Rec.java computes it. */
  private void computeByThePlainNetwork() {
    double[][] table = column("table");
    double[][] W = column("W");
    double[] b = inputs("b");
    double[][] Wih = {inputs("Wir"), inputs("Wiz"), inputs("Win")};
    double[][] Whh = {inputs("Whr"), inputs("Whz"), inputs("Whn")};
    double[] bhh = {0, 0, input("bhn", 0)};
    Object net = FILE.network(table, Wih, Whh, new double[3], bhh, W, b);
    double[] state = {0};
    Object[] clicks = new Object[T];
    double[][] out = new double[T][1]; // what the output layer says of each state
    for (int t = 0; t < T; t++) {
      int step = t + 1;
      clicks[t] = FILE.clickForward(net, table[ITEMS[t]], state);
      state = FILE.next(clicks[t]);
      computed.put("r" + step, FILE.r(clicks[t])[0]);
      computed.put("z" + step, FILE.z(clicks[t])[0]);
      computed.put("n" + step, FILE.n(clicks[t])[0]);
      double[] p = new double[3];
      FILE.crossEntropyForward(FILE.productForward(W, b, state), TARGETS[t], p);
      double[] dS = FILE.crossEntropyBackward(p, TARGETS[t], 1.0 / T);
      FILE.productBackward(W, state, dS, new double[3][1], new double[3], out[t]);
      for (int j = 0; j < 3; j++) {
        computed.put("p" + step + "." + j, p[j]);
        if (t == 1) {
          computed.put("dS2." + j, dS[j]);
        }
      }
    }
    computed.put("out1", out[0][0]);
    double[] fromNext = {0};
    for (int t = T - 1; t >= 0; t--) {
      int step = t + 1;
      Object d = PlainGru4Rec.zeros(3, 1, 1); // of this step alone: then dbih is dar, daz, dan
      double[] dh = {out[t][0] + fromNext[0]};
      fromNext = FILE.clickBackward(net, d, clicks[t], dh, new double[1]);
      computed.put("dar" + step, FILE.bih(d)[0]);
      computed.put("daz" + step, FILE.bih(d)[1]);
      computed.put("dan" + step, FILE.bih(d)[2]);
      if (t == 1) {
        computed.put("from2", fromNext[0]);
      }
    }
  }

  private double[] inputs(String name) {
    return IntStream.range(0, printed.get(name).length).mapToDouble(i -> input(name, i)).toArray();
  }

  private double[][] column(String name) {
    return DoubleStream.of(inputs(name))
        .mapToObj(value -> new double[] {value})
        .toArray(double[][]::new);
  }
}
