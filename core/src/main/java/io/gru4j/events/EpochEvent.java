package io.gru4j.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** One epoch, from its first batch to the criterion's value. */
@Name("io.gru4j.Epoch")
@Label("Training Epoch")
@Description("One epoch of training, validation included")
@Category("gru4j")
@StackTrace(false)
final class EpochEvent extends Event {
  @Label("Epoch")
  int epoch;

  @Label("Targets")
  @Description("Predicted clicks")
  long targets;

  @Label("Steps")
  @Description("Optimizer steps")
  long steps;

  @Label("Loss")
  @Description("Mean cross-entropy over the targets, in nats")
  double loss;

  @Label("Criterion")
  @Description("Value of the stopping criterion; NaN without validation")
  double criterion;

  @Label("Training Time")
  @Description("Time without validation")
  @Timespan(Timespan.NANOSECONDS)
  long trainingTime;

  @Label("Targets per Second")
  @Description("Of training alone")
  double targetsPerSecond;
}
