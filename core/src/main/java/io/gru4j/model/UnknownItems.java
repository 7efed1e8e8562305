package io.gru4j.model;

/** What to do with an item that the model has not seen in training. */
public enum UnknownItems {
  /** Leave it out, as if it had not been clicked. */
  SKIP,
  /** Throw an exception that names it. */
  FAIL
}
