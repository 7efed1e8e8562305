package io.gru4j.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that all requests and answers in flight may hold together. A small one costs nothing:
 * what fits into the buffer that each connection has anyway is not counted, so clients with large
 * bodies cannot lock out the others. Thread-safe, without a lock.
 */
final class ByteBudget {
  private final long limit;
  private final AtomicLong taken = new AtomicLong();

  ByteBudget(long limit) {
    this.limit = limit;
  }

  /** An eighth of the heap, and not more than all connections could use. */
  static ByteBudget ofHeap() {
    long all = (long) ServerLimits.CONNECTIONS * ServerLimits.BODY_BYTES;
    return new ByteBudget(Math.min(Runtime.getRuntime().maxMemory() / 8, all));
  }

  /** Takes bytes, all or none; 503 if so many are not left. */
  void take(long bytes) throws RequestException {
    long now = taken.addAndGet(bytes);
    if (now > limit) {
      taken.addAndGet(-bytes);
      throw new RequestException(
          503,
          "requests and answers in flight hold %d bytes, %d more are beyond the %d they may: "
                  .formatted(now - bytes, bytes, limit)
              + "try again later",
          "Retry-After",
          "1");
    }
  }

  void give(long bytes) {
    taken.addAndGet(-bytes);
  }

  long taken() {
    return taken.get();
  }

  long limit() {
    return limit;
  }
}
