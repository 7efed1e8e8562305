package io.gru4j.algorithms;

import java.util.Locale;

/**
 * The options of {@code GRU4RecCrossEntropy} that RecPack's class does not have. With the defaults
 * it is RecPack's, to the bit. Immutable; set through {@link Gru4RecParametersBuilder}.
 *
 * <p>Sources: glorot, Glorot and Bengio 2010, equation 16; shared, Hidasi and Karatzoglou 2018
 * (arXiv:1706.03847), "constrained embedding"; session_parallel, Hidasi et al. 2016
 * (arXiv:1511.06939), section 3.1.1; label smoothing, Szegedy et al. 2016 (arXiv:1512.00567),
 * section 7; weight decay, Loshchilov and Hutter 2019 (arXiv:1711.05101), equation 4 (decoupled);
 * cosine, Loshchilov and Hutter 2017 (arXiv:1608.03983), equation 5 without restarts.
 *
 * @param init first values of the parameters; uniform_0.01, glorot; default uniform_0.01
 * @param embedding whether the output layer has weights of its own; separate, shared; default
 *     separate
 * @param dropoutEmbed dropout of the embedding; [0, 1), or null for {@link
 *     Gru4RecParameters#dropout}; default null
 * @param dropoutHidden dropout of what each GRU layer gives to the next; [0, 1), or null for {@link
 *     Gru4RecParameters#dropout}; default null
 * @param batching how sessions make batches; padded, session_parallel; default padded
 * @param sessionOrder order of the sessions in an epoch; user, time, shuffled; default user
 * @param adagradMomentum share of adagrad's last step that is repeated ({@link
 *     io.gru4j.tensor.optim.Adagrad}); a parameter of its own because RecPack takes {@code
 *     momentum} together with adagrad and ignores it; [0, 1); default 0.0
 * @param labelSmoothing share of the target's probability that is spread evenly over all classes,
 *     the pad token's among them; [0, 1); default 0.0
 * @param weightDecay share of each weight, times the learning rate, that a step takes away, biases
 *     excepted; [0, 1); default 0.0
 * @param learningRateSchedule course of the learning rate; constant, linear, cosine; default
 *     constant
 */
public record Gru4RecOptions(
    Init init,
    Embedding embedding,
    Double dropoutEmbed,
    Double dropoutHidden,
    Batching batching,
    SessionOrder sessionOrder,
    double adagradMomentum,
    double labelSmoothing,
    double weightDecay,
    Schedule learningRateSchedule) {

  /** First values of the parameters. */
  public enum Init {
    /** Every parameter, biases too, uniform in [-0.01, 0.01). */
    UNIFORM,
    /** Each weight matrix uniform in +-sqrt(6 / (rows + columns)), gates apart; biases zero. */
    GLOROT;

    @Override
    public String toString() {
      return this == UNIFORM ? "uniform_0.01" : "glorot";
    }
  }

  /** Which weights the output layer uses. */
  public enum Embedding {
    /** Its own. */
    SEPARATE,
    /** Those of the item embedding, whose width then is the number of hidden units. */
    SHARED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How sessions make batches. */
  public enum Batching {
    /** A batch is some sessions, side by side from their first click to the end of the longest. */
    PADDED,
    /**
     * There are as many lanes as a batch has rows; when a lane's session ends the next one begins
     * in it, with a hidden state of zeros.
     */
    SESSION_PARALLEL;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** In which order an epoch takes the sessions. */
  public enum SessionOrder {
    /** By ascending number of the user. */
    USER,
    /** By the time of the first click, equal times by the number of the user. */
    TIME,
    /** At random, in each epoch another way. */
    SHUFFLED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The course of the learning rate: what it is multiplied by when a share t is done. */
  public enum Schedule {
    /** 1. */
    CONSTANT,
    /** 1 - t. */
    LINEAR,
    /** (1 + cos(pi t)) / 2. */
    COSINE;

    /**
     * Returns the factor of the learning rate.
     *
     * @param done share of the targets of all epochs that were trained on, in [0, 1)
     * @return in (0, 1]
     */
    public double factor(double done) {
      return switch (this) {
        case CONSTANT -> 1;
        case LINEAR -> 1 - done;
        case COSINE -> 0.5 * (1 + StrictMath.cos(StrictMath.PI * done));
      };
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final Gru4RecOptions DEFAULTS =
      new Gru4RecOptions(
          Init.UNIFORM,
          Embedding.SEPARATE,
          null,
          null,
          Batching.PADDED,
          SessionOrder.USER,
          0,
          0,
          0,
          Schedule.CONSTANT);

  /**
   * Checks every value.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public Gru4RecOptions {
    Object[] values = {
      init,
      embedding,
      dropoutEmbed,
      dropoutHidden,
      batching,
      sessionOrder,
      adagradMomentum,
      labelSmoothing,
      weightDecay,
      learningRateSchedule
    };
    for (int i = 0; i < values.length; i++) {
      ParameterSpecs.OPTIONS.get(i).check(values[i]);
    }
  }

  /**
   * Returns the options with which the estimator is RecPack's.
   *
   * @return the defaults
   */
  public static Gru4RecOptions defaults() {
    return DEFAULTS;
  }

  /** The value of one of {@link ParameterSpecs#OPTIONS}. */
  Object value(String name) {
    return switch (name) {
      case "init" -> init.toString();
      case "embedding" -> embedding.toString();
      case "dropout_embed" -> dropoutEmbed;
      case "dropout_hidden" -> dropoutHidden;
      case "batching" -> batching.toString();
      case "session_order" -> sessionOrder.toString();
      case "adagrad_momentum" -> adagradMomentum;
      case "label_smoothing" -> labelSmoothing;
      case "weight_decay" -> weightDecay;
      case "learning_rate_schedule" -> learningRateSchedule.toString();
      default -> unknown(name);
    };
  }

  /** Object, as the switch's type: what else its cases share is Serializable. */
  private static Object unknown(String name) {
    throw new IllegalArgumentException("no parameter has the name " + name);
  }
}
