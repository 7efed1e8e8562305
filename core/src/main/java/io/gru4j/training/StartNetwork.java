package io.gru4j.training;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.GRU4RecOptions.Init;
import io.gru4j.parameters.NewItems;
import io.gru4j.tensor.RandomStream;
import io.gru4j.tensor.autograd.Parameter;
import java.util.ArrayList;
import java.util.List;

/**
 * The network that a training goes on from: the start's values, with the rows of other items in the
 * tables. The pad token's row is the last of each, wherever that is.
 */
final class StartNetwork {
  private final GruNetwork network;
  private final List<Parameter> tables;
  private final int[] rows; // of each item in the start; negative: it is new

  private StartNetwork(GruNetwork network, int[] rows) {
    this.network = network;
    this.tables = tables(network);
    this.rows = rows;
  }

  /**
   * Makes the network.
   *
   * @param init how the rows of new items are drawn
   * @param seed of what is drawn
   * @param x whose sessions say what is beside a new item
   */
  static GruNetwork of(
      Start start, GruNetwork.Form form, Init init, long seed, InteractionMatrix x) {
    GruNetwork from = start.model().network();
    int numItems = start.rows().length;
    GruNetwork network =
        from.isShared()
            ? GruNetwork.sharedZeros(numItems, from.hiddenSizes(), form)
            : GruNetwork.zeros(numItems, from.numComponents(), from.hiddenSizes(), form);
    StartNetwork made = new StartNetwork(network, start.rows());
    made.copy(from);
    made.draw(init, seed);
    if (start.newItems() == NewItems.NEIGHBOURS) {
      made.average(x);
    }
    return network;
  }

  /** The parameters that have a row for each item, and one for the pad token. */
  static List<Parameter> tables(GruNetwork network) {
    List<Parameter> tables = new ArrayList<>(List.of(network.embedding()));
    if (!network.isShared()) {
      tables.add(network.outputWeight());
    }
    tables.add(network.outputBias());
    return tables;
  }

  private void copy(GruNetwork from) {
    List<Parameter> theirs = from.parameters();
    List<Parameter> ours = network.parameters();
    for (int i = 0; i < ours.size(); i++) {
      Parameter to = ours.get(i);
      boolean table = tables.contains(to);
      float[] row = new float[to.cols()];
      for (int r = 0; r < to.rows(); r++) {
        int source = !table ? r : r == rows.length ? from.numItems() : rows[r];
        if (source >= 0) {
          theirs.get(i).read((long) source * row.length, row, row.length);
          to.write((long) r * row.length, row, row.length);
        }
      }
    }
  }

  /** Draws the rows of new items from the distribution that a new network has. */
  private void draw(Init init, long seed) {
    RandomStream random = new RandomStream(seed);
    for (Parameter table : tables) {
      float bound =
          switch (init) {
            case UNIFORM -> GruNetwork.UNIFORM_BOUND;
            case GLOROT -> table.isBias() ? 0f : GruNetwork.glorotBound(table.rows(), table.cols());
          };
      for (int item = 0; item < rows.length; item++) {
        for (int col = 0; rows[item] < 0 && col < table.cols(); col++) {
          table.set(item, col, bound * (2 * random.nextFloat() - 1));
        }
      }
    }
  }

  /** Sets the rows of new items to the mean of those beside them, in the order of the sessions. */
  private void average(InteractionMatrix x) {
    int[] beside = new int[rows.length]; // clicks on known items beside a new one
    for (int user = 0; user < x.numUsers(); user++) {
      int last = x.historyLength(user) - 1;
      for (int i = 0; i < last; i++) {
        add(x.item(user, i), x.item(user, i + 1), beside);
        add(x.item(user, i + 1), x.item(user, i), beside);
      }
    }
    for (Parameter table : tables) {
      for (int item = 0; item < rows.length; item++) {
        for (int col = 0; beside[item] > 0 && col < table.cols(); col++) {
          table.set(item, col, table.get(item, col) / beside[item]);
        }
      }
    }
  }

  private void add(int item, int neighbour, int[] beside) {
    if (rows[item] >= 0 || rows[neighbour] < 0) {
      return;
    }
    boolean first = beside[item]++ == 0; // in place of what was drawn
    for (Parameter table : tables) {
      for (int col = 0; col < table.cols(); col++) {
        float before = first ? 0 : table.get(item, col);
        table.set(item, col, before + table.get(neighbour, col));
      }
    }
  }
}
