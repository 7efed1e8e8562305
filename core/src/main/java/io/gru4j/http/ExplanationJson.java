package io.gru4j.http;

import io.gru4j.model.Contribution;
import io.gru4j.model.Explanation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An explanation as JSON: the server's, and that of {@code gru4j recommend --json}. */
public final class ExplanationJson {
  private ExplanationJson() {}

  /**
   * Says what each click does to an item's score.
   *
   * @param explanation of the item
   * @return for each click {@code item}, {@code leave_one_out}, {@code log_probability} and {@code
   *     gradient_times_input}, as {@link Contribution} defines them
   */
  public static List<Object> why(Explanation explanation) {
    List<Object> clicks = new ArrayList<>();
    for (Contribution click : explanation.clicks()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("item", click.item());
      entry.put("leave_one_out", click.leaveOneOut());
      entry.put("log_probability", click.logProbability());
      entry.put("gradient_times_input", click.gradientTimesInput());
      clicks.add(entry);
    }
    return clicks;
  }
}
