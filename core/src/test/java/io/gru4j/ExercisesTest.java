package io.gru4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.algorithms.Update;
import io.gru4j.data.IdMap;
import io.gru4j.data.Interaction;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SequenceBatch;
import io.gru4j.data.SequenceBatches;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Operations;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The exercises of docs/tour.md: every number of an answer is computed here. */
class ExercisesTest {
  private static final Path TOUR = Path.of("docs/tour.md");
  private static final Pattern SECTION = Pattern.compile("(?ms)^## (\\d+)\\. (.*?)(?=^## |\\z)");
  static final Pattern ANSWER = Pattern.compile("(?s)<details>.*?</details>");
  private static final Pattern BLOCK = Pattern.compile("```text\n(.*?)```", Pattern.DOTALL);
  private static final Pattern NUMBER = Pattern.compile("(\\w[\\w.]*) = (-?[\\d.]+)");
  private static final int SOURCES = 16; // the one section without an exercise

  private final Parallel parallel = new Parallel(1);
  private final Map<String, Double> computed = new LinkedHashMap<>();

  @AfterEach
  void close() {
    parallel.close();
  }

  @Test
  void eachSectionEndsWithOneExerciseAndItsAnswer() throws IOException {
    List<MatchResult> sections = SECTION.matcher(Files.readString(TOUR)).results().toList();
    assertEquals(SOURCES, sections.size());
    for (MatchResult section : sections) {
      String text = section.group(2).strip();
      int expected = Integer.parseInt(section.group(1)) == SOURCES ? 0 : 1;
      assertEquals(expected, text.split("\\*\\*Exercise\\.\\*\\*", -1).length - 1, text);
      assertEquals(expected, ANSWER.matcher(text).results().count(), text);
      assertTrue(expected == 0 || text.endsWith("</details>"), text);
    }
  }

  @Test
  void everyNumberOfAnAnswerIsWhatIsComputed() throws IOException {
    Map<String, String> printed = new LinkedHashMap<>();
    for (MatchResult answer : ANSWER.matcher(Files.readString(TOUR)).results().toList()) {
      for (MatchResult block : BLOCK.matcher(answer.group()).results().toList()) {
        for (MatchResult m : NUMBER.matcher(block.group(1)).results().toList()) {
          assertNull(printed.put(m.group(1), m.group(2)), m.group());
        }
      }
    }
    batches();
    embedding();
    cell();
    gradientOfOneStep();
    throughTime();
    tape();
    losses();
    tiles();
    panels();
    sparse();
    steps();
    bits();
    onPaper();
    serving();
    nightAfter();
    assertEquals(computed.keySet(), printed.keySet());
    List<String> wrong = new ArrayList<>();
    computed.forEach(
        (name, value) -> {
          String text = printed.get(name);
          int decimals = text.indexOf('.') < 0 ? 0 : text.length() - text.indexOf('.') - 1;
          double allowed = decimals == 0 ? 0 : 0.501 * Math.pow(10, -decimals);
          if (!(Math.abs(Double.parseDouble(text) - value) <= allowed)) {
            wrong.add(name + " = " + value + ", not " + text);
          }
        });
    assertEquals(List.of(), wrong);
  }

  private void put(String name, double value) {
    assertNull(computed.put(name, value), name);
  }

  /** A computed float that is exact in the answer, or rounded by float arithmetic. */
  private void putRounded(String name, double value) {
    put(name, Math.round(value * 1e6) / 1e6);
  }

  private void nightAfter() throws IOException {
    double day = 86_400;
    double tonight = 20_000 * day;
    double[] last = new double[10];
    Arrays.fill(last, tonight - day);
    last[2] = tonight - 100 * day;
    last[5] = tonight - 200 * day;
    GruNetwork network = GruNetwork.zeros(10, 2, new int[] {2}, GruNetwork.Form.PANELS);
    FittedModel start =
        new FittedModel(network, IdMap.ofNumbers(10), "cross_entropy", Map.of(), List.of(), 1L)
            .withLastClicks(last);
    IdMap ids = IdMap.of(List.of("7", "a", "b", "c"));
    List<Interaction> clicks = new ArrayList<>();
    for (int item = 0; item < ids.size(); item++) {
      clicks.add(new Interaction(0, item, tonight + item));
    }
    Update update = Update.of(start).forgetItemsAfter(Duration.ofDays(90));
    IdMap items = update.with(InteractionMatrix.of(1, 4, clicks), ids, null).items();
    put("seven", items.indexOf("7"));
    put("first_new", items.indexOf("a"));
    put("pad_row", items.size());
    put("pad_before", start.numItems());
  }

