/** A shop that recommends. */
module shop {
  requires io.gru4j.core;
}
