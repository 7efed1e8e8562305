package io.gru4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.IdMap;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.nn.GruParameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Explanations and traces against a plain network in double precision. */
class ExplainerTest {

  /** The network's equations, one number at a time. */
  private static final class Plain {
    private final GruNetwork network;
    private final double[][] h;
    private final double[][][] gates; // of the last click: layer, then r, z, n

    Plain(GruNetwork network) {
      this.network = network;
      h = Arrays.stream(network.hiddenSizes()).mapToObj(double[]::new).toArray(double[][]::new);
      gates = new double[h.length][3][];
    }

    /** Clicks on an item whose embedding is multiplied by a factor. */
    void click(int item, double factor) {
      double[] x = new double[network.numComponents()];
      for (int e = 0; e < x.length; e++) {
        x[e] = factor * network.embedding().get(item, e);
      }
      for (int i = 0; i < h.length; i++) {
        x = layer(i, network.layers().get(i), x);
      }
    }

    private double[] layer(int i, GruParameters p, double[] x) {
      int H = p.hidden();
      double[] next = new double[H];
      double[][] rzn = new double[3][H];
      for (int u = 0; u < H; u++) {
        double[] gx = new double[3];
        double[] gh = new double[3];
        for (int g = 0; g < 3; g++) {
          gx[g] = product(p.weightIh(), p.biasIh(), g * H + u, x);
          gh[g] = product(p.weightHh(), p.biasHh(), g * H + u, h[i]);
        }
        rzn[0][u] = 1 / (1 + Math.exp(-gx[0] - gh[0]));
        rzn[1][u] = 1 / (1 + Math.exp(-gx[1] - gh[1]));
        rzn[2][u] = Math.tanh(gx[2] + rzn[0][u] * gh[2]);
        next[u] = (1 - rzn[1][u]) * rzn[2][u] + rzn[1][u] * h[i][u];
      }
      gates[i] = rzn;
      h[i] = next;
      return next;
    }

    private static double product(Parameter weight, Parameter bias, int row, double[] x) {
      double sum = bias.get(row, 0);
      for (int k = 0; k < x.length; k++) {
        sum += weight.get(row, k) * x[k];
      }
      return sum;
    }

    double score(int item) {
      return product(network.outputWeight(), network.outputBias(), item, h[h.length - 1]);
    }
  }

  private static double score(
      GruNetwork network, int[] clicks, int target, int changed, double factor) {
    Plain plain = new Plain(network);
    for (int t = 0; t < clicks.length; t++) {
      plain.click(clicks[t], t == changed ? factor : 1);
    }
    return plain.score(target);
  }

  @Property(tries = 60)
  void contributionsAreThoseOfThePlainNetwork(
      @ForAll @IntRange(min = 2, max = 50) int items,
      @ForAll @IntRange(min = 1, max = 9) int components,
      @ForAll @Size(min = 1, max = 3) List<@IntRange(min = 1, max = 40) Integer> hidden,
      @ForAll boolean shared,
      @ForAll @IntRange(min = 1, max = 7) int length,
      @ForAll @IntRange(min = 1, max = 4) int targets,
      @ForAll long seed) {
    int[] sizes = hidden.stream().mapToInt(size -> size).toArray();
    GruNetwork network =
        shared
            ? GruNetwork.sharedZeros(items, sizes, GruNetwork.Form.PANELS)
            : GruNetwork.zeros(items, components, sizes, GruNetwork.Form.PANELS);
    Random random = new Random(seed);
    for (Parameter p : network.parameters()) {
      for (int row = 0; row < p.rows(); row++) {
        for (int col = 0; col < p.cols(); col++) {
          p.set(row, col, (float) random.nextGaussian() / 2);
        }
      }
    }
    check(
        network,
        random.ints(length, 0, items).toArray(),
        random.ints(targets, 0, items).toArray(),
        1e-5);
  }

