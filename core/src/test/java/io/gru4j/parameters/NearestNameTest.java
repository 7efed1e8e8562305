package io.gru4j.parameters;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {
  private static final List<String> NAMES = List.of("hidden-size", "batch-size", "bptt", "seed");

  @ParameterizedTest
  @CsvSource({
    "hiden-size, hidden-size",
    "HIDDEN-SIZE, hidden-size",
    "hidden_size, hidden-size",
    "bathc-size, batch-size",
    "bptt1, bptt",
    "sede, seed"
  })
  void slipsAreRecognised(String typed, String meant) {
    assertEquals(Optional.of(meant), NearestName.of(typed, NAMES));
  }

  /** Each first name is nearer than the other, by one edit. */
  @Test
  void aSwapIsOneEdit() {
    assertEquals(Optional.of("seed"), NearestName.of("sede", List.of("sedan", "seed")));
    assertEquals(Optional.of("sedd"), NearestName.of("sede", List.of("sedd", "seed")), "as near");
    assertEquals(Optional.of("sede"), NearestName.of("sede", List.of("seed", "sede")));
  }

  @Test
  void nothingIsNearAStranger() {
    assertEquals(Optional.empty(), NearestName.of("learning-rate", NAMES));
    assertEquals(Optional.empty(), NearestName.of("", NAMES));
    assertEquals(Optional.empty(), NearestName.of("x", List.of()));
  }
}
