/** Dense float arrays, worker threads and random initialisation. */
package io.gru4j.tensor;
