package io.gru4j.selection;

import java.util.Map;

/**
 * The result of one candidate of a search.
 *
 * @param candidate its number, from 0, in the order in which candidates are tried
 * @param parameters the searched parameters by name; unmodifiable, values may be null, for "None"
 * @param score the stopping criterion of the candidate's model; NaN if it failed
 * @param epochs epochs trained; 0 if it failed
 * @param seconds time of fit and score
 * @param rank 1 for the best score; equal scores share a rank, failed candidates the last one
 * @param failure why there is no score, or null if there is one
 */
public record SearchResult(
    int candidate,
    Map<String, Object> parameters,
    double score,
    int epochs,
    double seconds,
    int rank,
    String failure) {

  /**
   * Returns whether the candidate has no score.
   *
   * @return whether it failed
   */
  public boolean failed() {
    return failure != null;
  }

  SearchResult withRank(int rank) {
    return new SearchResult(candidate, parameters, score, epochs, seconds, rank, failure);
  }
}
