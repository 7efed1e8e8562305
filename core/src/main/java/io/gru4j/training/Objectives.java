package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecOptions.NEGATIVES;
import static io.gru4j.parameters.GRU4RecOptions.SAMPLE_ALPHA;

import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.GRU4RecOptions;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.tensor.ItemSampler;
import io.gru4j.tensor.Parallel;

/** Chooses what a network is trained for, by the option {@code negatives}. */
final class Objectives {
  private Objectives() {}

  /** Returns the form of the output layer that training needs. */
  static GruNetwork.Form form(GRU4RecParameters p) {
    return p.get(NEGATIVES) == GRU4RecOptions.Negatives.CATALOGUE
        ? GruNetwork.Form.PANELS
        : GruNetwork.Form.ROWS;
  }

  /**
   * Makes the objective.
   *
   * @param network in the {@linkplain #form form} that it needs
   * @param clicks of each item, in the training data and before
   * @param source of negatives; null to draw them
   * @param seed of what is drawn
   */
  static Objective of(
      GruNetwork network,
      GRU4RecParameters p,
      int[] clicks,
      NegativeSource source,
      long seed,
      Parallel parallel) {
    if (network.form() != form(p)) {
      throw new IllegalArgumentException(
          "negatives %s need a network in %s, got one in %s"
              .formatted(p.get(NEGATIVES), form(p), network.form()));
    }
    return switch (p.get(NEGATIVES)) {
      case CATALOGUE -> new CatalogueObjective(network, p, parallel);
      case OWN -> {
        NegativeSource drawn = source != null ? source : new UniformNegatives(seed, clicks.length);
        yield new OwnObjective(network, p, drawn, parallel);
      }
      case SHARED -> {
        ItemCounts counts = new ItemCounts(clicks);
        NegativeSource drawn =
            source != null
                ? source
                : new PopularSamples(seed, new ItemSampler(counts.weights(p.get(SAMPLE_ALPHA))));
        yield new SharedObjective(network, p, counts, drawn, parallel);
      }
    };
  }
}
