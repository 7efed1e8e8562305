package io.gru4j.http;

import io.gru4j.http.Connection.Phase;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The connections that are open. A new one finds room as long as there is one that can go: of the
 * network that holds most, and there the one that is missed least. So nobody is kept out by
 * connections that ask nothing, and a network that holds many pays for itself; a proxy, which is
 * one network with many clients, may hold all while nobody else comes. Thread-safe.
 */
final class Connections {
  /** What a new connection gets at most to send its request, where room is short. */
  private static final Duration MOST_GRACE = Duration.ofMillis(200);

  /** All who wait in the system's queue have had their turn after so long. */
  private static final Duration QUEUE_TURN = Duration.ofSeconds(1);

  private static final int GRACE_LOOKS = 20;

  /** A body or an answer that goes on longer is slow. */
  private static final Duration STALLED = Duration.ofSeconds(1);

  /** A connection that was answered and has not asked again so long is missed by nobody. */
  private static final Duration LONG_IDLE = Duration.ofSeconds(5);

  private final int limit;
  private final Duration grace;
  private final Set<Connection> open = new LinkedHashSet<>();
  private final Map<ByteBuffer, Integer> perNetwork = new HashMap<>();
  private int live;
  private boolean closing;

  Connections(int limit) {
    this.limit = limit;
    Duration turn = QUEUE_TURN.multipliedBy(limit).dividedBy(HttpListener.BACKLOG);
    grace = turn.compareTo(MOST_GRACE) < 0 ? turn : MOST_GRACE;
  }

  int limit() {
    return limit;
  }

  /**
   * What a new connection gets to send its request, where room is short. So many at once have it as
   * there may be connections: where these are few it is short, or those in the queue would starve.
   */
  Duration grace() {
    return grace;
  }

  synchronized boolean closing() {
    return closing;
  }

  /** What an address counts as: with IPv6 everybody has 2^64. */
  private static ByteBuffer network(InetAddress address) {
    byte[] bytes = address.getAddress();
    return ByteBuffer.wrap(address instanceof Inet6Address ? Arrays.copyOf(bytes, 8) : bytes);
  }

  /** Whether there is room for another one. */
  synchronized boolean hasRoom() {
    return open.size() < limit;
  }

  /** Counts a connection; false if there are none to be any more. */
  synchronized boolean add(Connection connection) {
    if (closing || open.size() >= limit) {
      return false;
    }
    open.add(connection);
    live++;
    perNetwork.merge(network(connection.client()), 1, Integer::sum);
    return true;
  }

  /** A connection has ended, and its descriptor is free. */
  synchronized void ended(Connection connection) {
    remove(connection);
    live--;
    notifyAll();
  }

  private synchronized void remove(Connection connection) {
    if (open.remove(connection)) {
      perNetwork.computeIfPresent(
          network(connection.client()), (key, count) -> count == 1 ? null : count - 1);
    }
  }

  /**
   * Waits until those that were evicted have ended, but for a few, and not longer: their
   * descriptors are open so long.
   */
  synchronized void awaitEvicted(int few, long nanos) throws InterruptedException {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; live - open.size() > few && left > 0; left = end - System.nanoTime()) {
      wait(left / 1_000_000 + 1);
    }
  }

  /**
   * Closes the connection that is missed least, to make room. Where that is one which has only just
   * come, waits a moment for it to say what it wants: those who come meanwhile wait in the system's
   * queue, and nobody is closed before his request could be read.
   *
   * @param client who wants the room, or null
   * @return whether one was closed
   */
  boolean evict(InetAddress client) throws InterruptedException {
    Connection victim = victim(client);
    for (int i = 0; i < GRACE_LOOKS && victim != null && isNew(victim, client); i++) {
      Thread.sleep(grace.dividedBy(GRACE_LOOKS));
      if (client != null && hasRoom()) {
        return false; // one has ended by itself
      }
      victim = victim(client);
    }
    if (victim == null) {
      return false;
    }
    remove(victim);
    victim.abort();
    return true;
  }

  private synchronized boolean isNew(Connection each, InetAddress client) {
    boolean own = client == null || network(each.client()).equals(network(client));
    return own && each.served() == 0 && System.nanoTime() - each.opened() < grace.toNanos();
  }

  private synchronized Connection victim(InetAddress client) {
    long now = System.nanoTime();
    int own = client == null ? 0 : perNetwork.getOrDefault(network(client), 0);
    boolean oneNetwork = perNetwork.size() == 1; // as behind a proxy, or on loopback
    Connection best = null;
    int bestHeld = 0;
    int bestRank = 0;
    long bestAge = 0;
    for (Connection each : open) {
      int held = oneNetwork ? open.size() : perNetwork.get(network(each.client()));
      int weight = held > own ? held : 0;
      long age = now - (each.served() == 0 ? each.opened() : each.since());
      if (!evictable(each, now - each.since(), weight > 0)) {
        continue;
      }
      int rank = rank(each, age);
      boolean better =
          weight != bestHeld
              ? weight > bestHeld
              : rank != bestRank ? rank < bestRank : age > bestAge;
      if (best == null || better) {
        best = each;
        bestHeld = weight;
        bestRank = rank;
        bestAge = age;
      }
    }
    return best;
  }

  /** Work of the model is never thrown away; what goes on in one's own network has its time. */
  private static boolean evictable(Connection each, long inPhase, boolean heavier) {
    return switch (each.phase()) {
      case IDLE, HEAD, LINGER -> true;
      case BODY, WRITE -> heavier || inPhase >= STALLED.toNanos();
      case ANSWER -> false;
    };
  }

  /** Those without a request go first; last those who have just been answered and may ask again. */
  private static int rank(Connection each, long age) {
    boolean served = each.served() > 0;
    return switch (each.phase()) {
      case LINGER -> 0;
      case IDLE -> !served ? 1 : age > LONG_IDLE.toNanos() ? 2 : 5;
      case HEAD -> !served ? 1 : 4;
      case BODY, WRITE, ANSWER -> 3;
    };
  }

  /** Closes those whose time is over; returns how many. */
  int sweep() {
    long now = System.nanoTime();
    List<Connection> late;
    synchronized (this) {
      late = open.stream().filter(each -> each.deadline() - now < 0).toList();
    }
    late.forEach(Connection::abort);
    return late.size();
  }

  /** From now on none is added, and those between two requests are closed. */
  void close() {
    List<Connection> idle;
    synchronized (this) {
      closing = true;
      idle = open.stream().filter(each -> each.phase() == Phase.IDLE).toList();
    }
    idle.forEach(Connection::abort);
  }

  /** Waits until all are gone, but not longer; says whether they are. */
  synchronized boolean awaitNone(long nanos) throws InterruptedException {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; live > 0 && left > 0; left = end - System.nanoTime()) {
      wait(left / 1_000_000 + 1);
    }
    return live == 0;
  }

  /** Ends all that are left. */
  void abort() {
    List<Connection> all;
    synchronized (this) {
      all = List.copyOf(open);
    }
    all.forEach(Connection::abort);
  }
}
