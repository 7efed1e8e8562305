package io.gru4j.parameters;

/** The losses of {@code GRU4RecNegSampling}: a target against its negatives. */
public enum LossFunction {
  /** Rendle et al. 2009, arXiv:1205.2618. */
  BPR("bpr"),
  /** Hidasi and Karatzoglou 2018, arXiv:1706.03847, equation 10. */
  BPR_MAX("bpr-max"),
  /** Hidasi et al. 2016, arXiv:1511.06939, section 3.1.3. */
  TOP1("top1"),
  /** Hidasi and Karatzoglou 2018, arXiv:1706.03847, equation 8. */
  TOP1_MAX("top1-max");

  private final String text;

  LossFunction(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
