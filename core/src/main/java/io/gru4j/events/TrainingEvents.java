package io.gru4j.events;

/**
 * Training and saving call it when something begins and ends. This class does nothing; {@link
 * #create} returns a subclass that writes to the JDK Flight Recorder, if the JVM has it.
 *
 * <p>Not thread-safe: one for each thread that trains or saves. An end belongs to the begin before
 * it; a begin without an end (a failure) leaves no event.
 */
public interface TrainingEvents {

  /**
   * Returns the events for this JVM.
   *
   * @return events of the Flight Recorder, or none where the module {@code jdk.jfr} is not there
   */
  static TrainingEvents create() {
    ModuleLayer layer = TrainingEvents.class.getModule().getLayer();
    boolean recorder =
        (layer == null ? ModuleLayer.boot() : layer).findModule("jdk.jfr").isPresent();
    return recorder ? new FlightRecorderEvents() : new TrainingEvents() {};
  }

  /** An epoch begins. */
  default void beginEpoch() {}

  /**
   * The epoch has ended, validation included.
   *
   * @param epoch its number, from 1
   * @param targets predicted clicks
   * @param steps optimizer steps
   * @param loss mean over the targets, in nats
   * @param criterion of the validation, NaN without
   * @param seconds of training alone
   */
  default void endEpoch(
      int epoch, long targets, long steps, double loss, double criterion, double seconds) {}

  /** A batch begins. */
  default void beginBatch() {}

  /**
   * The batch has ended.
   *
   * @param epoch number of its epoch, from 1
   * @param batch its number in the epoch, from 1
   * @param sessions rows of the batch
   * @param targets predicted clicks of this batch
   * @param loss mean over these, in nats; NaN if there are none
   */
  default void endBatch(int epoch, int batch, int sessions, long targets, double loss) {}

  /** Saving begins. */
  default void beginSave() {}

  /**
   * The file is complete and on disk.
   *
   * @param file its path
   * @param bytes its size
   */
  default void endSave(String file, long bytes) {}
}
