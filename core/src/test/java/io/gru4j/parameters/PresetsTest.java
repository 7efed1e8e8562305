package io.gru4j.parameters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PresetsTest {
  /** The columns of the table in the documentation. */
  private static final List<String> COLUMNS =
      List.of(
          "hidden_size",
          "batch_size",
          "dropout_embed",
          "dropout_hidden",
          "learning_rate",
          "adagrad_momentum",
          "sample_alpha",
          "logq",
          "bpreg",
          "elu");

  @Test
  void theyGoTogetherAndAllOfThemHasAnEffect() {
    assertEquals(
        List.of(
            "full_softmax",
            "gru4rec",
            "official_coveo_bprmax",
            "official_diginetica_bprmax",
            "official_rees46_xe",
            "official_retailrocket_bprmax",
            "official_rsc15_xe",
            "official_yoochoose_xe"),
        List.copyOf(Presets.all().keySet()));
    Presets.all()
        .forEach(
            (name, preset) -> {
              preset.requireConsistent();
              assertEquals(List.of(), preset.withoutEffect(), name);
              assertNull(preset.get(GRU4RecParameters.SEED), name);
            });
    assertEquals(GRU4RecParameters.gru4rec(), Presets.all().get("gru4rec"));
  }

  /** What the authors' settings have in common, beside the columns of the table. */
  @Test
  void theOfficialOnesAreTheAuthors() {
    Presets.all()
        .forEach(
            (name, preset) -> {
              if (!name.startsWith("official_")) {
                return;
              }
              boolean bprMax = name.endsWith("_bprmax");
              assertEquals(
                  bprMax ? Algorithm.NEG_SAMPLING : Algorithm.CROSS_ENTROPY, preset.algorithm());
              Map<String, Object> params = preset.getParams();
              Map<String, Object> common =
                  Map.of(
                      "max_epochs", 10,
                      "bptt", 1,
                      "num_layers", 1,
                      "init", "glorot",
                      "embedding", "shared",
                      "batching", "session_parallel",
                      "session_order", "time",
                      "negatives", "shared",
                      "num_samples", 2048);
              common.forEach((key, value) -> assertEquals(value, params.get(key), name + key));
              assertNull(params.get("clipnorm"));
              assertEquals("inside", params.get("adagrad_epsilon_place"));
              assertEquals(1e-6, params.get("adagrad_epsilon"));
              assertEquals(bprMax ? "bpr-max" : null, params.get("loss_fn"));
            });
  }

  /** The table of the documentation, which gives the source. */
  @Test
  void theDocumentHasTheirValues() throws IOException {
    List<String> names = new ArrayList<>();
    try (Stream<String> lines = Files.lines(Path.of("docs/commands.md"))) {
      for (String line : lines.filter(each -> each.startsWith("| `official_")).toList()) {
        String[] cells = line.replaceAll("[|`]", " ").strip().split(" +");
        Map<String, Object> params = Presets.all().get(cells[0]).getParams();
        names.add(cells[0]);
        assertEquals(COLUMNS.size() + 1, cells.length, line);
        for (int i = 0; i < COLUMNS.size(); i++) {
          if (!cells[i + 1].equals("-")) {
            double value = ((Number) params.get(COLUMNS.get(i))).doubleValue();
            assertEquals(Double.parseDouble(cells[i + 1]), value, line + COLUMNS.get(i));
          }
        }
      }
    }
    assertEquals(6, names.stream().distinct().count());
    assertTrue(Presets.all().keySet().containsAll(names));
  }
}
