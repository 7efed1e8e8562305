package io.gru4j.http;

/**
 * What a client may cost. Beyond a limit it gets a 4xx or 503, or loses its connection; the times
 * are in {@link Timeouts}.
 */
final class ServerLimits {
  /** Connections at once, where the heap and the process's open files allow so many. */
  static final int CONNECTIONS = 1000;

  /** Heap that a connection is given credit for when the heap is small. */
  static final int CONNECTION_HEAP_BYTES = 64 << 10;

  /** Bytes of a request line. More is answered with 414. */
  static final int REQUEST_LINE_BYTES = 8 << 10;

  /** Bytes of all headers, and of all trailers. More is answered with 431. */
  static final int HEADER_BYTES = 16 << 10;

  /** Headers of a request, and trailers. More is answered with 431. */
  static final int HEADERS = 100;

  /** Bytes of a body. More is answered with 413. */
  static final int BODY_BYTES = 256 << 10;

  /** Characters of a session's token: what is given out fits into the body of the next request. */
  static final int TOKEN_CHARS = BODY_BYTES - (16 << 10);

  /** Bytes that are read and thrown away behind a refusal, so that the refusal arrives. */
  static final int DISCARDED_BYTES = 8 << 20;

  /** Bytes of a connection's own buffer; what fits is not counted in {@link ByteBudget}. */
  static final int BUFFER_BYTES = 4 << 10;

  /** Values in the JSON of a body. */
  static final int JSON_VALUES = 50_000;

  /** Clicks in one request; each is a step of the GRU. */
  static final int CLICKS = 1_000;

  /** Items in one answer. */
  static final int TOP = 1_000;

  /** Clicks of a session that is explained or traced: leaving each out costs their square. */
  static final int EXPLAINED_CLICKS = 100;

  /** Items in an answer that says why. */
  static final int EXPLAINED_TOP = 100;

  /** Numbers in an answer with a trace. */
  static final int TRACED_VALUES = 1_000_000;

  /** Characters of a search for items. */
  static final int SEARCH_CHARS = 200;

  /** Seconds that requests in flight get to end when the server closes. */
  static final int DRAIN_SECONDS = 10;

  /** Reloads that hang in the file system, a thread each; more are refused until one ends. */
  static final int RELOADS_HANGING = 8;

  private ServerLimits() {}

  /** Connections that a heap has room for, at most {@link #CONNECTIONS}. */
  static int connectionsOfHeap(long heapBytes) {
    return Math.clamp(heapBytes / CONNECTION_HEAP_BYTES, 16, CONNECTIONS);
  }
}
