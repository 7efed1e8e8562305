package io.gru4j.cli;

import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.STOPPING_CRITERION;

import io.gru4j.model.EpochSummary;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.progress.BatchProgress;
import io.gru4j.progress.TrainingListener;
import io.gru4j.progress.UpdateNorm;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Shows and logs what a training reports, and keeps what the summary needs. */
final class TrainingRecorder implements TrainingListener {
  final Progress progress;
  private final EpochLog log;
  private final PrintStream err;
  final List<String> warnings = new ArrayList<>();
  final SortedMap<Integer, List<UpdateNorm>> updates = new TreeMap<>(); // by epoch
  private boolean measuresUpdates;
  EpochSummary last;
  EpochSummary best;

  TrainingRecorder(Console console, GRU4RecParameters parameters, EpochLog logOrNull) {
    String criterion = parameters.get(STOPPING_CRITERION).label();
    this.progress = new Progress(console, criterion, parameters.get(MAX_EPOCHS));
    this.log = logOrNull;
    this.err = console.err();
  }

  @Override
  public void onResume(List<EpochSummary> history) {
    err.println("goes on from the checkpoint, in epoch " + (history.size() + 1));
    history.forEach(this::record);
  }

  @Override
  public void onStep(BatchProgress step) {
    progress.onStep(step);
  }

  @Override
  public void onBatch(BatchProgress step) {
    progress.onBatch(step);
  }

  @Override
  public void onEpoch(EpochSummary epoch) {
    progress.onEpoch(epoch);
    record(epoch);
  }

  /** Has the training keep {@link #updates}. */
  void measureUpdates() {
    measuresUpdates = true;
  }

  @Override
  public boolean wantsUpdateNorms() {
    return measuresUpdates;
  }

  @Override
  public void onUpdateNorms(int epoch, List<UpdateNorm> parts) {
    updates.put(epoch, parts);
  }

  @Override
  public void onWarning(String warning) {
    progress.onWarning(warning);
    warnings.add(warning);
  }

  /** At the end, where they are seen. */
  void repeatWarnings() {
    if (!warnings.isEmpty()) {
      err.println(
          "in this training there "
              + (warnings.size() == 1 ? "was " : "were ")
              + Numbers.count(warnings.size(), "warning")
              + ":");
      warnings.forEach(warning -> err.println("  " + warning));
    }
  }

  private void record(EpochSummary epoch) {
    if (log != null) {
      log.onEpoch(epoch);
    }
    last = epoch;
    if (epoch.criterion().isPresent() && epoch.better()) {
      best = epoch;
    }
  }
}