  private static SequenceBatch batch(int... clicks) {
    List<Interaction> rows = new ArrayList<>();
    for (int user = 0; user < clicks.length; user++) {
      for (int t = 0; t < clicks[user]; t++) {
        rows.add(new Interaction(user, t, t));
      }
    }
    return SequenceBatches.of(InteractionMatrix.of(clicks.length, 10, rows), clicks.length).get(0);
  }

  private void batches() {
    SequenceBatch batch = batch(5, 3, 2, 2);
    int steps = 0;
    while (batch.activeRows(steps) > 0) {
      put("B." + steps, batch.activeRows(steps));
      steps++;
    }
    put("M", batch.numTargets());
    put("padded", batch.rows() * steps);
  }

  private void embedding() {
    Parameter table = Parameter.ofSparseRows("emb.weight", 10, 1);
    Tape tape = new Tape();
    Variable x = new Embedding(table).forward(tape, new int[] {7, 3, 7}, 3);
    Operations operations = new Operations(tape, parallel);
    Variable weighted = operations.multiply(x, new Variable(Matrix.of(3, 1, 1, 2, 4)));
    tape.backward(operations.sum(weighted));
    put("dtable.7", table.gradAt(7, 0));
    put("dtable.3", table.gradAt(3, 0));
    assertEquals(2, table.touchedRows());
  }

  private double nextState(GruParameters gru, double h) {
    Matrix state = Matrix.of(1, 1, (float) h);
    Variable x = new Variable(Matrix.zeros(1, 1));
    new Gru(gru, parallel).forward(new Tape(), x, new int[] {1}, 1, state);
    return state.get(0, 0);
  }

  private void cell() {
    GruParameters gru = GruParameters.zeros(0, 1, 1);
    double h = 0.8;
    for (int t = 1; t <= 3; t++) {
      h = nextState(gru, h);
      putRounded("h." + t, h);
    }
    gru.biasIh().set(1, 0, 20);
    h = 0.8;
    for (int t = 1; t <= 3; t++) {
      h = nextState(gru, h);
    }
    put("kept", h);
  }

  private void gradientOfOneStep() {
    DoubleUnaryOperator next = h -> 0.5 * Math.tanh(0.5 * h) + 0.5 * h;
    GruParameters gru = GruParameters.zeros(0, 1, 1);
    gru.weightHh().set(2, 0, 1);
    assertEquals(next.applyAsDouble(0.8), nextState(gru, 0.8), 1e-7);
    double n = Math.tanh(0.5 * 0.8);
    double through = (1 - 0.5) * (1 - n * n) * 0.5;
    put("direct", 0.5);
    put("through.n", through);
    double e = 1e-5;
    double dh = (next.applyAsDouble(0.8 + e) - next.applyAsDouble(0.8 - e)) / (2 * e);
    put("dh", dh);
    assertEquals(0.5 + through, dh, 1e-9);
  }

  private static int stepsUntilForgotten(double z) {
    int steps = 0;
    for (double gradient = 1; gradient >= 0.001; gradient *= z) {
      steps++;
    }
    return steps;
  }

  private void throughTime() {
    put("steps.half", stepsUntilForgotten(0.5));
    put("steps.near1", stepsUntilForgotten(0.99));
    int[] widths = SequenceBatches.chunkWidths(batch(8).width(), 3);
    for (int i = 0; i < widths.length; i++) {
      put("width." + i, widths[i]);
    }
  }

  private void tape() {
    Tape tape = new Tape();
    Operations operations = new Operations(tape, parallel);
    Variable x = new Variable(Matrix.of(1, 1, 3));
    Variable u = operations.multiply(x, x);
    Variable v = operations.add(u, x);
    tape.backward(v);
    put("v", v.value().get(0, 0));
    put("du", u.grad().get(0, 0));
    put("dx", x.grad().get(0, 0));
  }

  /** The loss of one row of logits, and the derivative by that of class 0, which is the target. */
  private double[] loss(float... logits) {
    Parameter weight = Parameter.ofPanels("lin.weight", logits.length, 1);
    Parameter bias = Parameter.ofPanels("lin.bias", logits.length, 1);
    for (int j = 0; j < logits.length; j++) {
      bias.set(j, 0, logits[j]);
    }
    OutputLayer layer = new OutputLayer(weight, bias, parallel);
    Tape tape = new Tape();
    tape.backward(layer.forward(tape, new Variable(Matrix.zeros(1, 1)), new int[] {0}));
    return new double[] {layer.lossValue(), bias.gradAt(0, 0)};
  }

