package io.gru4j.spark;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What partitions have done in a round. It travels as bytes, which each of Spark's serializers
 * takes.
 *
 * @param targets that were trained on
 * @param steps of the optimizer
 * @param lossSum over the targets, in nats
 * @param failure why training cannot go on; null: it can. It is a result, for Spark would try a
 *     task that throws again
 */
record RoundResult(long targets, long steps, double lossSum, String failure) {
  static final RoundResult NOTHING = new RoundResult(0, 0, 0, null);

  RoundResult plus(RoundResult other) {
    return new RoundResult(
        targets + other.targets,
        steps + other.steps,
        lossSum + other.lossSum,
        failure != null ? failure : other.failure);
  }

  byte[] toBytes() {
    byte[] text = failure == null ? new byte[0] : failure.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(24 + text.length)
        .putLong(targets)
        .putLong(steps)
        .putDouble(lossSum)
        .put(text)
        .array();
  }

  static RoundResult of(byte[] array) {
    ByteBuffer bytes = ByteBuffer.wrap(array);
    long targets = bytes.getLong();
    long steps = bytes.getLong();
    double lossSum = bytes.getDouble();
    String failure = bytes.hasRemaining() ? StandardCharsets.UTF_8.decode(bytes).toString() : null;
    return new RoundResult(targets, steps, lossSum, failure);
  }
}
