/**
 * JMH benchmarks. Run {@link io.gru4j.bench.PeakBenchmark} first: it measures the limits of the
 * machine, to which the other figures are compared.
 *
 * <p>Rates are per second: 1 GFLOP is 1e9 floating-point operations (a multiply-add counts two), 1
 * GB is 1e9 bytes. Every benchmark runs on one thread unless JMH's {@code -t} says otherwise.
 *
 * <pre>
 * java --add-modules=jdk.incubator.vector -jar bench/target/benchmarks.jar Peak
 * </pre>
 */
package io.gru4j.bench;
