package io.gru4j.events;

/**
 * Writes to the JDK Flight Recorder. While no recording runs, a begin reads one flag, an end does
 * nothing, and neither allocates.
 */
final class FlightRecorderEvents implements TrainingEvents {
  private final EpochEvent epochSwitch = new EpochEvent();
  private final BatchEvent batchSwitch = new BatchEvent();
  private final SaveEvent saveSwitch = new SaveEvent();
  private EpochEvent epoch; // null while no recording runs
  private BatchEvent batch;
  private SaveEvent save;

  @Override
  public void beginEpoch() {
    epoch = null;
    if (epochSwitch.isEnabled()) {
      epoch = new EpochEvent();
      epoch.begin();
    }
  }

  @Override
  public void endEpoch(
      int number, long targets, long steps, double loss, double criterion, double seconds) {
    if (epoch != null) {
      epoch.epoch = number;
      epoch.targets = targets;
      epoch.steps = steps;
      epoch.loss = loss;
      epoch.criterion = criterion;
      epoch.trainingTime = (long) (seconds * 1e9);
      epoch.targetsPerSecond = targets / seconds;
      epoch.commit();
    }
  }

  @Override
  public void beginBatch() {
    batch = null;
    if (batchSwitch.isEnabled()) {
      batch = new BatchEvent();
      batch.begin();
    }
  }

  @Override
  public void endBatch(int epochNumber, int number, int sessions, long targets, double loss) {
    if (batch != null) {
      batch.epoch = epochNumber;
      batch.batch = number;
      batch.sessions = sessions;
      batch.targets = targets;
      batch.loss = loss;
      batch.commit();
    }
  }

  @Override
  public void beginSave() {
    save = null;
    if (saveSwitch.isEnabled()) {
      save = new SaveEvent();
      save.begin();
    }
  }

  @Override
  public void endSave(String file, long bytes) {
    if (save != null) {
      save.file = file;
      save.bytes = bytes;
      save.commit();
    }
  }
}
