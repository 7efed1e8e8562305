package io.gru4j.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes connections, gives each a virtual thread, and closes those whose time is over. Two platform
 * threads of its own do that, so that nothing which happens on a connection can hold them up.
 */
final class HttpListener {
  /** Connections that wait in the system's queue. */
  static final int BACKLOG = 1024;

  private static final long SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long END_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final RecommendServer server;
  private final RequestHandler handler;
  private final ServerSocketChannel socket;
  private final Connections connections;
  private final ByteBudget budget;
  private final Timeouts timeouts;
  private final Refusals refusals = new Refusals();
  private final Throttled evicted;
  private final Throttled refused;
  private final Throttled failed;
  private final Throttled unexpected;
  private final Thread acceptor;
  private final Thread sweeper;
  private volatile boolean ended;

  HttpListener(
      RecommendServer server,
      InetSocketAddress address,
      RequestHandler handler,
      Connections connections,
      ByteBudget budget,
      Timeouts timeouts)
      throws IOException {
    this.server = server;
    this.handler = handler;
    this.connections = connections;
    this.budget = budget;
    this.timeouts = timeouts;
    evicted = new Throttled(server::log);
    refused = new Throttled(server::log);
    failed = new Throttled(server::log);
    unexpected = new Throttled(server::log);
    socket = ServerSocketChannel.open();
    try {
      socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      socket.bind(address, BACKLOG);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
    acceptor = Thread.ofPlatform().name("gru4j-accept").unstarted(() -> guarded(this::accept));
    sweeper =
        Thread.ofPlatform().daemon().name("gru4j-sweep").unstarted(() -> guarded(this::sweep));
  }

  void start() {
    sweeper.start();
    acceptor.start();
  }

  InetSocketAddress address() throws IOException {
    return (InetSocketAddress) socket.getLocalAddress();
  }

  /** What a thread does; an error that is left over ends more than the thread. */
  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (Throwable e) {
      server.fatal(e);
    }
  }

  private void accept() {
    while (socket.isOpen()) {
      try {
        admit(socket.accept());
      } catch (IOException e) {
        if (socket.isOpen()) {
          failed.say("a connection cannot be taken: " + e.getMessage() + "; an idle one is closed");
          evict(null); // its descriptor may be what is missing
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      }
    }
  }

  private void admit(SocketChannel channel) {
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      Connection connection = new Connection(channel, handler, connections, budget, timeouts);
      if (!connections.hasRoom()) {
        evict(connection.client());
      }
      if (connections.add(connection)) {
        begin(connection);
        return;
      }
    } catch (IOException e) {
      close(channel); // the client is gone
      return;
    }
    server.metrics().refused();
    refused.say(
        "%d connections are open, all of them at work: another one is refused with 503"
            .formatted(connections.limit()));
    refusals.refuse(channel);
  }

  private void begin(Connection connection) {
    server.metrics().opened();
    connection.start(
        Thread.ofVirtual().name("gru4j-http").unstarted(() -> guarded(() -> serve(connection))));
  }

  private void serve(Connection connection) {
    try {
      connection.run();
    } catch (RuntimeException e) {
      unexpected.say("unexpected error, please report it: " + RequestHandler.trace(e));
    } finally {
      server.metrics().closed();
    }
  }

  private void evict(InetAddress client) {
    try {
      if (connections.evict(client)) {
        server.metrics().evicted();
        evicted.say(
            "no room for a new connection, at most %d are open at once: one that asks nothing, or is slow, is closed"
                .formatted(connections.limit()));
      }
      connections.awaitEvicted(OpenFiles.RESERVE / 3, PAUSE_NANOS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody has a reason to
    }
  }

  private void sweep() {
    while (!ended) {
      LockSupport.parkNanos(SWEEP_NANOS);
      server.metrics().late(connections.sweep());
      refusals.sweep(false);
      List.of(evicted, refused, failed, unexpected).forEach(Throttled::sayUnsaid);
    }
    refusals.sweep(true);
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      return; // it is as closed as it can be
    }
  }

  /** Listens no more: the system refuses who comes. */
  void stopListening() {
    try {
      socket.close();
    } catch (IOException e) {
      server.log("the port cannot be closed: " + e.getMessage());
    }
  }

  /**
   * Takes no more connections, closes the idle ones at once and, after some time, all. A second
   * call does nothing.
   *
   * @param drainNanos what requests in flight get
   */
  void close(long drainNanos) {
    stopListening();
    connections.close();
    boolean interrupted = false;
    try {
      if (!connections.awaitNone(drainNanos)) {
        connections.abort();
        connections.awaitNone(END_NANOS);
      }
      ended = true;
      LockSupport.unpark(sweeper);
      acceptor.join(TimeUnit.NANOSECONDS.toMillis(END_NANOS));
      sweeper.join(TimeUnit.NANOSECONDS.toMillis(END_NANOS));
    } catch (InterruptedException e) {
      interrupted = true;
      connections.abort();
      ended = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
