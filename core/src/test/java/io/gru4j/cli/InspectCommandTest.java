package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.IdMap;
import io.gru4j.file.Json;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InspectCommandTest extends CommandLineCase {
  /** A file may come from a stranger: its contents must not move the terminal's cursor. */
  @Test
  void inspectShowsNoControlCharacters() throws IOException {
    GruNetwork network = GruNetwork.zeros(1, 1, 1, 1);
    new FittedModel(
            network,
            IdMap.of(List.of("a")),
            Map.of("a\u001b[2J", "b\nc\u009b1A", "long", "x".repeat(5000)),
            List.of(),
            null)
        .save(Path.of(model));
    Result result = run("inspect", model).expect(0);
    assertContains(result.out(), "\n  a\\u001b[2J  b\\nc\\u009b1A\n  long        xxx");
    assertFalse(result.out().contains("x".repeat(1001)), result.out());
  }

  @Test
  void aSharedMatrixIsShownAsItIs() {
    train("--embedding=shared").expect(0);
    String text = run("inspect", model).expect(0).out();
    assertContains(
        text, "\nnetwork    one matrix for input and output, 1 layer of 8 hidden units\n");
    assertTrue(
        text.matches("(?s).*\n  num_components +6 \\(not used: the shared matrix has 8\\)\n.*"),
        text);
    Map<?, ?> json = (Map<?, ?>) Json.parse(run("inspect", "--json", model).expect(0).out());
    assertEquals(
        Map.of("embedding", "shared", "components", 8L, "layers", 1L, "hidden", List.of(8L)),
        json.get("network"));
    assertEquals("cross_entropy", json.get("algorithm"));
    assertEquals(12L, json.get("items"));
    assertEquals("6", ((Map<?, ?>) json.get("parameters")).get("num_components"));
    assertEquals(2, ((List<?>) json.get("history")).size());
    assertContains(json.get("tensors").toString(), "lin.weight");
    train().expect(0);
    assertContains(
        run("inspect", model).expect(0).out(),
        "\nnetwork    6 components, 1 layer of 8 hidden units");
    train("--hidden-sizes=5,4", "--algorithm=neg_sampling").expect(0);
    assertContains(
        run("inspect", model).expect(0).out(),
        "\nnetwork    6 components, 2 layers of 5 and 4 hidden units");
    assertContains(run("inspect", "--json", model).expect(0).out(), "\"hidden\":[5,4]");
    run("inspect", "--json", "--check", model).expect(2);
  }
}