  static Stream<RecordedNetworks.Named> recordings() {
    return RecordedNetworks.all();
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void contributionsInRecordedNetworks(RecordedNetworks.Named recorded) {
    GruNetwork network = recorded.network();
    Random random = new Random(7);
    check(
        network,
        random.ints(6, 0, network.numItems()).toArray(),
        IntStream.range(0, Math.min(5, network.numItems())).toArray(),
        1e-6);
  }

  /** The floor is for what large terms of a random network leave where they cancel. */
  private static void check(GruNetwork network, int[] clicks, int[] targets, double floor) {
    FittedModel model = model(network);
    List<String> session = ids(model, clicks);
    List<Explanation> explanations = model.explain(session, ids(model, targets));
    double[] all =
        IntStream.range(0, network.numItems())
            .mapToDouble(item -> score(network, clicks, item, -1, 1))
            .toArray();
    double sum = Arrays.stream(all).map(Math::exp).sum();
    assertEquals(targets.length, explanations.size());
    for (int k = 0; k < targets.length; k++) {
      Explanation explanation = explanations.get(k);
      int target = targets[k];
      assertEquals(model.items().idOf(target), explanation.item());
      assertEquals(scoreOf(model, session, target), explanation.score());
      double probability = Math.exp(all[target]) / sum;
      assertEquals(probability, explanation.probability(), 1e-4 * probability + 1e-12);
      assertEquals(session, explanation.clicks().stream().map(Contribution::item).toList());
      for (int t = 0; t < clicks.length; t++) {
        Contribution contribution = explanation.clicks().get(t);
        double step = 1e-5;
        double derivative =
            (score(network, clicks, target, t, 1 + step)
                    - score(network, clicks, target, t, 1 - step))
                / (2 * step);
        assertEquals(
            derivative,
            contribution.gradientTimesInput(),
            1e-4 * Math.abs(derivative) + floor,
            "click " + t);
        List<String> without = new ArrayList<>(session);
        without.remove(t);
        float other =
            without.isEmpty()
                ? network.outputBias().get(target, 0)
                : scoreOf(model, without, target);
        assertEquals(explanation.score() - other, contribution.leaveOneOut(), "click " + t);
        double plain = all[target] - score(network, without(clicks, t), target, -1, 1);
        double scale = Math.abs(all[target]) + Math.abs(all[target] - plain);
        assertEquals(plain, contribution.leaveOneOut(), 1e-5 * scale + floor, "click " + t);
        double withoutIt = logProbability(network, without(clicks, t), target);
        double logRatio = Math.log(probability) - withoutIt;
        scale = 1 + Math.abs(Math.log(probability)) + Math.abs(withoutIt) + scale;
        assertEquals(logRatio, contribution.logProbability(), 1e-5 * scale, "click " + t);
      }
    }
  }

  private static double logProbability(GruNetwork network, int[] clicks, int target) {
    Plain plain = new Plain(network);
    for (int click : clicks) {
      plain.click(click, 1);
    }
    double sum = 0;
    for (int item = 0; item < network.numItems(); item++) {
      sum += Math.exp(plain.score(item));
    }
    return plain.score(target) - Math.log(sum);
  }

  private static int[] without(int[] clicks, int left) {
    return IntStream.range(0, clicks.length).filter(t -> t != left).map(t -> clicks[t]).toArray();
  }

  /** As it is recommended with. */
  private static float scoreOf(FittedModel model, List<String> session, int target) {
    return model.recommend(session, model.numItems(), UnknownItems.FAIL).items().stream()
        .filter(each -> each.item().equals(model.items().idOf(target)))
        .findFirst()
        .orElseThrow()
        .score();
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void theTraceIsThatOfThePlainNetwork(RecordedNetworks.Named recorded) {
    GruNetwork network = recorded.network();
    FittedModel model = model(network);
    int[] clicks = new Random(3).ints(9, 0, network.numItems()).toArray();
    Trace trace = model.trace(ids(model, clicks));
    assertEquals(ids(model, clicks), trace.items());
    Plain plain = new Plain(network);
    for (int t = 0; t < clicks.length; t++) {
      plain.click(clicks[t], 1);
      assertEquals(network.layers().size(), trace.layers().size());
      for (int i = 0; i < trace.layers().size(); i++) {
        Trace.Layer layer = trace.layers().get(i);
        assertArrayEquals(plain.gates[i][0], doubles(layer.reset()[t]), 1e-5);
        assertArrayEquals(plain.gates[i][1], doubles(layer.update()[t]), 1e-5);
        assertArrayEquals(plain.gates[i][2], doubles(layer.candidate()[t]), 1e-5);
        assertArrayEquals(plain.h[i], doubles(layer.state()[t]), 1e-5);
      }
    }
  }

  private static double[] doubles(float[] x) {
    return IntStream.range(0, x.length).mapToDouble(i -> x[i]).toArray();
  }

  @Test
  void explainsTheBestAndLeavesUnknownClicksOut() {
    FittedModel model = model(GruNetwork.zeros(9, 4, 6, 1).initialiseGlorot(2));
    List<String> session = List.of("item3", "?", "item5");
    List<Explanation> best = model.explain(session, 4);
    assertEquals(
        model.recommend(session, 4, UnknownItems.SKIP).items(),
        best.stream().map(each -> new Recommendation(each.item(), each.score())).toList());
    assertEquals(
        List.of("item3", "item5"),
        best.getFirst().clicks().stream().map(Contribution::item).toList());
    assertEquals(List.of("item3", "item5"), model.trace(session).items());
    double all = model.explain(session, 9).stream().mapToDouble(Explanation::probability).sum();
    assertEquals(1, all, 1e-6);
    assertEquals(List.of(), model.explain(session, List.of()));
  }

  @Test
  void nothingToExplainIsRefused() {
    FittedModel model = model(GruNetwork.zeros(3, 2, 2, 1));
    for (List<String> session : List.of(List.<String>of(), List.of("?"))) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> model.explain(session, 1))
              .getMessage();
      assertEquals("the model knows no item of the session", message);
      assertThrows(IllegalArgumentException.class, () -> model.trace(session));
    }
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> model.explain(List.of("item0"), List.of("item7")))
            .getMessage();
    assertTrue(message.contains("item7"), message);
  }

  private static FittedModel model(GruNetwork network) {
    List<String> ids = IntStream.range(0, network.numItems()).mapToObj(i -> "item" + i).toList();
    return new FittedModel(network, IdMap.of(ids), Map.of(), List.of(), null);
  }

  private static List<String> ids(FittedModel model, int[] items) {
    return Arrays.stream(items).mapToObj(model.items()::idOf).toList();
  }
}
