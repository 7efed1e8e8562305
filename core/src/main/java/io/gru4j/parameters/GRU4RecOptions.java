package io.gru4j.parameters;

import static io.gru4j.parameters.ParameterSpec.choice;
import static io.gru4j.parameters.ParameterSpec.fraction;
import static io.gru4j.parameters.ParameterSpec.fractionOrNone;
import static io.gru4j.parameters.ParameterSpec.integer;
import static io.gru4j.parameters.ParameterSpec.notNegative;
import static io.gru4j.parameters.ParameterSpec.positive;
import static io.gru4j.parameters.ParameterSpec.sizesOrNone;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * What {@code GRU4RecCrossEntropy} and {@code GRU4RecNegSampling} can do and RecPack's cannot. With
 * the defaults they are RecPack's, to the bit. The values are set and read like those of {@link
 * GRU4RecParameters}.
 *
 * <p>Sources: glorot, Glorot and Bengio 2010, equation 16; shared, Hidasi and Karatzoglou 2018
 * (arXiv:1706.03847), "constrained embedding"; session_parallel, Hidasi et al. 2016
 * (arXiv:1511.06939), section 3.1.1; label smoothing, Szegedy et al. 2016 (arXiv:1512.00567),
 * section 7; weight decay, Loshchilov and Hutter 2019 (arXiv:1711.05101), equation 4 (decoupled);
 * cosine, Loshchilov and Hutter 2017 (arXiv:1608.03983), equation 5 without restarts; shared
 * negatives, sample_alpha, bpreg and elu, Hidasi and Karatzoglou 2018; logq, Jean et al. 2015
 * (arXiv:1412.2007), section 3.
 */
public final class GRU4RecOptions {
  /** Filled by the declarations below, in their order. */
  private static final List<ParameterSpec<?>> ALL = new ArrayList<>();

  /** First values of the parameters. */
  public static final ParameterSpec<Init> INIT =
      option(
          choice(
              "init",
              Init.UNIFORM,
              "first values of the parameters: all uniform in +-0.01, or each weight matrix"
                  + " uniform in +-sqrt(6 / (rows + columns)), gates apart, biases zero"));

  /** Whose weights the output layer has. */
  public static final ParameterSpec<Embedding> EMBEDDING =
      option(
          choice(
              "embedding",
              Embedding.SEPARATE,
              "whether the output layer has weights of its own or shares those of the embedding,"
                  + " which then is hidden_size wide"));

  /** The hidden units of layers that differ. */
  public static final ParameterSpec<LayerSizes> HIDDEN_SIZES =
      option(
          sizesOrNone(
              "hidden_sizes",
              "hidden units of each GRU layer, from the embedding up, such as 100,50 (100+50 in"
                  + " a list of values); None for num_layers of hidden_size"));

  /** Dropout of the embedding. */
  public static final ParameterSpec<Double> DROPOUT_EMBED =
      option(fractionOrNone("dropout_embed", "dropout of the embedding; None for dropout"));

  /** Dropout behind each GRU layer. */
  public static final ParameterSpec<Double> DROPOUT_HIDDEN =
      option(
          fractionOrNone(
              "dropout_hidden",
              "dropout of what each GRU layer gives to the next; None for dropout"));

  /** How sessions make batches. */
  public static final ParameterSpec<Batching> BATCHING =
      option(
          choice(
              "batching",
              Batching.PADDED,
              "whether a batch is batch_size sessions to their ends, or batch_size tracks, each of"
                  + " which takes the next session when one ends"));

  /** In which order an epoch takes the sessions. */
  public static final ParameterSpec<SessionOrder> SESSION_ORDER =
      option(
          choice(
              "session_order",
              SessionOrder.USER,
              "order of the sessions in an epoch: by their number, by their first click, or"
                  + " shuffled anew for each epoch"));

  /**
   * Momentum of adagrad. It is a parameter of its own because RecPack takes {@code momentum}
   * together with adagrad and ignores it.
   */
  public static final ParameterSpec<Double> ADAGRAD_MOMENTUM =
      option(
          fraction(
              "adagrad_momentum",
              0,
              "share of adagrad's last step that is repeated, for adagrad only"));

