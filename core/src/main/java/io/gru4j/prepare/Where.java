package io.gru4j.prepare;

import io.gru4j.data.Clicks;
import io.gru4j.data.Condition;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Removes the clicks that are {@link Clicks#LEFT_OUT}: those whose rows did not meet conditions
 * when they were read. It comes after the gap, as other events hold a session together too.
 *
 * @param conditions the conditions, for the name alone
 */
public record Where(List<Condition> conditions) implements Step {
  /** Copies the list. */
  public Where {
    conditions = List.copyOf(conditions);
  }

  @Override
  public Clicks apply(Clicks clicks) {
    return clicks.keepClicks(click -> clicks.item(click) != Clicks.LEFT_OUT);
  }

  @Override
  public String rule() {
    return "where "
        + conditions.stream().map(Condition::toString).collect(Collectors.joining(" and "));
  }
}
