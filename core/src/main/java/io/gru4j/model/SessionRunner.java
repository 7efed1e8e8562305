package io.gru4j.model;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.nn.GruParameters;
import io.gru4j.tensor.nn.GruState;
import io.gru4j.tensor.nn.ItemGates;
import io.gru4j.tensor.nn.OutputScorer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * Runs many sessions through a trained network: in blocks of rows, the longest sessions first, so
 * that the sessions that have not ended are the first rows of a block.
 *
 * <p>A session's results do not depend on its block, so neither order nor threads matter.
 */
final class SessionRunner {

  /** Sessions that run side by side; an {@link OutputScorer} takes as many at a time. */
  static final int BLOCK = 96;

  /**
   * Bytes of items' gates that are kept for a run; if they need more, each time step computes them.
   */
  private static final long GATES_BUDGET = Math.min(1L << 28, Runtime.getRuntime().maxMemory() / 8);

  private static final int CLICKS = 2; // of an item, on average, from which its gates are kept

  /** Receives the time steps of a block of sessions. */
  interface Visitor {
    /**
     * Called after each time step.
     *
     * @param block the block, its states moved on by the item at {@code position}
     * @param position index of the item in its session
     * @param rows sessions that had an item there
     */
    void advanced(Block block, int position, int rows);

    /** Called once after the last time step, with every row's final state. */
    void ended(Block block);
  }

  /** The sessions of one block and what it takes to run them; reused by one thread. */
  static final class Block {
    final GruState state;
    final OutputScorer scorer;
    final int[] users = new int[BLOCK];
    final int[] items = new int[BLOCK];
    final int[] ranks = new int[BLOCK];
    int rows;

    Block(GruNetwork network, OutputScorer scorer, ItemGates gates) {
      state = new GruState(network.embedding(), network.layers(), BLOCK, gates);
      this.scorer = scorer.copy();
    }
  }

  /** The bytes of what a run of so many threads takes, visitors and the shared scorer apart. */
  static double bytes(int E, int[] hiddenSizes, InteractionMatrix sessions, int threads) {
    int items = sessions.numItems();
    double used = Math.min(items, sessions.numInteractions() / (double) CLICKS);
    double gates = Math.min(ItemGates.bytes(hiddenSizes[0], used), GATES_BUDGET);
    double block =
        GruState.bytes(E, hiddenSizes, BLOCK)
            + OutputScorer.bytes(items, hiddenSizes[hiddenSizes.length - 1], BLOCK)
            + 3.0 * Integer.BYTES * BLOCK; // users, items, ranks
    return gates + ItemGates.tableBytes(items + 1) + threads * block;
  }

  private final GruNetwork network;
  private final OutputScorer scorer;
  private final InteractionMatrix sessions;
  private final int[] byLength;

  /**
   * Chooses the sessions.
   *
   * @param scorer of the network's output layer; each thread copies it
   * @param users which of them; each needs a history
   */
  SessionRunner(GruNetwork network, OutputScorer scorer, InteractionMatrix sessions, int[] users) {
    this.network = network;
    this.scorer = scorer;
    this.sessions = sessions;
    this.byLength =
        Arrays.stream(users)
            .boxed()
            .sorted((a, b) -> sessions.historyLength(b) - sessions.historyLength(a))
            .mapToInt(Integer::intValue)
            .toArray();
  }

  /** The buffers of one thread; a thread that has ended passes them on. */
  private record Place(Block block, Visitor visitor) {}

  /**
   * Runs all blocks.
   *
   * @param visitors one for each thread that takes part
   */
  void run(Parallel parallel, Supplier<? extends Visitor> visitors) {
    ItemGates gates = gates(parallel);
    // These are not thread-locals: in a long-lived thread the values would outlive the run.
    Queue<Place> free = new ConcurrentLinkedQueue<>();
    parallel.run(
        Math.ceilDiv(byLength.length, BLOCK),
        b -> {
          Place place = free.poll();
          if (place == null) {
            place = new Place(new Block(network, scorer, gates), visitors.get());
          }
          runBlock(place.block, b * BLOCK, place.visitor);
          free.add(place);
        });
  }

  /** The gates of all items of the sessions, if on average each is clicked twice; or null. */
  private ItemGates gates(Parallel parallel) {
    BitSet items = new BitSet();
    long clicks = 0;
    for (int user : byLength) {
      int length = sessions.historyLength(user);
      for (int t = 0; t < length; t++) {
        items.set(sessions.item(user, t));
      }
      clicks += length;
    }
    int count = items.cardinality();
    GruParameters layer = network.layers().getFirst();
    double bytes = ItemGates.bytes(layer.hidden(), count);
    if (count == 0 || (long) CLICKS * count > clicks || bytes > GATES_BUDGET) {
      return null;
    }
    return ItemGates.of(network.embedding(), layer, items.stream().toArray(), parallel);
  }

  private void runBlock(Block block, int from, Visitor visitor) {
    block.rows = Math.min(BLOCK, byLength.length - from);
    System.arraycopy(byLength, from, block.users, 0, block.rows);
    block.state.reset();
    int rows = block.rows;
    for (int t = 0; ; t++) {
      while (rows > 0 && sessions.historyLength(block.users[rows - 1]) <= t) {
        rows--;
      }
      if (rows == 0) {
        break;
      }
      for (int r = 0; r < rows; r++) {
        block.items[r] = sessions.item(block.users[r], t);
      }
      block.state.advance(block.items, rows);
      visitor.advanced(block, t, rows);
    }
    visitor.ended(block);
  }
}