  /** Label smoothing. */
  public static final ParameterSpec<Double> LABEL_SMOOTHING =
      option(
          fraction(
              "label_smoothing",
              0,
              "share of the target's probability that is spread over all classes"));

  /** Weight decay. */
  public static final ParameterSpec<Double> WEIGHT_DECAY =
      option(
          fraction(
              "weight_decay",
              0,
              "share of each weight, times learning rate, that a step takes away; biases, and"
                  + " embeddings that are not looked up, keep theirs"));

  /** The course of the learning rate. */
  public static final ParameterSpec<Schedule> LEARNING_RATE_SCHEDULE =
      option(
          choice(
              "learning_rate_schedule",
              Schedule.CONSTANT,
              "course of the learning rate over max_epochs: constant, or down to 0 in a line or in"
                  + " half a cosine"));

  /**
   * Which classes a target is scored against: by default the catalogue for {@code
   * GRU4RecCrossEntropy}, {@link Negatives#OWN} for {@code GRU4RecNegSampling}.
   */
  public static final ParameterSpec<Negatives> NEGATIVES =
      option(
          choice(
              "negatives",
              Negatives.CATALOGUE,
              "what a target is scored against: the whole catalogue, num_negatives items of its"
                  + " own, or the other targets of the step and num_samples items that all targets"
                  + " of the step share"));

  /** Samples that the targets of a step share. */
  public static final ParameterSpec<Integer> NUM_SAMPLES =
      option(
          integer(
              "num_samples",
              2048,
              0,
              1 << 20,
              "items drawn for each step, for shared negatives; 0 for the other targets alone"));

  /** How popularity counts in drawing shared samples. */
  public static final ParameterSpec<Double> SAMPLE_ALPHA =
      option(
          notNegative(
              "sample_alpha",
              0.5,
              "power of an item's clicks that its chance of being a shared sample is proportional"
                  + " to: 0 for equal chances, 1 for popularity"));

  /** Correction of the cross-entropy for how often an item is a negative. */
  public static final ParameterSpec<Double> LOGQ =
      option(
          notNegative(
              "logq",
              0,
              "share of the logarithm of an item's chance to be a column that cross-entropy over"
                  + " shared negatives takes off its score"));

  /** Weight of the scores' regularisation in bpr-max. */
  public static final ParameterSpec<Double> BPREG =
      option(
          notNegative(
              "bpreg", 1.0, "weight of the negatives' squared scores in bpr-max over shared ones"));

  /** The exponential linear unit on scores. */
  public static final ParameterSpec<Double> ELU =
      option(
          notNegative(
              "elu",
              0.0,
              "negative scores s become elu * (exp(s) - 1) in bpr-max over shared negatives; 0 for"
                  + " none"));

  /** What keeps adagrad's divisor from 0. */
  public static final ParameterSpec<Double> ADAGRAD_EPSILON =
      option(positive("adagrad_epsilon", 1e-10, "what keeps adagrad's divisor above 0"));

  /** Where that stands. */
  public static final ParameterSpec<EpsilonPlace> ADAGRAD_EPSILON_PLACE =
      option(
          choice(
              "adagrad_epsilon_place",
              EpsilonPlace.OUTSIDE,
              "whether adagrad_epsilon is added to the root of the sum of squares, or inside it"));

  private GRU4RecOptions() {}

  private static <T> ParameterSpec<T> option(ParameterSpec<T> declared) {
    ALL.add(declared);
    return declared;
  }

  /**
   * Returns what each option is.
   *
   * @return all of them, in the order of their declarations; unmodifiable
   */
  public static List<ParameterSpec<?>> all() {
    return Collections.unmodifiableList(ALL);
  }

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

  /** Which classes a target is scored against. */
  public enum Negatives {
    /** All items. */
    CATALOGUE,
    /** Items drawn for each target on its own. */
    OWN,
    /** The other targets of the step, and items drawn once for all of them. */
    SHARED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Where adagrad's epsilon stands. */
  public enum EpsilonPlace {
    /** {@code g / (sqrt(s) + epsilon)}, as in torch. */
    OUTSIDE,
    /** {@code g / sqrt(s + epsilon)}, as in the official GRU4Rec. */
    INSIDE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whose weights the output layer has. */
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
     * There are as many tracks as a batch has rows; when a track's session ends the next one begins
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
}
