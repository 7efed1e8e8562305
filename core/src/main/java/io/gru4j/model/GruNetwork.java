package io.gru4j.model;

import io.gru4j.tensor.RandomStream;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.nn.GruParameters;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The parameters of the network: item embedding, GRU layers, output layer over all items.
 *
 * <p>Items are 0 to N - 1. Tables over items have V = N + 1 rows, as RecPack's have: the last is
 * the pad token, whose embedding is zero and stays zero, and which is a class of the output layer
 * too. With E embedding components and H hidden units in each layer the parameters are, under
 * torch's names:
 *
 * <ul>
 *   <li>{@code emb.weight} (V, E)
 *   <li>{@code rnn.weight_ih_l0} (3H, E), for layers above (3H, H of the layer below); {@code
 *       rnn.weight_hh_l0} (3H, H); {@code rnn.bias_ih_l0}, {@code rnn.bias_hh_l0} (3H)
 *   <li>{@code lin.weight} (V, H of the last layer), {@code lin.bias} (V)
 * </ul>
 *
 * <p>With a shared embedding there is no {@code emb.weight}: an item's vector is its row of {@code
 * lin.weight}, and E is H of the last layer. The pad token then is a class like any other, and is
 * never looked up.
 *
 * <p>The output layer lies in one of two forms. In panels all classes are scored at once: a network
 * that serves, or is trained against the catalogue. In rows some classes are, and only those that
 * were have a gradient: a network that is trained against negatives. The values are the same.
 *
 * <p>The parameters may be changed by whoever trains them; a network that nobody changes any more
 * may be read by any number of threads.
 */
public final class GruNetwork {

  /** How the output layer's parameters lie in memory. */
  public enum Form {
    /** For scoring the catalogue; with dense gradients. */
    PANELS,
    /** For scoring some classes; with the gradients of those alone. */
    ROWS
  }

  /** Bound of the values of {@link #initialise}. */
  public static final float UNIFORM_BOUND = 0.01f;

  private static final int BUFFER = 1 << 14; // values that are copied at a time

  private final int numItems;
  private final Form form;
  private final Parameter embedding; // outputWeight if it is shared
  private final List<GruParameters> layers;
  private final Parameter outputWeight;
  private final Parameter outputBias;

  private GruNetwork(
      int numItems, int numComponents, int[] hiddenSizes, boolean shared, Form form) {
    this(numItems, numComponents, hiddenSizes, shared, form, null);
  }

