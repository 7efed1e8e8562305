package io.gru4j.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * One client's connection: request after request, on a virtual thread of its own. What it does at
 * the moment, since when and until when, others may read, and {@link #abort} ends it from outside.
 */
final class Connection implements Runnable {
  /** What a connection does. */
  enum Phase {
    /** Waits for a request; not a byte of it has come. */
    IDLE,
    /** A head has begun. */
    HEAD,
    /** The head is there, the body is read. */
    BODY,
    /** The model works. */
    ANSWER,
    /** The answer is written. */
    WRITE,
    /** All is said, and the client still sends. */
    LINGER
  }

  private final SocketChannel channel;
  private final RequestHandler handler;
  private final Connections connections;
  private final ByteBudget budget;
  private final Timeouts timeouts;
  private final InetAddress client;
  private final long opened = System.nanoTime();
  private volatile Thread thread;
  private volatile Phase phase = Phase.IDLE;
  private volatile long since = opened;
  private volatile long deadline;
  private volatile int served;

  Connection(
      SocketChannel channel,
      RequestHandler handler,
      Connections connections,
      ByteBudget budget,
      Timeouts timeouts)
      throws IOException {
    this.channel = channel;
    this.handler = handler;
    this.connections = connections;
    this.budget = budget;
    this.timeouts = timeouts;
    this.client = ((InetSocketAddress) channel.getRemoteAddress()).getAddress();
    this.deadline = opened + timeouts.request().toNanos();
  }

  InetAddress client() {
    return client;
  }

  Phase phase() {
    return phase;
  }

  /** When the phase began, of {@link System#nanoTime}. */
  long since() {
    return since;
  }

  /** When the connection began. */
  long opened() {
    return opened;
  }

  /** When its time is over. */
  long deadline() {
    return deadline;
  }

  /** How many requests were answered on it. */
  int served() {
    return served;
  }

  void start(Thread own) {
    thread = own;
    own.start();
  }

  /** Ends it now, whatever it does. */
  void abort() {
    try {
      channel.close();
    } catch (IOException e) {
      return; // it is as closed as it can be
    } finally {
      Thread own = thread;
      if (own != null) {
        own.interrupt(); // it may wait for the model
      }
    }
  }

  /** Another phase, in which the deadline stays. */
  private void enter(Phase next) {
    since = System.nanoTime();
    phase = next;
  }

  private void enter(Phase next, Duration time) {
    deadline = System.nanoTime() + time.toNanos();
    enter(next);
  }

  @Override
  public void run() {
    RequestReader reader = new RequestReader(channel, budget);
    try (channel) {
      while (answerNext(reader)) {
        served++;
        enter(Phase.IDLE, timeouts.idle());
      }
    } catch (IOException e) {
      return; // the client is gone, or was given up
    } finally {
      reader.close();
      connections.ended(this);
    }
  }

  /** Reads a request and answers it; false if the connection is to end. */
  private boolean answerNext(RequestReader reader) throws IOException {
    if (connections.closing() || !reader.await()) {
      return false;
    }
    if (served == 0) {
      enter(Phase.HEAD); // its time counts from the beginning of the connection
    } else {
      enter(Phase.HEAD, timeouts.request());
    }
    Request request;
    try {
      request = reader.head(client);
    } catch (RequestException e) {
      writing();
      handler.refuse(e, channel);
      linger(reader);
      return false;
    }
    try (BodyReader body = new BodyReader(request, reader, channel, budget)) {
      enter(Phase.BODY);
      boolean persistent = handler.handle(request, body, this);
      if (persistent && !body.ended()) {
        enter(Phase.BODY, timeouts.request());
        persistent = body.skip();
      }
      if (!persistent && (!body.ended() || reader.hasMore())) {
        linger(reader);
      }
      return persistent;
    }
  }

  /** The request is read. */
  void answering() {
    enter(Phase.ANSWER, timeouts.response());
  }

  /** The answer is there, or the request is refused before its end. */
  void writing() {
    enter(Phase.WRITE, timeouts.response());
  }

  /**
   * Closes in a way that lets the client read the answer: a socket that is closed with bytes in it
   * that nobody has read makes the system throw away what it has sent.
   */
  private void linger(RequestReader reader) throws IOException {
    enter(Phase.LINGER, timeouts.linger());
    channel.shutdownOutput();
    reader.discard(ServerLimits.DISCARDED_BYTES);
  }

  SocketChannel channel() {
    return channel;
  }
}
