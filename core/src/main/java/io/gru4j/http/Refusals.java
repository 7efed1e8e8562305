package io.gru4j.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Connections that there is no room for: each gets 503 and is kept for a moment, so that its client
 * has read that before the request which it may be sending is thrown away with a reset. No thread
 * waits for them, and there are few. Thread-safe.
 */
final class Refusals {
  private static final int KEPT = OpenFiles.RESERVE / 3;
  private static final long KEPT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private record Kept(SocketChannel channel, long until) {}

  private final byte[] answer;
  private final Deque<Kept> kept = new ArrayDeque<>(KEPT + 1);
  private final ByteBuffer thrownAway = ByteBuffer.allocate(ServerLimits.BUFFER_BYTES);

  Refusals() {
    Answer full =
        Answer.error(503, "too many connections: try again later").with("Retry-After", "1");
    byte[] body = full.body();
    byte[] head = ResponseWriter.head(full, true).getBytes(StandardCharsets.ISO_8859_1);
    answer = ByteBuffer.allocate(head.length + body.length).put(head).put(body).array();
  }

  synchronized void refuse(SocketChannel channel) {
    try {
      channel.configureBlocking(false);
      channel.write(ByteBuffer.wrap(answer)); // an empty socket takes it whole
      channel.shutdownOutput();
    } catch (IOException e) {
      close(channel);
      return; // the client is gone
    }
    kept.add(new Kept(channel, System.nanoTime() + KEPT_NANOS));
    if (kept.size() > KEPT) {
      end(kept.remove());
    }
  }

  /** Closes those that have been kept long enough; with {@code all} the others too. */
  synchronized void sweep(boolean all) {
    long now = System.nanoTime();
    while (!kept.isEmpty() && (all || kept.peek().until - now < 0)) {
      end(kept.remove());
    }
  }

  private void end(Kept each) {
    try {
      thrownAway.clear();
      each.channel.read(thrownAway); // what is unread would become a reset
    } catch (IOException e) {
      thrownAway.clear(); // the client is gone
    } finally {
      close(each.channel);
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      return; // it is as closed as it can be
    }
  }
}
