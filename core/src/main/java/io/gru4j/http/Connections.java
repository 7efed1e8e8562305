package io.gru4j.http;

import io.gru4j.http.Connection.Phase;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
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
  private final int limit;
  private final Set<Connection> open = new LinkedHashSet<>();
  private final Map<ByteBuffer, Integer> perNetwork = new HashMap<>();
  private int live;
  private boolean closing;

  Connections(int limit) {
    this.limit = limit;
  }

  int limit() {
    return limit;
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
   * Closes the connection that is missed least, to make room.
   *
   * @param client who wants the room, or null
   * @return whether one was closed
   */
  boolean evict(InetAddress client) {
    Connection victim = victim(client);
    if (victim == null) {
      return false;
    }
    remove(victim);
    victim.abort();
    return true;
  }

  private synchronized Connection victim(InetAddress client) {
    long now = System.nanoTime();
    int own = client == null ? 0 : perNetwork.getOrDefault(network(client), 0);
    Connection best = null;
    long[] bestKey = null;
    for (Connection each : open) {
      int held = perNetwork.get(network(each.client()));
      boolean heavier = held > own;
      if (evictable(each, now, heavier)) {
        long[] key = {heavier ? -held : 0, rank(each), since(each) - now};
        if (best == null || Arrays.compare(key, bestKey) < 0) {
          best = each;
          bestKey = key;
        }
      }
    }
    return best;
  }

  /** Work of the model is never thrown away; what goes on in one's own network has its second. */
  private static boolean evictable(Connection each, long now, boolean heavier) {
    return switch (each.phase()) {
      case IDLE, HEAD, LINGER -> true;
      case BODY, WRITE -> heavier || now - each.since() > ServerLimits.EVICTABLE_AFTER.toNanos();
      case ANSWER -> false;
    };
  }

  /** Those without a request go first, those who have had an answer after them. */
  private static int rank(Connection each) {
    return switch (each.phase()) {
      case LINGER -> 0;
      case IDLE -> each.served() == 0 ? 1 : 2;
      case HEAD -> each.served() == 0 ? 1 : 3;
      case BODY -> 4;
      case WRITE, ANSWER -> 5;
    };
  }

  private static long since(Connection each) {
    return each.served() == 0 ? each.opened() : each.since();
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
