package io.gru4j.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** One batch of training: forward, backward and optimizer steps of all its chunks. */
@Name("io.gru4j.Batch")
@Label("Training Batch")
@Description("One batch of sessions: all its optimizer steps")
@Category("gru4j")
@StackTrace(false)
final class BatchEvent extends Event {
  @Label("Epoch")
  int epoch;

  @Label("Batch")
  @Description("Number in the epoch, from 1")
  int batch;

  @Label("Sessions")
  int sessions;

  @Label("Targets")
  @Description("Predicted clicks of this batch")
  long targets;

  @Label("Loss")
  @Description("Mean cross-entropy over the targets of this batch, in nats")
  double loss;
}
