package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.gru4j.data.IdMap;
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
}
