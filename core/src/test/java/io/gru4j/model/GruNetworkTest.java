package io.gru4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.IdMap;
import io.gru4j.tensor.autograd.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GruNetworkTest {

  private final GruNetwork network = GruNetwork.zeros(40, 3, 5, 2);

  @Test
  void sizesAndNamesAreThoseOfTorch() {
    assertEquals(40, network.numItems());
    assertEquals(3, network.numComponents());
    assertEquals(5, network.hiddenSize());
    assertEquals(
        List.of(
            "emb.weight (41, 3)",
            "rnn.weight_ih_l0 (15, 3)",
            "rnn.weight_hh_l0 (15, 5)",
            "rnn.bias_ih_l0 (15, 1)",
            "rnn.bias_hh_l0 (15, 1)",
            "rnn.weight_ih_l1 (15, 5)",
            "rnn.weight_hh_l1 (15, 5)",
            "rnn.bias_ih_l1 (15, 1)",
            "rnn.bias_hh_l1 (15, 1)",
            "lin.weight (41, 5)",
            "lin.bias (41, 1)"),
        network.parameters().stream()
            .map(p -> "%s (%d, %d)".formatted(p.name(), p.rows(), p.cols()))
            .toList());
  }

  /** Uniform in [-0.01, 0.01), all but the pad token's embedding. */
  @Test
  void everyValueIsDrawnButThePadTokens() {
    network.initialise(7);
    double sum = 0;
    double squares = 0;
    int n = 0;
    for (Parameter p : network.parameters()) {
      for (int row = 0; row < p.rows(); row++) {
        for (int col = 0; col < p.cols(); col++) {
          float value = p.get(row, col);
          if (p == network.embedding() && row == 40) {
            assertEquals(0f, value);
          } else {
            assertTrue(value != 0 && value >= -0.01f && value < 0.01f, p.name() + " " + value);
            sum += value;
            squares += value * value;
            n++;
          }
        }
      }
    }
    double sigma = 0.01 / Math.sqrt(3);
    assertEquals(0, sum / n, 4 * sigma / Math.sqrt(n));
    assertEquals(sigma * sigma, squares / n, 0.1 * sigma * sigma);
  }

  @Test
  void aCopySharesNothing() {
    network.initialise(1);
    GruNetwork copy = network.copy();
    for (int i = 0; i < network.parameters().size(); i++) {
      float[] values = network.parameters().get(i).value();
      assertArrayEquals(values, copy.parameters().get(i).value());
    }
    float before = network.outputBias().get(3, 0);
    copy.outputBias().set(3, 0, 9f);
    assertEquals(before, network.outputBias().get(3, 0));
    network.copyFrom(copy);
    assertEquals(9f, network.outputBias().get(3, 0));
    assertNotEquals(0f, network.embedding().get(0, 0));
  }

  @Test
  void layersOfTheirOwnSizesFollowOneAnother() {
    int[] sizes = {7, 4, 6};
    for (GruNetwork.Form form : GruNetwork.Form.values()) {
      GruNetwork separate = GruNetwork.zeros(40, 3, sizes, form);
      assertArrayEquals(sizes, separate.hiddenSizes());
      assertEquals(
          List.of(
              "emb.weight (41, 3)",
              "rnn.weight_ih_l0 (21, 3)",
              "rnn.weight_hh_l0 (21, 7)",
              "rnn.weight_ih_l1 (12, 7)",
              "rnn.weight_hh_l1 (12, 4)",
              "rnn.weight_ih_l2 (18, 4)",
              "rnn.weight_hh_l2 (18, 6)",
              "lin.weight (41, 6)"),
          separate.parameters().stream()
              .filter(p -> !p.isBias())
              .map(p -> "%s (%d, %d)".formatted(p.name(), p.rows(), p.cols()))
              .toList());
      GruNetwork shared = GruNetwork.sharedZeros(40, sizes, form);
      assertEquals(6, shared.numComponents());
      assertEquals(6, shared.layers().getFirst().inputs());
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> GruNetwork.zeros(40, 3, new int[0], GruNetwork.Form.ROWS));
  }

  private static GruNetwork zeros(boolean shared, GruNetwork.Form form) {
    int[] sizes = {5, 33};
    return shared ? GruNetwork.sharedZeros(40, sizes, form) : GruNetwork.zeros(40, 3, sizes, form);
  }

  /** Every value, as the form of its network does not matter. */
  private static float[] values(GruNetwork network) {
    int length = network.parameters().stream().mapToInt(p -> p.rows() * p.cols()).sum();
    float[] all = new float[length];
    int at = 0;
    for (Parameter p : network.parameters()) {
      for (int row = 0; row < p.rows(); row++) {
        for (int col = 0; col < p.cols(); col++) {
          all[at++] = p.get(row, col);
        }
      }
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void bothFormsHaveTheSameFirstValues(boolean shared) {
    GruNetwork panels = zeros(shared, GruNetwork.Form.PANELS);
    GruNetwork rows = zeros(shared, GruNetwork.Form.ROWS);
    assertTrue(rows.outputWeight().isSparse() && rows.outputBias().isSparse());
    assertFalse(panels.outputWeight().isSparse());
    float[] uniform = values(panels.initialise(3));
    assertArrayEquals(uniform, values(rows.initialise(3)));
    float[] glorot = values(panels.initialiseGlorot(3));
    assertArrayEquals(glorot, values(rows.initialiseGlorot(3)));
    assertFalse(Arrays.equals(uniform, glorot));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void valuesGoFromFormToForm(boolean shared) {
    GruNetwork panels = zeros(shared, GruNetwork.Form.PANELS).initialise(1);
    GruNetwork rows = zeros(shared, GruNetwork.Form.ROWS).initialise(2);
    float[] first = values(panels);
    float[] second = values(rows);
    rows.swap(panels);
    assertArrayEquals(first, values(rows));
    assertArrayEquals(second, values(panels));
    rows.copyFrom(panels);
    assertArrayEquals(second, values(rows));
    GruNetwork other = rows.initialise(3).zerosLike(GruNetwork.Form.PANELS);
    assertEquals(shared, other.isShared());
    other.copyFrom(rows);
    assertArrayEquals(values(rows), values(other));
    assertEquals(GruNetwork.Form.ROWS, rows.copy().form());
  }

  @Test
  void aNetworkInRowsDoesNotServe() {
    GruNetwork rows = zeros(false, GruNetwork.Form.ROWS);
    IdMap ids = IdMap.of(java.util.stream.IntStream.range(0, 40).mapToObj(i -> "i" + i).toList());
    var fault =
        assertThrows(
            IllegalArgumentException.class,
            () -> new FittedModel(rows, ids, Map.of(), List.of(), null));
    assertEquals("a model serves a network in panels, got one in rows", fault.getMessage());
  }

  @Test
  void theFirstParameterThatIsNotFiniteIsNamed() {
    assertNull(network.scoreFault());
    network.outputBias().set(40, 0, Float.NEGATIVE_INFINITY);
    assertEquals("lin.bias has a value that is not finite", network.scoreFault());
    network.layers().get(1).weightHh().set(14, 4, Float.NaN);
    assertEquals("rnn.weight_hh_l1 has a value that is not finite", network.scoreFault());
  }

  @Test
  void aModelHasWhatItWasMadeOf() {
    Map<String, String> parameters = Map.of("bptt", "3");
    EpochSummary epoch = new EpochSummary(1, 2, 30, 4, 1, OptionalDouble.empty(), true, false);
    assertEquals(15, epoch.targetsPerSecond());
    IdMap ids = IdMap.of(java.util.stream.IntStream.range(0, 40).mapToObj(i -> "i" + i).toList());
    FittedModel model = new FittedModel(network, ids, parameters, List.of(epoch), 5L);
    assertEquals(parameters, model.parameters());
    assertEquals(List.of(epoch), model.history());
    assertEquals(5L, model.seed());
    assertEquals(40, model.numItems());
  }

  @Test
  void sizesThatNoArrayHasAreRefused() {
    for (int items : new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE - 1, 1 << 30}) {
      var fault =
          assertThrows(
              IllegalArgumentException.class, () -> GruNetwork.zeros(items, 1 << 20, 1 << 20, 1));
      assertTrue(fault.getMessage().matches(".*\\d{7,}.*"), fault.getMessage());
    }
  }
}
