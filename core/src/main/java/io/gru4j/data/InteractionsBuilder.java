package io.gru4j.data;

import io.gru4j.file.OneLine;
import java.util.Arrays;

/**
 * Collects clicks with ids of any text, in any order; made by {@link InteractionMatrix#builder}.
 * Sessions and items are numbered in the order in which they come. Not thread-safe.
 *
 * {@snippet class="io.gru4j.JavadocExamplesTest" region="builder"}
 */
public final class InteractionsBuilder {
  private final IdMap.Builder sessions = new IdMap.Builder();
  private final IdMap.Builder items = new IdMap.Builder();
  private int[] users = new int[16];
  private int[] clicked = new int[16];
  private double[] times = new double[16];
  private int n;
  private boolean built;

  InteractionsBuilder() {}

  /**
   * Adds a click.
   *
   * @param session the session's id
   * @param item the item's id
   * @param time in any unit; clicks of one time keep their order
   * @return this
   * @throws IllegalArgumentException if an id is empty or not sound Unicode, or the time is not
   *     finite; the message says which click it is
   * @throws IllegalStateException after {@link #build}
   */
  public InteractionsBuilder add(String session, String item, double time) {
    if (built) {
      throw new IllegalStateException("the matrix is built; begin another one");
    }
    if (!Double.isFinite(time)) {
      throw fault("time " + time + " is not a finite number");
    }
    byte[] sessionId = utf8("session", session);
    byte[] itemId = utf8("item", item);
    if (n == users.length) {
      int more = (int) Math.min(InteractionMatrix.MAX_INTERACTIONS, 2L * n);
      if (more == n) {
        throw fault("a matrix has no room for more");
      }
      users = Arrays.copyOf(users, more);
      clicked = Arrays.copyOf(clicked, more);
      times = Arrays.copyOf(times, more);
    }
    users[n] = sessions.add(sessionId, 0, sessionId.length);
    clicked[n] = items.add(itemId, 0, itemId.length);
    times[n++] = time;
    return this;
  }

  private byte[] utf8(String what, String id) {
    byte[] bytes = IdMap.utf8(id);
    if (bytes == null) {
      throw fault("the " + what + "'s id " + OneLine.quoted(id) + " has an unpaired surrogate");
    }
    if (bytes.length == 0) {
      throw fault("the " + what + "'s id is empty");
    }
    return bytes;
  }

  private IllegalArgumentException fault(String what) {
    return new IllegalArgumentException("click " + n + ": " + what);
  }

  /**
   * Returns the clicks and the ids behind their numbers; the builder is not to be used afterwards.
   *
   * @return the data
   */
  public SessionData build() {
    built = true;
    InteractionMatrix matrix =
        InteractionMatrix.of(sessions.size(), items.size(), users, clicked, times, n);
    return SessionData.of(matrix, sessions.build(), items.build());
  }
}
