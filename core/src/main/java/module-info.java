/** The session-based recommender GRU4Rec: data, metrics, estimator, model files, command line. */
module io.gru4j.core {
  requires transitive io.gru4j.tensor;

  // Where it is absent there are no events of the Flight Recorder.
  requires static jdk.jfr;

  exports io.gru4j.algorithms;
  exports io.gru4j.data;
  exports io.gru4j.metrics;
  exports io.gru4j.model;
  exports io.gru4j.parameters;
  exports io.gru4j.prepare;
  exports io.gru4j.progress;
  exports io.gru4j.selection;
  exports io.gru4j.serve;
}
