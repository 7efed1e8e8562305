package io.gru4j.selection;

import io.gru4j.algorithms.DataChecks;
import io.gru4j.algorithms.Estimator;
import io.gru4j.algorithms.MetadataRequest;
import io.gru4j.data.CsrMatrix;
import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.Validation;
import io.gru4j.progress.TrainingException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Trains an estimator with one candidate set of parameters after the other and keeps the best.
 *
 * <p>A candidate's score is the estimator's stopping criterion for its model on the validation
 * data, all users of them; whether they are also passed to the candidate's fit, to stop early and
 * to pick the best epoch, is what the estimator asks for ({@link Estimator#getMetadataRouting}).
 * The estimator itself is never trained: every candidate is a copy. Where its {@code seed} is None,
 * all candidates get the search's seed, so that a search can be repeated, bit for bit.
 *
 * <p>A candidate that cannot be trained is a result too, with the reason; the search goes on. That
 * is one whose fit or score throws a {@link TrainingException}, an {@link IllegalArgumentException}
 * (of its parameters, or of data that its filters leave) or an {@link OutOfMemoryError}. Any other
 * exception, such as that of a listener which cancels, leaves the search. Names and values that no
 * candidate can have are refused when the search is made. With a {@link #resultsFile} an
 * interrupted search continues where it stopped.
 *
 * <p>Parameters: {@code estimator}, {@code grid}, {@code n} (of {@link RandomSearch}), {@code
 * seed}, and the estimator's as {@code estimator__hidden_size} and so on.
 *
 * <p>Not thread-safe.
 */
public abstract sealed class ParameterSearch implements AutoCloseable
    permits GridSearch, RandomSearch {

  private SearchParameters parameters;
  private Path file;
  private Consumer<SearchResult> listener = result -> {};
  private List<SearchResult> results = List.of();
  private Estimator best;

  /** Makes a search of {@code n} candidates, or null where their number is no parameter. */
  ParameterSearch(Estimator estimator, Map<String, ? extends List<?>> grid, Integer n, long seed) {
    parameters = SearchParameters.of(estimator, grid, n, seed);
  }

  final Integer n() {
    return parameters.n();
  }

  final long seed() {
    return parameters.seed();
  }

  /** Places in the grid of the candidates, in the order in which they are tried. */
  abstract int[] candidates(ParameterGrid grid);

  /** Kind and settings of the search. */
  abstract String description();

  /**
   * Names a file that holds the results so far. It is replaced after every candidate; a crash
   * leaves the old file or the new one, complete. If it is there when fit begins, its candidates,
   * failed ones too, are not tried again.
   *
   * @param file lines of JSON: what is searched, then one line for each candidate
   * @return this
   */
  public ParameterSearch resultsFile(Path file) {
    this.file = file;
    return this;
  }

  /**
   * Sets who is told of each candidate.
   *
   * @param listener called on the thread that calls fit, when a candidate is done; the rank is the
   *     one among those done so far
   * @return this
   */
  public ParameterSearch listener(Consumer<SearchResult> listener) {
    this.listener = listener;
    return this;
  }

  /**
   * Tries all candidates. The validation data count as given under the name {@code
   * validation_data}.
   *
   * @param x users x items, with timestamps
   * @param items ids of the items
   * @param validation what scores are computed on, of the shape of {@code x}
   * @return this
   * @throws IllegalArgumentException if the estimator did not say whether it wants validation data,
   *     or there are none
   * @throws IllegalStateException if every candidate failed; {@link #results} tells why. It, and
   *     the results file, also tell what was done by then if a listener's exception, or another one
   *     that is no candidate's fault, leaves this method
   * @throws IOException if the results file cannot be read or written, or is of another search
   */
  public ParameterSearch fit(InteractionMatrix x, IdMap items, Validation validation)
      throws IOException {
    return fitRouted(
        x,
        items,
        validation == null ? Map.of() : Map.of(MetadataRequest.VALIDATION_DATA, validation));
  }

  /**
   * Tries all candidates, with validation data under the name that the estimator asks for.
   *
   * @param x users x items, with timestamps
   * @param items ids of the items
   * @param metadata validation data by name
   * @return this
   * @throws IllegalArgumentException as {@link #fit}, and if data are given under another name
   * @throws IllegalStateException as {@link #fit}
   * @throws IOException as {@link #fit}
   */
  public ParameterSearch fitRouted(
      InteractionMatrix x, IdMap items, Map<String, Validation> metadata) throws IOException {
    MetadataRequest request = getMetadataRouting();
    request.route(metadata); // refuses what no candidate could be given
    Validation validation = metadata.get(request.name());
    if (validation == null) {
      throw new IllegalArgumentException(
          "a search needs validation data to score candidates on: give " + request.name());
    }
    DataChecks.check(x, items, validation);
    forget();
    ParameterGrid grid = parameters.grid();
    int[] places = candidates(grid);
    SearchFile saved = file == null ? null : new SearchFile(file, search(x, items, validation));
    List<SearchResult> done = new ArrayList<>();
    if (saved != null) {
      done.addAll(saved.read(candidate -> grid.get(places[candidate]), places.length));
    }
    results = ranked(done);
    Set<Integer> known = new HashSet<>();
    done.forEach(result -> known.add(result.candidate()));
    for (int candidate = 0; candidate < places.length; candidate++) {
      if (known.contains(candidate)) {
        continue;
      }
      Trial trial = new Trial(parameters, candidate, grid.get(places[candidate]));
      SearchResult result = trial.run(x, items, metadata);
      done.add(result);
      results = ranked(done);
      if (!result.failed() && results.getFirst().candidate() == candidate) {
        best = trial.estimator(); // the model before can be collected
      }
      if (saved != null) {
        saved.write(done);
      }
      listener.accept(result.withRank(rankOf(candidate)));
    }
    if (results.getFirst().failed()) {
      throw new IllegalStateException(
          "all %d candidates failed, the first: %s"
              .formatted(results.size(), results.getFirst().failure()));
    }
    if (best == null) { // its model was lost with the process that trained it
      SearchResult first = results.getFirst();
      Trial again = new Trial(parameters, first.candidate(), first.parameters());
      again.train(x, items, metadata);
      best = again.estimator();
    }
    return this;
  }

  private Map<String, Object> search(InteractionMatrix x, IdMap items, Validation validation) {
    Map<String, Object> search = new LinkedHashMap<>();
    search.put("search", description());
    search.put("estimator", parameters.estimator().identifier());
    search.put("request", getMetadataRouting().toString());
    search.put("grid", parameters.grid().values());
    search.put("seed", parameters.seed());
    search.put("data", SearchFile.fingerprint(x, items, validation));
    return search;
  }

  /** Best first, equal scores in the order of the candidates, failed ones last. */
  private List<SearchResult> ranked(List<SearchResult> done) {
    double sign = parameters.estimator().stoppingCriterion().minimized() ? 1 : -1;
    List<SearchResult> sorted = new ArrayList<>(done);
    sorted.sort(
        Comparator.comparing(SearchResult::failed)
            .thenComparingDouble(r -> r.failed() ? 0 : sign * r.score())
            .thenComparingInt(SearchResult::candidate));
    for (int i = 0; i < sorted.size(); i++) {
      SearchResult result = sorted.get(i);
      SearchResult before = i == 0 ? null : sorted.get(i - 1);
      boolean equal =
          before != null
              && before.failed() == result.failed()
              && (result.failed() || before.score() == result.score());
      sorted.set(i, result.withRank(equal ? before.rank() : i + 1));
    }
    return List.copyOf(sorted);
  }

  private int rankOf(int candidate) {
    return results.stream()
        .filter(result -> result.candidate() == candidate)
        .mapToInt(SearchResult::rank)
        .findFirst()
        .getAsInt();
  }

  private void forget() {
    close();
    best = null;
    results = List.of();
  }

  /**
   * Returns the number of candidates.
   *
   * @return at least 1
   */
  public int size() {
    return candidates(parameters.grid()).length;
  }

  /**
   * Returns the results of the last fit.
   *
   * @return best first, equal scores in the order of the candidates, failed ones last; those done
   *     by then if fit was left by an exception
   */
  public List<SearchResult> results() {
    return results;
  }

  /**
   * Returns the best candidate.
   *
   * @return the first of {@link #results}
   * @throws IllegalStateException if there was no fit or every candidate failed
   */
  public SearchResult bestResult() {
    bestEstimator();
    return results.getFirst();
  }

  /**
   * Returns the trained estimator of the best candidate. If the results file held that candidate,
   * it was trained again, which gives the same bits: no candidate is trained without a seed.
   *
   * @return fitted; its owner is this search
   * @throws IllegalStateException if there was no fit or every candidate failed
   */
  public Estimator bestEstimator() {
    if (best == null) {
      throw new IllegalStateException("the search has no best estimator: call fit first");
    }
    return best;
  }

  /**
   * Predicts with the best candidate.
   *
   * @param x users x items, with timestamps
   * @return as {@link Estimator#predict}
   * @throws IllegalStateException if there was no fit or every candidate failed
   */
  public CsrMatrix predict(InteractionMatrix x) {
    return bestEstimator().predict(x);
  }

  /**
   * Returns the parameters of the search.
   *
   * @param deep whether to add the estimator's own as {@code estimator__parameter}
   * @return unmodifiable; {@code grid} is a map from the estimator's names to lists of values
   */
  public Map<String, Object> getParams(boolean deep) {
    return parameters.byName(deep);
  }

  /**
   * Sets parameters for the next fit, all or, on an error, none. Those of the estimator are set in
   * the estimator that the search was made with.
   *
   * @param params values by name, as {@link #getParams} has them; those that are not named keep
   *     theirs
   * @return this
   * @throws IllegalArgumentException if a name is unknown or a value is wrong, also if the grid
   *     does not fit the estimator; the message names it
   */
  public ParameterSearch setParams(Map<String, ?> params) {
    parameters = parameters.with(params);
    return this;
  }

  /**
   * Returns the kind of search and its parameters.
   *
   * @return such as {@code GridSearch(estimator=E,grid={'bptt': [1, 2]},seed=42)}, where E is the
   *     identifier of the estimator
   */
  public String identifier() {
    return parameters.identifier();
  }

  /**
   * Says what the search, as the meta-estimator it is, is to do with validation data: sets the
   * request of its estimator.
   *
   * @param validationData the request, as {@link Estimator#setFitRequest} takes it
   * @return this
   */
  public ParameterSearch setFitRequest(MetadataRequest validationData) {
    parameters.estimator().setFitRequest(validationData);
    return this;
  }

  /**
   * Returns what the search is to do with validation data: what its estimator asks for.
   *
   * @return the request
   */
  public MetadataRequest getMetadataRouting() {
    return parameters.estimator().getMetadataRouting();
  }

  /** Ends the worker threads of the best estimator. The search can still be used. */
  @Override
  public void close() {
    if (best != null) {
      best.close();
    }
  }
}
