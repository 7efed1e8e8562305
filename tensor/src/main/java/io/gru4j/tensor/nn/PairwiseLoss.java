package io.gru4j.tensor.nn;

/** A loss that compares the score of a target with those of its negatives. */
public enum PairwiseLoss {
  BPR,
  BPR_MAX,
  TOP1,
  TOP1_MAX
}