  private void losses() {
    double[] zeros = loss(new float[10_000]);
    put("loss.zeros", zeros[0]);
    put("dS.y", zeros[1]);
    put("loss.large", loss(1000, 999, 998)[0]);
  }

  private void tiles() {
    put("m.0", 3);
    put("c.0", Math.exp(1 - 3) + 1);
    put("m.1", 5);
    put("c.1", Math.exp(2 - 5) + 1);
    double byTiles = 5 + Math.log(computed.get("c.0") * Math.exp(3 - 5) + computed.get("c.1"));
    put("logsumexp", byTiles);
    assertEquals(Math.log(Math.exp(1) + Math.exp(3) + Math.exp(2) + Math.exp(5)), byTiles, 1e-12);
    assertEquals(loss(1, 3, 2, 5)[0], byTiles - 1, 1e-6);
  }

  private void panels() {
    Parameter weight = Parameter.ofPanels("lin.weight", 70, 3);
    put("floats", weight.length());
    put("padding", weight.length() - 70 * 3);
    weight.set(40, 2, 1);
    int position = 0;
    while (weight.value()[weight.offset() + position] != 1) {
      position++;
    }
    put("position", position);
  }

  private void sparse() {
    Parameter table = Parameter.ofSparseRows("emb.weight", 40_000, 250);
    for (int i = 0; i < 50; i++) {
      table.addRowGrad(i * 700, new float[250], 0);
    }
    put("stored", table.touchedRows() * table.cols());
    put("dense", table.rows() * table.cols());
  }

  private void steps() {
    Parameter p = Parameter.ofRows("p", 1, 2);
    List<Parameter> parameters = List.of(p);
    Adagrad adagrad = new Adagrad(parameters, 0.1f, parallel);
    GradientClipping clipping = new GradientClipping(parameters, parallel);
    double before = 0;
    for (int step = 1; step <= 2; step++) {
      p.zeroGrad();
      p.grad()[p.offset()] = 3;
      p.grad()[p.offset() + 1] = 4;
      float factor = GradientClipping.factor(clipping.norm(), 1);
      if (step == 1) {
        putRounded("factor", factor);
      }
      adagrad.step(factor);
      put("step." + step, before - p.get(0, 0));
      before = p.get(0, 0);
    }
  }

  private void bits() {
    float big = 1e8f;
    put("first", big + 1 - big);
    put("second", big - big + 1);
    put("rounded", 0.1f * 10f - 1f);
    put("fused", Math.fma(0.1f, 10f, -1f));
  }

  /** Section 13's network, its first step as a chunk of its own. */
  private void onPaper() {
    Parameter table = Parameter.ofSparseRows("emb.weight", 3, 1);
    table.set(0, 0, 0.5f);
    GruParameters gru = GruParameters.zeros(0, 1, 1);
    float[] ih = {0.4f, -0.3f, 0.8f};
    float[] hh = {0.2f, 0.5f, -0.6f};
    Parameter weight = Parameter.ofPanels("lin.weight", 3, 1);
    Parameter bias = Parameter.ofPanels("lin.bias", 3, 1);
    for (int j = 0; j < 3; j++) {
      gru.weightIh().set(j, 0, ih[j]);
      gru.weightHh().set(j, 0, hh[j]);
      weight.set(j, 0, new float[] {1, -0.5f, 0.3f}[j]);
      bias.set(j, 0, new float[] {0, 0.1f, -0.1f}[j]);
    }
    gru.biasHh().set(2, 0, 0.1f);
    Tape tape = new Tape();
    Variable x = new Embedding(table).forward(tape, new int[] {0}, 1);
    Variable h = new Gru(gru, parallel).forward(tape, x, new int[] {1}, 1, Matrix.zeros(1, 1));
    tape.backward(new OutputLayer(weight, bias, parallel).forward(tape, h, new int[] {1}));
    put("dh1.alone", h.grad().get(0, 0));
    put("dWin.alone", gru.weightIh().gradAt(2, 0));
  }

  private void serving() {
    int V = 1_000_000;
    int E = 100;
    int H = 100;
    GruParameters gru = GruParameters.zeros(0, E, H);
    int click = 0;
    for (Parameter weight : List.of(gru.weightIh(), gru.weightHh())) {
      click += 2 * weight.rows() * weight.cols(); // a multiplication and an addition for each
    }
    put("click", click);
    put("answer", 2.0 * V * H);
    put("bytes", (double) H * Float.BYTES);
  }
}
