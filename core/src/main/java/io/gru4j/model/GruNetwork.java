package io.gru4j.model;

import io.gru4j.tensor.RandomStream;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.nn.GruParameters;
import java.util.ArrayList;
import java.util.List;

/**
 * The parameters of the network: item embedding, GRU layers, output layer over all items.
 *
 * <p>Items are 0 to N - 1. Tables over items have V = N + 1 rows, as RecPack's have: the last is
 * the pad token, whose embedding is zero and stays zero, and which is a class of the output layer
 * too. With E embedding components and H hidden units the parameters are, under torch's names:
 *
 * <ul>
 *   <li>{@code emb.weight} (V, E)
 *   <li>{@code rnn.weight_ih_l0} (3H, E), for layers above (3H, H); {@code rnn.weight_hh_l0} (3H,
 *       H); {@code rnn.bias_ih_l0}, {@code rnn.bias_hh_l0} (3H)
 *   <li>{@code lin.weight} (V, H), {@code lin.bias} (V)
 * </ul>
 *
 * <p>With a shared embedding there is no {@code emb.weight}: an item's vector is its row of {@code
 * lin.weight}, and E is H. The pad token then is a class like any other, and is never looked up.
 *
 * <p>The parameters may be changed by whoever trains them; a network that nobody changes any more
 * may be read by any number of threads.
 */
public final class GruNetwork {

  private final int numItems;
  private final Parameter embedding; // outputWeight if it is shared
  private final List<GruParameters> layers;
  private final Parameter outputWeight;
  private final Parameter outputBias;

