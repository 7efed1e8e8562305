package io.gru4j.cli;

import io.gru4j.prepare.Applied;
import io.gru4j.prepare.Preparation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is doubtful about a split: a part by which nothing can be judged well. */
public final class SplitDoubts {
  private SplitDoubts() {}

  /** In words, with figures and what helps; {@code left} sessions are those of training. */
  public static List<String> of(List<Applied> rules, long left) {
    List<String> doubts = new ArrayList<>();
    for (Applied rule : rules) {
      long before = rule.before().clicks();
      long lost = before - rule.after().clicks();
      if (!rule.rule().equals(Preparation.KNOWN_ITEMS)) {
        continue;
      }
      String smaller = "a smaller --" + rule.part() + "-last or --" + rule.part() + "-fraction";
      long sessions = rule.before().sessions();
      if (left < sessions) {
        doubts.add(
            "training has "
                + Numbers.count(left, "session")
                + ", fewer than the "
                + Numbers.count(sessions)
                + " of "
                + rule.part()
                + "; "
                + smaller
                + " leaves more to learn from");
      }
      if (2 * lost > before) {
        doubts.add(
            rule.part()
                + " loses "
                + Numbers.count(lost)
                + " of "
                + Numbers.count(before, "click")
                + String.format(Locale.ROOT, " (%.1f %%)", 100.0 * lost / before)
                + " to items that training does not have; "
                + smaller
                + " loses less");
      }
    }
    return doubts;
  }
}
