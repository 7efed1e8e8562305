package io.gru4j.selection;

import io.gru4j.algorithms.Estimator;
import io.gru4j.tensor.RandomStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tries some combinations of parameters' values, drawn at random, no two alike.
 *
 * <p>The draw depends on the seed and the grid alone, not on the order of the grid's map.
 *
 * {@snippet class="io.gru4j.JavadocExamplesTest" region="random"}
 */
public final class RandomSearch extends ParameterSearch {

  /**
   * Makes a search.
   *
   * @param estimator what is copied for each candidate
   * @param grid the values to draw from for each parameter, as {@link GridSearch} takes them
   * @param n how many candidates to draw, at least 1; all, in random order, if the grid has fewer
   * @param seed of the draw, and given to candidates whose {@code seed} is None; 0 or more
   * @throws IllegalArgumentException as {@link GridSearch}, and if {@code n} is below 1
   */
  public RandomSearch(Estimator estimator, Map<String, ? extends List<?>> grid, int n, long seed) {
    super(estimator, grid, n, seed);
  }

  @Override
  int[] candidates(ParameterGrid grid) {
    RandomStream random = new RandomStream(RandomStream.at(seed(), 0));
    int[] drawn = new int[Math.min(n(), grid.size())];
    Map<Integer, Integer> moved = new HashMap<>(); // Fisher-Yates on a grid that may be huge
    for (int i = 0; i < drawn.length; i++) {
      int j = i + random.nextInt(grid.size() - i);
      drawn[i] = moved.getOrDefault(j, j);
      moved.put(j, moved.getOrDefault(i, i));
    }
    return drawn;
  }

  @Override
  String description() {
    return "RandomSearch of " + n();
  }
}
