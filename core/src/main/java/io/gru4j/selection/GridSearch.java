package io.gru4j.selection;

import io.gru4j.algorithms.Estimator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Tries every combination of some parameters' values. The parameters stand in the order of {@link
 * Estimator#getParams}, whatever the order of the map; the last one changes fastest.
 *
 * {@snippet class="io.gru4j.JavadocExamplesTest" region="search"}
 */
public final class GridSearch extends ParameterSearch {

  /**
   * Makes a search.
   *
   * @param estimator what is copied for each candidate
   * @param grid the values to try of each parameter, in the order of the list; names in snake_case
   *     or camelCase, with or without {@code estimator__} before them; the order of the map makes
   *     no difference
   * @param seed given to candidates whose {@code seed} is None; 0 or more
   * @throws IllegalArgumentException if the grid is empty, a name is unknown, a value is wrong or
   *     there twice, or {@code seed} is negative; the message names it
   */
  public GridSearch(Estimator estimator, Map<String, ? extends List<?>> grid, long seed) {
    super(estimator, grid, null, seed);
  }

  @Override
  int[] candidates(ParameterGrid grid) {
    return IntStream.range(0, grid.size()).toArray();
  }

  @Override
  String description() {
    return "GridSearch";
  }
}