  private GruNetwork(
      int numItems,
      int numComponents,
      int[] hiddenSizes,
      boolean shared,
      Form form,
      MemorySegment mapped) {
    this.numItems = numItems;
    this.form = form;
    if (numItems == Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "numItems must be below %d: the pad token comes on top".formatted(Integer.MAX_VALUE));
    }
    if (hiddenSizes.length == 0) {
      throw new IllegalArgumentException("hiddenSizes must name at least one layer");
    }
    int classes = numItems + 1;
    int top = hiddenSizes[hiddenSizes.length - 1];
    boolean panels = form == Form.PANELS;
    this.outputWeight =
        panels
            ? Parameter.ofPanels("lin.weight", classes, top)
            : Parameter.ofSparseRows("lin.weight", classes, top);
    this.embedding =
        shared
            ? outputWeight
            : mapped == null
                ? Parameter.ofSparseRows("emb.weight", classes, numComponents)
                : Parameter.ofMappedRows("emb.weight", classes, numComponents, mapped);
    List<GruParameters> layers = new ArrayList<>();
    int inputs = embedding.cols();
    for (int i = 0; i < hiddenSizes.length; i++) {
      layers.add(GruParameters.zeros(i, inputs, hiddenSizes[i]));
      inputs = hiddenSizes[i];
    }
    this.layers = List.copyOf(layers);
    this.outputBias =
        panels
            ? Parameter.ofBias("lin.bias", classes)
            : Parameter.ofSparseBias("lin.bias", classes);
  }

  /**
   * Returns a network of zeros, in panels.
   *
   * @param numItems N, at least 1
   * @param numComponents E, at least 1
   * @param hiddenSize H, at least 1
   * @param numLayers number of GRU layers, at least 1
   * @return a new network
   * @throws IllegalArgumentException if a parameter would not fit into one array
   */
  public static GruNetwork zeros(int numItems, int numComponents, int hiddenSize, int numLayers) {
    return zeros(numItems, numComponents, alike(hiddenSize, numLayers), Form.PANELS);
  }

  /**
   * Returns a network of zeros whose layers may differ in size.
   *
   * @param numItems N, at least 1
   * @param numComponents E, at least 1
   * @param hiddenSizes H of each layer, at least 1
   * @param form of the output layer
   * @return a new network
   * @throws IllegalArgumentException if there is no layer, or a parameter would not fit into one
   *     array
   */
  public static GruNetwork zeros(int numItems, int numComponents, int[] hiddenSizes, Form form) {
    return new GruNetwork(numItems, numComponents, hiddenSizes, false, form);
  }

  /** A network of zeros in panels, but for its embedding, which lies in a mapped file. */
  static GruNetwork mapped(
      int numItems, int numComponents, int[] hiddenSizes, MemorySegment embedding) {
    return new GruNetwork(numItems, numComponents, hiddenSizes, false, Form.PANELS, embedding);
  }

  /**
   * Returns a network of zeros, in panels, whose output layer shares the weights of the embedding.
   *
   * @param numItems N, at least 1
   * @param hiddenSize H, and E too, at least 1
   * @param numLayers number of GRU layers, at least 1
   * @return a new network
   * @throws IllegalArgumentException if a parameter would not fit into one array
   */
  public static GruNetwork sharedZeros(int numItems, int hiddenSize, int numLayers) {
    return sharedZeros(numItems, alike(hiddenSize, numLayers), Form.PANELS);
  }

  /**
   * Returns a network of zeros whose output layer shares the weights of the embedding, and whose
   * layers may differ in size.
   *
   * @param numItems N, at least 1
   * @param hiddenSizes H of each layer, at least 1; that of the last is E too
   * @param form of the output layer
   * @return a new network
   * @throws IllegalArgumentException if there is no layer, or a parameter would not fit into one
   *     array
   */
  public static GruNetwork sharedZeros(int numItems, int[] hiddenSizes, Form form) {
    return new GruNetwork(numItems, 0, hiddenSizes, true, form);
  }

  private static int[] alike(int hiddenSize, int numLayers) {
    int[] sizes = new int[numLayers];
    Arrays.fill(sizes, hiddenSize);
    return sizes;
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
      float bound = glorotBound(gates ? p.rows() / 3 : p.rows(), p.cols());
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
   * Returns the bound of a weight matrix's values in {@link #initialiseGlorot}.
   *
   * @param rows of the matrix
   * @param cols of the matrix
   * @return sqrt(6 / (rows + cols))
   */
  public static float glorotBound(int rows, int cols) {
    return (float) Math.sqrt(6 / ((double) rows + cols));
  }

  /**
   * Returns a copy that shares nothing.
   *
   * @return a new network of the same form with the same values
   */
  public GruNetwork copy() {
    GruNetwork copy = zerosLike(form);
    copy.copyFrom(this);
    return copy;
  }

  /**
   * Returns a network of zeros of the same sizes.
   *
   * @param form of its output layer
   * @return a new network
   */
  public GruNetwork zerosLike(Form form) {
    return new GruNetwork(numItems, embedding.cols(), hiddenSizes(), isShared(), form);
  }

  /**
   * Takes over another network's values.
   *
   * @param other a network of the same sizes, in any form
   */
  public void copyFrom(GruNetwork other) {
    List<Parameter> ours = parameters();
    List<Parameter> theirs = other.parameters();
    float[] buffer = new float[BUFFER];
    for (int i = 0; i < ours.size(); i++) {
      Parameter from = theirs.get(i);
      Parameter to = ours.get(i);
      if (form == other.form) {
        System.arraycopy(from.value(), 0, to.value(), 0, from.value().length);
      } else {
        long count = (long) to.rows() * to.cols();
        for (long done = 0; done < count; done += BUFFER) {
          int n = (int) Math.min(BUFFER, count - done);
          from.read(done, buffer, n);
          to.write(done, buffer, n);
        }
      }
    }
  }

  /**
   * Exchanges all values with another network, so that no third one is needed.
   *
   * @param other a network of the same sizes, in any form
   */
  public void swap(GruNetwork other) {
    List<Parameter> ours = parameters();
    List<Parameter> theirs = other.parameters();
    float[] ofOurs = new float[BUFFER];
    float[] ofTheirs = new float[BUFFER];
    for (int i = 0; i < ours.size(); i++) {
      Parameter a = ours.get(i);
      Parameter b = theirs.get(i);
      long count = (long) a.rows() * a.cols();
      for (long done = 0; done < count; done += BUFFER) {
        int n = (int) Math.min(BUFFER, count - done);
        a.read(done, ofOurs, n);
        b.read(done, ofTheirs, n);
        a.write(done, ofTheirs, n);
        b.write(done, ofOurs, n);
      }
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
   * Returns the number of hidden units of the last layer, which the output layer reads.
   *
   * @return H, at least 1
   */
  public int hiddenSize() {
    return outputWeight.cols();
  }

  /**
   * Returns the number of hidden units of each layer.
   *
   * @return from the embedding up; a new array
   */
  public int[] hiddenSizes() {
    return layers.stream().mapToInt(GruParameters::hidden).toArray();
  }

  /**
   * Returns how the output layer lies in memory.
   *
   * @return the form, which a network keeps
   */
  public Form form() {
    return form;
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
   * @return shape (V, H), in the network's form
   */
  public Parameter outputWeight() {
    return outputWeight;
  }

  /**
   * Returns the biases of the output layer.
   *
   * @return shape (V, 1), in the network's form
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
