package io.gru4j.cli;

import io.gru4j.prepare.Applied;
import io.gru4j.prepare.Preparation;
import io.gru4j.prepare.Prepared;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is doubtful about a split: a part by which nothing can be judged well. */
final class SplitDoubts {
  private SplitDoubts() {}

  /** In words, with figures and what helps. */
  static List<String> of(Prepared prepared) {
    List<String> doubts = new ArrayList<>();
    for (Applied rule : prepared.rules()) {
      int before = rule.before().clicks();
      int lost = before - rule.after().clicks();
      if (!rule.rule().equals(Preparation.KNOWN_ITEMS)) {
        continue;
      }
      String smaller = "a smaller --" + rule.part() + "-last or --" + rule.part() + "-fraction";
      int sessions = rule.before().sessions();
      int left = prepared.train().numSessions();
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
      if (2L * lost > before) {
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
