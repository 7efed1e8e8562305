package io.gru4j.prepare;

import java.util.List;

/**
 * What a preparation has made.
 *
 * @param <T> what sessions are kept in
 * @param train to learn from
 * @param validation to judge the training by while it goes on; null: none was asked for
 * @param test to judge the model by; null: none was asked for
 * @param rules what each rule has done, in their order
 */
public record Prepared<T>(T train, T validation, T test, List<Applied> rules) {
  /** Copies the list. */
  public Prepared {
    rules = List.copyOf(rules);
  }
}