  private GruNetwork(
      int numItems, int numComponents, int hiddenSize, int numLayers, boolean shared) {
    this.numItems = numItems;
    if (numItems == Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "numItems must be below %d: the pad token comes on top".formatted(Integer.MAX_VALUE));
    }
    int classes = numItems + 1;
    this.outputWeight = Parameter.ofPanels("lin.weight", classes, hiddenSize);
    this.embedding =
        shared ? outputWeight : Parameter.ofSparseRows("emb.weight", classes, numComponents);
    List<GruParameters> layers = new ArrayList<>();
    for (int i = 0; i < numLayers; i++) {
      layers.add(GruParameters.zeros(i, i == 0 ? numComponents : hiddenSize, hiddenSize));
    }
    this.layers = List.copyOf(layers);
    this.outputBias = Parameter.ofBias("lin.bias", classes);
  }

  /**
   * Returns a network of zeros.
   *
   * @param numItems N, at least 1
   * @param numComponents E, at least 1
   * @param hiddenSize H, at least 1
   * @param numLayers number of GRU layers, at least 1
   * @return a new network
   * @throws IllegalArgumentException if a parameter would not fit into one array
   */
  public static GruNetwork zeros(int numItems, int numComponents, int hiddenSize, int numLayers) {
    return new GruNetwork(numItems, numComponents, hiddenSize, numLayers, false);
  }

  /**
   * Returns a network of zeros whose output layer shares the weights of the embedding.
   *
   * @param numItems N, at least 1
   * @param hiddenSize H, and E too, at least 1
   * @param numLayers number of GRU layers, at least 1
   * @return a new network
   * @throws IllegalArgumentException if a parameter would not fit into one array
   */
  public static GruNetwork sharedZeros(int numItems, int hiddenSize, int numLayers) {
    return new GruNetwork(numItems, hiddenSize, hiddenSize, numLayers, true);
  }

  /**
   * Draws every parameter uniformly from [-0.01, 0.01), as RecPack does; the pad token's embedding
   * is zero.
   *
   * @param seed the same seed gives the same parameters
   * @return this
   */
  public GruNetwork initialise(long seed) {
    RandomStream random = new RandomStream(seed);
    for (Parameter p : parameters()) {
      for (int row = 0; row < p.rows(); row++) {
        boolean pad = p == embedding && !isShared() && row == numItems;
        for (int col = 0; col < p.cols(); col++) {
          p.set(row, col, pad ? 0f : 0.02f * random.nextFloat() - 0.01f);
        }
      }
    }
    return this;
  }

  /**
   * Draws each weight matrix uniformly from +-sqrt(6 / (rows + columns)), the three gates of a GRU
   * layer as matrices of their own (Glorot and Bengio 2010, equation 16). Biases, and the pad
   * token's embedding if it has one of its own, are zero.
   *
   * @param seed the same seed gives the same parameters
   * @return this
   */
  public GruNetwork initialiseGlorot(long seed) {
    RandomStream random = new RandomStream(seed);
    for (Parameter p : parameters()) {
      boolean bias = p.isBias();
      boolean gates = p.name().startsWith("rnn.");
      double fan = (gates ? p.rows() / 3 : p.rows()) + (double) p.cols();
      float bound = (float) Math.sqrt(6 / fan);
      for (int row = 0; row < p.rows(); row++) {
        boolean pad = p == embedding && !isShared() && row == numItems;
        for (int col = 0; col < p.cols(); col++) {
          p.set(row, col, bias || pad ? 0f : bound * (2 * random.nextFloat() - 1));
        }
      }
    }
    return this;
  }

  /**
   * Returns a copy that shares nothing.
   *
   * @return a new network with the same values
   */
  public GruNetwork copy() {
    GruNetwork copy =
        new GruNetwork(numItems, embedding.cols(), outputWeight.cols(), layers.size(), isShared());
    copy.copyFrom(this);
    return copy;
  }

  /**
   * Takes over another network's values.
   *
   * @param other a network of the same shape
   */
  public void copyFrom(GruNetwork other) {
    List<Parameter> from = other.parameters();
    List<Parameter> to = parameters();
    for (int i = 0; i < to.size(); i++) {
      float[] values = from.get(i).value();
      System.arraycopy(values, 0, to.get(i).value(), 0, values.length);
    }
  }

  /**
   * Returns why scores may not be finite, judged by the largest absolute value of each parameter. A
   * model file is refused for it.
   *
   * @return what is wrong, with the parameter's name; null if scores are finite after any clicks
   */
  public String scoreFault() {
    ScoreBound bound = new ScoreBound(this);
    for (Parameter p : parameters()) {
      float[] row = new float[p.cols()];
      for (int i = 0; i < p.rows(); i++) {
        for (int col = 0; col < row.length; col++) {
          row[col] = p.get(i, col);
        }
        if (bound.add(p, row, 0, row.length) >= 0) {
          return p.name() + " has a value that is not finite";
        }
      }
    }
    return bound.fault();
  }

  /**
   * Returns the number of items.
   *
   * @return N, at least 1
   */
  public int numItems() {
    return numItems;
  }

  /**
   * Returns whether the output layer shares the weights of the embedding.
   *
   * @return true if {@link #embedding} is {@link #outputWeight}
   */
  public boolean isShared() {
    return embedding == outputWeight;
  }

  /**
   * Returns the width of the embedding.
   *
   * @return E, at least 1
   */
  public int numComponents() {
    return embedding.cols();
  }

  /**
   * Returns the number of hidden units of each layer.
   *
   * @return H, at least 1
   */
  public int hiddenSize() {
    return outputWeight.cols();
  }

  /**
   * Returns the item embedding.
   *
   * @return shape (V, E)
   */
  public Parameter embedding() {
    return embedding;
  }

  /**
   * Returns the GRU layers.
   *
   * @return at least one, the first on the embedding
   */
  public List<GruParameters> layers() {
    return layers;
  }

  /**
   * Returns the weights of the output layer.
   *
   * @return shape (V, H), in panels
   */
  public Parameter outputWeight() {
    return outputWeight;
  }

  /**
   * Returns the biases of the output layer.
   *
   * @return shape (V, 1), in panels
   */
  public Parameter outputBias() {
    return outputBias;
  }

  /**
   * Returns all parameters.
   *
   * @return in the order of the class comment, each once
   */
  public List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    if (!isShared()) {
      all.add(embedding);
    }
    for (GruParameters layer : layers) {
      all.addAll(layer.all());
    }
    all.add(outputWeight);
    all.add(outputBias);
    return all;
  }
}
