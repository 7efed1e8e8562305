package io.gru4j.events;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** A file was written and forced to disk. */
@Name("io.gru4j.Save")
@Label("Model Save")
@Description("A model was written to a file and forced to disk")
@Category("gru4j")
final class SaveEvent extends Event {
  @Label("File")
  String file;

  @Label("Size")
  @DataAmount
  long bytes;
}
