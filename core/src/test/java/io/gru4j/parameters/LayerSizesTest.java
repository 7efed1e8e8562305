package io.gru4j.parameters;

import static io.gru4j.parameters.GRU4RecOptions.HIDDEN_SIZES;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.NUM_LAYERS;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayerSizesTest {

  private static GRU4RecParameters with(Object value) {
    return GRU4RecParameters.builder().set("hidden_sizes", value).build();
  }

  @Test
  void sizesComeFromTextAndGoIntoMapsAsText() {
    for (String text : List.of("100,50", " 100 , 50", "100+50")) {
      GRU4RecParameters p = with(text);
      assertEquals(LayerSizes.of(100, 50), p.get(HIDDEN_SIZES));
      assertArrayEquals(new int[] {100, 50}, p.layerSizes());
      assertEquals("100,50", p.getParams().get("hidden_sizes"));
      assertTrue(p.identifier().contains(",hidden_sizes=100,50,"), p.identifier());
      assertEquals(p, GRU4RecParameters.defaults().withParams(p.getParams()));
    }
    assertEquals(
        with("7"), GRU4RecParameters.builder().set(HIDDEN_SIZES, LayerSizes.of(7)).build());
  }

  @Test
  void withoutThemLayersAreAlike() {
    GRU4RecParameters p = with("None").toBuilder().set(NUM_LAYERS, 3).set(HIDDEN_SIZE, 20).build();
    assertNull(p.get(HIDDEN_SIZES));
    assertArrayEquals(new int[] {20, 20, 20}, p.layerSizes());
    assertEquals(List.of(), p.withoutEffect());
    assertEquals(
        List.of(
            "num_layers 3 has no effect here, only with hidden_sizes None",
            "hidden_size 20 has no effect here, only with hidden_sizes None"),
        p.withParams(Map.of("hidden_sizes", "5,6")).withoutEffect());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",", "100,", "0", "100,-1", "65537", "1.5", "a,b", "9999999999"})
  void othersAreRefused(String text) {
    var fault = assertThrows(IllegalArgumentException.class, () -> with(text));
    assertEquals(
        "hidden_sizes must be 1 to 64 integers in [1, 65536] with commas between or None, got "
            + text,
        fault.getMessage());
    assertThrows(IllegalArgumentException.class, () -> with("1" + ",1".repeat(64)));
  }
}
