package io.gru4j.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends the process of a server that cannot go on, with one line on stderr. All that it needs is
 * made before: there may be no byte of heap left. It waits for nobody: neither for a lock, nor for
 * hooks, nor, longer than a second, for somebody to read the line.
 */
final class LastLine {
  /** The exit status: the process is of no use any more, a supervisor is to start it again. */
  static final int BROKEN = 3;

  private static final String END = "; ends with status 3, to be started again\n";
  private static final byte[] OUT_OF_MEMORY =
      ("gru4j serve: out of memory" + END).getBytes(StandardCharsets.UTF_8);

  private static final int WAITS = 100;
  private static final int WAIT_MILLIS = 10;

  private final FileOutputStream err = new FileOutputStream(FileDescriptor.err);
  private final Thread writer = Thread.ofPlatform().daemon().name("gru4j-last").start(this::write);
  private volatile byte[] line;
  private volatile boolean written;

  /** Ends the process because of an error; only the first call's line is written. */
  void end(Throwable error) {
    try {
      if (line == null) {
        line = error instanceof OutOfMemoryError ? OUT_OF_MEMORY : bytes(error);
      }
      LockSupport.unpark(writer);
      for (int i = 0; i < WAITS && !written; i++) {
        Thread.sleep(WAIT_MILLIS);
      }
    } catch (InterruptedException e) {
      Runtime.getRuntime().halt(BROKEN); // nobody is to wait
    } finally {
      Runtime.getRuntime().halt(BROKEN);
    }
  }

  private static byte[] bytes(Throwable error) {
    try {
      return ("gru4j serve: " + error + END).getBytes(StandardCharsets.UTF_8);
    } catch (OutOfMemoryError e) {
      return OUT_OF_MEMORY;
    }
  }

  private void write() {
    while (line == null) {
      LockSupport.park(this);
    }
    try {
      err.write(line);
    } catch (IOException e) {
      written = true; // nobody can be told
    }
    written = true;
  }
}
