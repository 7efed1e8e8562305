package io.gru4j.data;

/**
 * Validation data as RecPack's fit takes it: the known interactions of each user, and those to
 * predict.
 *
 * @param in the interactions a prediction is made from
 * @param out the interactions that the prediction is compared with
 */
public record Validation(InteractionMatrix in, InteractionMatrix out) {

  /**
   * Checks the shapes.
   *
   * @throws IllegalArgumentException if the shapes differ
   */
  public Validation {
    if (!in.sameShape(out)) {
      throw new IllegalArgumentException(
          "validation in and out must have the same shape, got " + in + " and " + out);
    }
  }

  /**
   * Takes each user's last interaction as the one to predict. Users with fewer than two
   * interactions are on neither side.
   *
   * @param sessions the interactions; in the order given where there are no timestamps
   * @return all interactions but the last, and the last
   */
  public static Validation leaveLastOut(InteractionMatrix sessions) {
    return new Validation(
        sessions.filter((user, at) -> at < last(sessions, user)),
        sessions.filter((user, at) -> at == last(sessions, user) && at > sessions.offset(user)));
  }

  private static int last(InteractionMatrix sessions, int user) {
    return sessions.offset(user) + sessions.historyLength(user) - 1;
  }
}
