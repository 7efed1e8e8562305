/**
 * Events of the JDK Flight Recorder: {@code io.gru4j.Epoch}, {@code io.gru4j.Batch}, {@code
 * io.gru4j.Save}. Start with {@link io.gru4j.events.TrainingEvents}; nothing else of gru4j names
 * the module {@code jdk.jfr}, which may be absent.
 */
package io.gru4j.events;
