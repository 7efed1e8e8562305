package io.gru4j.cli;

import static io.gru4j.parameters.GRU4RecOptions.NEGATIVES;
import static io.gru4j.parameters.GRU4RecParameters.KEEP_LAST;
import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;
import static io.gru4j.parameters.GRU4RecParameters.SAVE_BEST_TO_FILE;
import static io.gru4j.parameters.GRU4RecParameters.STOPPING_CRITERION;

import io.gru4j.algorithms.GRU4Rec;
import io.gru4j.file.Json;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import io.gru4j.parameters.GRU4RecOptions.Negatives;
import io.gru4j.parameters.GRU4RecParameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What {@code gru4j train} says of a training that has ended, as text and as JSON. */
final class TrainingSummary {
  private final Path out;
  private final GRU4Rec<?> estimator;
  private final FittedModel model;
  private final EpochSummary last;
  private final EpochSummary kept;
  private final boolean keepsBest;
  private final double seconds;

  /**
   * Sums up.
   *
   * @param out the model's file
   * @param estimator is fitted
   * @param last the last epoch
   * @param bestOrNull the best by the criterion, if there is validation
   * @param seconds of the training
   */
  TrainingSummary(
      Path out, GRU4Rec<?> estimator, EpochSummary last, EpochSummary bestOrNull, double seconds) {
    this.out = out;
    this.estimator = estimator;
    this.model = estimator.model();
    this.last = last;
    this.keepsBest = last.criterion().isPresent() && !estimator.parameters().get(KEEP_LAST);
    this.kept = keepsBest ? bestOrNull : last;
    this.seconds = seconds;
  }

  /**
   * What is wrong with a model that has learned nothing: its loss stays above that of guessing,
   * which is known where the loss is against the whole catalogue.
   */
  Optional<String> fault() {
    if (!judgesLoss(estimator.parameters())) {
      return Optional.empty();
    }
    int classes = model.numItems() + 1; // the padding is one
    double guessing = Math.log(classes);
    for (EpochSummary epoch : model.history()) {
      if (epoch.loss() <= guessing) {
        return Optional.empty();
      }
    }
    return Optional.of(
        "the loss stays above ln(items + 1) = %s, what guessing gives (it ended at %s):"
                .formatted(Numbers.score(guessing), Numbers.score(last.loss()))
            + " nothing useful was learned with learning_rate "
            + estimator.parameters().get(LEARNING_RATE));
  }

  /** Whether a loss can be called worse than guessing. */
  static boolean judgesLoss(GRU4RecParameters parameters) {
    return parameters.get(NEGATIVES) == Negatives.CATALOGUE;
  }

  private String criterion() {
    return estimator.parameters().get(STOPPING_CRITERION).label();
  }

  /** The table, once the file is written. */
  String text() throws IOException {
    TextTable table = new TextTable();
    table.row("model", out + " (" + Numbers.bytes(Files.size(out)) + ")");
    if (estimator.parameters().get(SAVE_BEST_TO_FILE)) {
      table.row("copy", estimator.filename());
    }
    table.row("items", Numbers.count(model.numItems()) + changes());
    table.row("seed", model.seed().toString());
    table.row("epochs", last.epoch() + (last.stopped() ? ", stopped early" : ""));
    table.row(
        "kept",
        "epoch " + kept.epoch() + (keepsBest ? ", the best by " + criterion() : ", the last"));
    table.row("loss", Numbers.score(kept.loss()));
    if (kept.criterion().isPresent()) {
      table.row(criterion() + " of the last click", Numbers.score(kept.criterion().getAsDouble()));
    }
    return table.leftAligned();
  }

  /** What an update made of the items. */
  private String changes() {
    return model
        .lineage()
        .last()
        .filter(training -> training.start() != null)
        .map(
            training ->
                ", "
                    + Numbers.count(training.rows().get("new"))
                    + " new, "
                    + Numbers.count(training.rows().get("forgotten"))
                    + " forgotten")
        .orElse("");
  }

  /** One line of JSON, once the file is written. */
  String json() throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", out.toString());
    json.put("bytes", Files.size(out));
    json.put("items", model.numItems());
    json.put("seed", model.seed());
    json.put("epochs", last.epoch());
    json.put("stopped", last.stopped());
    json.put("kept", kept.epoch());
    json.put("loss", EpochLog.finiteOrNull(kept.loss()));
    if (kept.criterion().isPresent()) {
      json.put("criterion", criterion());
      json.put("value", EpochLog.finiteOrNull(kept.criterion().getAsDouble()));
    }
    json.put("seconds", seconds);
    json.put("history", model.history().stream().map(EpochLog::values).toList());
    return Json.write(json);
  }
}
