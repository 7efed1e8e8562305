/** Dense float arrays, a hand-written GRU, fused softmax cross-entropy, autograd and optimizers. */
module io.gru4j.tensor {
  // Present with --add-modules jdk.incubator.vector; without it the scalar kernels compute the same
  // bits.
  requires static jdk.incubator.vector;

  exports io.gru4j.tensor;
  exports io.gru4j.tensor.autograd;
  exports io.gru4j.tensor.nn;
  exports io.gru4j.tensor.optim;
}
