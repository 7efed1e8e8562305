package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.MOMENTUM;
import static io.gru4j.parameters.GRU4RecParameters.OPTIMIZATION_ALGORITHM;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.events.TrainingEvents;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.OptimizationAlgorithm;
import io.gru4j.progress.TrainingException;
import io.gru4j.progress.TrainingListener;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.RandomStream;
import io.gru4j.tensor.autograd.Parameter;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * One round of a training that several machines share: one pass over some of the sessions of one
 * partition, from given parameters and a given state of the optimizer.
 *
 * <p>Make one, write {@link #arrays} of each of {@link #parameters}, call {@link #run} once, and
 * read them again. The result depends on those arrays, the sessions, the parameters of the
 * estimator and the place alone. Not thread-safe.
 */
public final class Round {
  // Streams of the seed beside those of TrainingSetup and ValidationCriterion.
  private static final int PARTITIONS = 6;
  private static final int ROUNDS = 7; // of a partition's seed

  private static final TrainingListener NO_LISTENER = new TrainingListener() {};

  /**
   * Which round of which partition it is.
   *
   * @param seed of the training
   * @param partition from 0
   * @param round of the training, from 0
   * @param roundsPerEpoch at least 1
   */
  public record Place(long seed, int partition, int round, int roundsPerEpoch) {}

  /**
   * What a round has made.
   *
   * @param targets that it was trained on
   * @param steps of the optimizer
   * @param lossSum over the targets, in nats
   */
  public record Result(long targets, long steps, double lossSum) {}

  private final GRU4RecParameters parameters;
  private final Place place;
  private final GruNetwork network;
  private final TrainingStep step;
  private final BitSet[] touched; // rows of each parameter; null: all
  private final EpochBatches batches; // null: none

  /**
   * Stands before the round, with zeros.
   *
   * @param parameters of the estimator
   * @param share the sessions of the partition, of all rounds; in order of time
   * @param itemClicks clicks of each item in all partitions, for the chances of samples
   * @param place which of the rounds
   * @param parallel runs the work
   */
  public Round(
      GRU4RecParameters parameters,
      InteractionMatrix share,
      int[] itemClicks,
      Place place,
      Parallel parallel) {
    this.parameters = parameters;
    this.place = place;
    TrainingSetup setup = new TrainingSetup(parameters, parallel);
    long ofPartition =
        RandomStream.at(RandomStream.at(place.seed(), PARTITIONS), place.partition());
    long ofRound = RandomStream.at(RandomStream.at(ofPartition, ROUNDS), place.round());
    this.network = setup.zeros(itemClicks.length);
    this.step = setup.step(network, itemClicks, null, ofRound);
    List<Parameter> all = network.parameters();
    this.touched = new BitSet[all.size()];
    // Momentum of sgd moves rows that were not looked up.
    boolean alone =
        parameters.get(OPTIMIZATION_ALGORITHM) != OptimizationAlgorithm.SGD
            || parameters.get(MOMENTUM) == 0;
    for (int i = 0; i < touched.length && alone; i++) {
      touched[i] = all.get(i).isSparse() ? new BitSet() : null;
    }
    InteractionMatrix piece = piece(setup.ordering(share, ofPartition), share);
    this.batches =
        activeSessions(piece) < TrackBatches.fewestTracks(parameters)
            ? null
            : setup.batches(piece, ofRound);
  }

  /** The sessions of this round: the epoch's, in their order, are cut into as many pieces. */
  private InteractionMatrix piece(SessionOrdering ordering, InteractionMatrix share) {
    int rounds = place.roundsPerEpoch();
    int[] users = ordering.users(place.round() / rounds);
    int number = place.round() % rounds;
    int from = (int) ((long) users.length * number / rounds);
    int to = (int) ((long) users.length * (number + 1) / rounds);
    return share.usersIn(Arrays.copyOfRange(users, from, to));
  }

  private static int activeSessions(InteractionMatrix sessions) {
    int count = 0;
    for (int user : sessions.activeUsers()) {
      count += sessions.historyLength(user) > 1 ? 1 : 0;
    }
    return count;
  }

  /**
   * Makes the network that the first round begins with.
   *
   * @param parameters of the estimator
   * @param numItems at least 1
   * @param seed of the training
   * @return the network of a training on one machine before its first step
   */
  public static GruNetwork initial(GRU4RecParameters parameters, int numItems, long seed) {
    try (Parallel one = new Parallel(1)) {
      return new TrainingSetup(parameters, one).initial(numItems, seed);
    }
  }

  /**
   * Makes a network to put values into, to be judged and to serve.
   *
   * @param parameters of the estimator
   * @param numItems at least 1
   * @return a network of zeros, in panels
   */
  public static GruNetwork zeros(GRU4RecParameters parameters, int numItems) {
    try (Parallel one = new Parallel(1)) {
      return new TrainingSetup(parameters, one).zeros(numItems, GruNetwork.Form.PANELS);
    }
  }

  /**
   * Says how many arrays {@link #arrays} returns.
   *
   * @param parameters of the estimator
   * @return 1 for the values, and one for each number that the optimizer keeps of a value
   */
  public static int arrays(GRU4RecParameters parameters) {
    InteractionMatrix none = InteractionMatrix.of(0, 2, new int[0], new int[0], new double[0]);
    try (Parallel one = new Parallel(1)) {
      return new Round(parameters, none, new int[] {1, 1}, new Place(0, 0, 0, 1), one)
          .arrays(0)
          .length;
    }
  }

  /**
   * Returns the parameters of the network.
   *
   * @return in the network's order; not copies
   */
  public List<Parameter> parameters() {
    return network.parameters();
  }

  /**
   * Returns what is given to a round and what it gives back, of one parameter.
   *
   * @param parameter its number in {@link #parameters}
   * @return its values and, for each, the numbers of the optimizer's state, not copies, to be read
   *     and written with {@link Parameter#read(float[], long, float[], int)} and {@link
   *     Parameter#write(float[], long, float[], int)}
   */
  public float[][] arrays(int parameter) {
    float[][] state = step.optimizer().state(parameter);
    float[][] arrays = new float[1 + state.length][];
    arrays[0] = network.parameters().get(parameter).value();
    System.arraycopy(state, 0, arrays, 1, state.length);
    return arrays;
  }

  /**
   * Returns which rows of a parameter the round has changed.
   *
   * @param parameter its number in {@link #parameters}
   * @return the rows; null if it is all of them
   */
  public BitSet touched(int parameter) {
    return touched[parameter];
  }

  /**
   * Trains.
   *
   * @return what was made; of no targets if the partition has no sessions for the round
   * @throws TrainingException if a step's loss is not a number or far too large
   */
  public Result run() {
    if (batches == null) {
      return new Result(0, 0, 0);
    }
    int rounds = Math.multiplyExact(parameters.get(MAX_EPOCHS), place.roundsPerEpoch());
    Trainer trainer =
        new Trainer(
            batches,
            step,
            parameters,
            NO_LISTENER,
            new Touching(),
            TrainingEvents.create(),
            new Trainer.Passes("round", rounds, 0));
    Position position = new Position();
    trainer.run(place.round(), position, () -> {});
    return new Result(position.targets, position.steps, position.lossSum);
  }

  /** Notes the rows that steps change. */
  private final class Touching implements Trainer.Observer {
    private final List<Parameter> all = network.parameters();

    @Override
    public void stepped(TrainingStep step, int round, int width, double loss) {
      for (int i = 0; i < touched.length; i++) {
        if (touched[i] != null) {
          Parameter p = all.get(i);
          for (int k = 0; k < p.touchedRows(); k++) {
            touched[i].set(p.touchedRow(k));
          }
        }
      }
    }
  }
}
