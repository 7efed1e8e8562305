package io.gru4j.model;

import io.gru4j.data.CsrMatrix;
import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.file.OneLine;
import io.gru4j.metrics.NextClickMetrics;
import io.gru4j.metrics.NextClickProtocol;
import io.gru4j.metrics.RankMetrics;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.nn.GruState;
import io.gru4j.tensor.nn.OutputScorer;
import io.gru4j.tensor.nn.TopK;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A trained model: immutable, so any number of threads may use it at once.
 *
 * <p>Training makes it, {@link #save} and {@link #load} write and read its file, and {@link
 * #recommend} answers with it. Item ids are those of the training data.
 *
 * {@snippet class="io.gru4j.JavadocExamplesTest" region="model"}
 */
public final class FittedModel {
  /** Bytes of an embedding from which on {@link #map} leaves it in its file. */
  public static final long LEAST_MAPPED = 64L << 20;

  private final GruNetwork network;
  private final IdMap items;
  private final String algorithm; // null: not known
  private final Map<String, String> parameters;
  private final List<EpochSummary> history;
  private final Long seed;
  private final int[] itemClicks; // null: not known
  private final double[] lastClicks; // NaN where it is not known; null: of no item
  private final Lineage lineage;
  private final OutputScorer scorer; // only copied from, and prepared
  private volatile long fingerprint; // 0 while it is not known
  private volatile long embeddingHash; // of a mapped embedding; 0: not known

  /**
   * Makes a model of which nobody knows what trained it.
   *
   * @param network its parameters, in panels; from now on nobody may change them
   * @param items ids of the network's items
   * @param parameters the estimator's parameters by snake_case name, as text; may be empty
   * @param history one entry for each epoch of training; may be empty
   * @param seed the seed that training used, or null if it is not known
   * @throws IllegalArgumentException if the number of ids is not that of the network's items, or
   *     the network is in rows
   */
  public FittedModel(
      GruNetwork network,
      IdMap items,
      Map<String, String> parameters,
      List<EpochSummary> history,
      Long seed) {
    this(network, items, null, parameters, history, seed);
  }

  /**
   * Makes a model.
   *
   * @param network its parameters, in panels; from now on nobody may change them
   * @param items ids of the network's items
   * @param algorithm what trained it, such as {@code cross_entropy}, or null if it is not known
   * @param parameters the estimator's parameters by snake_case name, as text; may be empty
   * @param history one entry for each epoch of training; may be empty
   * @param seed the seed that training used, or null if it is not known
   * @throws IllegalArgumentException if the number of ids is not that of the network's items, or
   *     the network is in rows
   */
  public FittedModel(
      GruNetwork network,
      IdMap items,
      String algorithm,
      Map<String, String> parameters,
      List<EpochSummary> history,
      Long seed) {
    this(network, items, algorithm, parameters, history, seed, null, null, Lineage.UNKNOWN);
  }

  private FittedModel(
      GruNetwork network,
      IdMap items,
      String algorithm,
      Map<String, String> parameters,
      List<EpochSummary> history,
      Long seed,
      int[] itemClicks,
      double[] lastClicks,
      Lineage lineage) {
    if (items.size() != network.numItems()) {
      throw new IllegalArgumentException(
          "the network has %d items, got %d ids".formatted(network.numItems(), items.size()));
    }
    if (network.form() != GruNetwork.Form.PANELS) {
      throw new IllegalArgumentException("a model serves a network in panels, got one in rows");
    }
    this.network = network;
    this.items = items;
    this.algorithm = algorithm;
    this.parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    this.history = List.copyOf(history);
    this.seed = seed;
    this.itemClicks = itemClicks;
    this.lastClicks = lastClicks;
    this.lineage = lineage;
    this.scorer =
        new OutputScorer(network.outputWeight(), network.outputBias(), network.numItems());
  }

  /**
   * Reads a model file: one of ours, or one with a network's tensors alone, as written by torch and
   * safetensors. The latter's items have the ids 0 to N - 1.
   *
   * @param file the file
   * @return the model
   * @throws ModelFileException if the file is not a model; says why
   * @throws IOException if reading fails
   */
  public static FittedModel load(Path file) throws IOException {
    return ModelFile.load(file, Long.MAX_VALUE);
  }

  /**
   * Reads a model as {@link #load} does, but leaves an embedding that is not shared and has {@link
   * #LEAST_MAPPED} bytes or more in the file, mapped into memory: to serve, only the rows of items
   * that are clicked are read. The model takes less heap by the embedding's size; the answers have
   * the same bits. A smaller embedding is read: heap is cheaper than what follows.
   *
   * <p>The file is checked when it is read, and then must stay as it is. To replace it, rename
   * another file to its name, as this library does: the model goes on with the old one. If the file
   * is cut short instead, a click throws an {@link IllegalStateException}; if it is written over, a
   * click may take in other values.
   *
   * @param file a model file, on a local file system
   * @return the model
   * @throws ModelFileException if the file is not a model that this version can read
   * @throws IOException if it cannot be read
   */
  public static FittedModel map(Path file) throws IOException {
    return map(file, LEAST_MAPPED);
  }

  static FittedModel map(Path file, long leastMapped) throws IOException {
    return ModelFile.load(file, leastMapped);
  }

  /**
   * Writes the model to a file, replacing an old one only when the new one is complete and on disk.
   *
   * @param file the file
   * @throws IOException if writing fails; an old file is then unchanged
   */
  public void save(Path file) throws IOException {
    ModelFile.save(this, file);
  }

  /**
   * Returns the parameters of the network; they must not be changed.
   *
   * @return the network
   */
  public GruNetwork network() {
    return network;
  }

  /**
   * Returns the item ids.
   *
   * @return as many as {@link #numItems}
   */
  public IdMap items() {
    return items;
  }

  /**
   * Returns the number of items.
   *
   * @return at least 1
   */
  public int numItems() {
    return network.numItems();
  }

  /**
   * Returns what trained the model.
   *
   * @return {@code cross_entropy} or {@code neg_sampling}, or another word that the file has; null
   *     if it is not known, as for a file that was not written here
   */
  public String algorithm() {
    return algorithm;
  }

  /**
   * Returns the estimator's parameters by snake_case name.
   *
   * @return unmodifiable; empty for a file that was not written here
   */
  public Map<String, String> parameters() {
    return parameters;
  }

  /**
   * Returns the result of each epoch of training.
   *
   * @return unmodifiable; empty for a file that was not written here
   */
  public List<EpochSummary> history() {
    return history;
  }

  /**
   * Returns the seed that training used.
   *
   * @return the seed, or null if it is not known
   */
  public Long seed() {
    return seed;
  }

  /**
   * Returns how often each item was clicked in training, which tells the most popular ones.
   *
   * @return one number for each item; a copy; null if that is not known
   */
  public int[] itemClicks() {
    return itemClicks == null ? null : itemClicks.clone();
  }

  /**
   * Returns this model with the numbers of clicks.
   *
   * @param clicks how often each item was clicked in training, each at least 0; copied
   * @return a new model with the same network
   * @throws IllegalArgumentException if there is not one number for each item, or one is negative
   */
  public FittedModel withItemClicks(int[] clicks) {
    if (clicks.length != numItems()) {
      throw new IllegalArgumentException(
          "clicks: expected %d numbers, one for each item, got %d"
              .formatted(numItems(), clicks.length));
    }
    for (int item = 0; item < clicks.length; item++) {
      if (clicks[item] < 0) {
        throw new IllegalArgumentException(
            "clicks[%d] must be >= 0, got %d".formatted(item, clicks[item]));
      }
    }
    return with(clicks.clone(), lastClicks, lineage);
  }

  /**
   * Returns when each item was last clicked in training, which tells what has gone out of use.
   *
   * @return one time for each item, in seconds since 1970, or, where the times of the clicks count
   *     anything else, as they were; NaN where it is not known; a copy; null if it is known of none
   */
  public double[] lastClicks() {
    return lastClicks == null ? null : lastClicks.clone();
  }

  /**
   * Returns this model with the times of last clicks.
   *
   * @param times as {@link #lastClicks} returns them; copied
   * @return a new model with the same network
   * @throws IllegalArgumentException if there is not one number for each item, or one is infinite
   */
  public FittedModel withLastClicks(double[] times) {
    if (times.length != numItems()) {
      throw new IllegalArgumentException(
          "last clicks: expected %d times, one for each item, got %d"
              .formatted(numItems(), times.length));
    }
    for (int item = 0; item < times.length; item++) {
      if (Double.isInfinite(times[item])) {
        throw new IllegalArgumentException(
            "the last click of item %d must be a number, got %s".formatted(item, times[item]));
      }
    }
    return with(itemClicks, times.clone(), lineage);
  }

  /**
   * Returns how the model came to be. The last training names the model that it started from, the
   * parent, whose {@link #fingerprint} is what the tokens of its sessions carry.
   *
   * @return the trainings behind it; {@link Lineage#UNKNOWN} for a file that does not say
   */
  public Lineage lineage() {
    return lineage;
  }

  /**
   * Returns this model with a lineage.
   *
   * @param lineage how it came to be
   * @return a new model with the same network
   */
  public FittedModel withLineage(Lineage lineage) {
    return with(itemClicks, lastClicks, lineage);
  }

  private FittedModel with(int[] itemClicks, double[] lastClicks, Lineage lineage) {
    FittedModel model =
        new FittedModel(
            network, items, algorithm, parameters, history, seed, itemClicks, lastClicks, lineage);
    model.noteEmbeddingHash(embeddingHash);
    return model;
  }

  /**
   * Returns a number that tells the model from others by every bit of its parameters and ids; the
   * same for a model and its file. It guards against mistakes, not against forgers. The first call
   * reads all parameters.
   *
   * @return any number but 0
   */
  public long fingerprint() {
    long known = fingerprint;
    if (known == 0) {
      known = ModelFingerprint.of(this, embeddingHash);
      known = known == 0 ? 1 : known;
      fingerprint = known;
    }
    return known;
  }

  /** Notes what the fingerprint takes of the embedding, so that it is not read for it again. */
  void noteEmbeddingHash(long hash) {
    embeddingHash = hash;
  }

  /**
   * Computes the sum of the file that {@link #save} writes, without writing it: what {@code
   * sha256sum} says of that file. It reads the whole model twice.
   *
   * @return SHA-256, 64 lower-case hexadecimal digits
   */
  public String sha256() {
    return ModelFile.sha256(this);
  }

  /**
   * Returns a scorer of the network's output layer, for one thread. All scorers of a model share
   * what can be shared: biases, and the coarse copy of the weights.
   *
   * @return a new scorer
   */
  public OutputScorer scorer() {
    return scorer.copy();
  }

  /**
   * Returns the items likeliest to come next.
   *
   * @param session ids of the items clicked so far, the oldest first
   * @param k how many to return, at least 1
   * @param unknown what to do with ids that are not in {@link #items}
   * @return at most {@code k} items, best first, none if no item of the session is known; of equal
   *     scores the item with the lower number comes first. Beside them the ids that were left out
   * @throws IllegalArgumentException if {@code k} is below 1, or an id is unknown and {@code
   *     unknown} is {@link UnknownItems#FAIL}
   */
  public Recommendations recommend(List<String> session, int k, UnknownItems unknown) {
    TopK top = new TopK(Math.min(k, numItems()));
    GruState state = new GruState(network.embedding(), network.layers(), 1);
    int[] item = new int[1];
    List<String> left = new ArrayList<>();
    for (String id : session) {
      item[0] = items.indexOf(id);
      if (item[0] >= 0) {
        state.advance(item, 1);
      } else if (unknown == UnknownItems.FAIL) {
        throw new IllegalArgumentException("the model does not know item " + OneLine.quoted(id));
      } else {
        left.add(id);
      }
    }
    List<Recommendation> result = new ArrayList<>();
    if (left.size() < session.size()) {
      scorer.copy().top(state.top(), 0, 1, new TopK[] {top});
      for (int i = 0; i < top.size(); i++) {
        result.add(new Recommendation(items.idOf(top.classAt(i)), top.scoreAt(i)));
      }
    }
    return new Recommendations(result, left);
  }

  /**
   * Says why items have their scores after a session.
   *
   * @param session ids of the items clicked so far, the oldest first; those that the model does not
   *     know are left out
   * @param targets ids of the items to explain
   * @return one for each target, in that order; the score is {@link #recommend}'s, to the bit
   * @throws IllegalArgumentException if the model knows no item of the session, or not a target
   */
  public List<Explanation> explain(List<String> session, List<String> targets) {
    int[] numbers = new int[targets.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = items.indexOf(targets.get(i));
      if (numbers[i] < 0) {
        throw new IllegalArgumentException(
            "the model does not know item " + OneLine.quoted(targets.get(i)));
      }
    }
    Explainer explainer = explainer(session);
    return targets.isEmpty() ? List.of() : explainer.explain(numbers, items);
  }

  /**
   * Recommends, and says why.
   *
   * @param session ids of the items clicked so far, the oldest first; those that the model does not
   *     know are left out
   * @param k how many to return, at least 1
   * @return the items of {@link #recommend}, in its order
   * @throws IllegalArgumentException if {@code k} is below 1, or the model knows no item of the
   *     session
   */
  public List<Explanation> explain(List<String> session, int k) {
    Explainer explainer = explainer(session);
    return explainer.explain(explainer.top(k), items);
  }

  /**
   * Says what the gates of the network do in a session.
   *
   * @param session ids of the items clicked, the oldest first; those that the model does not know
   *     are left out
   * @return the gates and states of each layer after each click
   * @throws IllegalArgumentException if the model knows no item of the session
   */
  public Trace trace(List<String> session) {
    return explainer(session).trace(items);
  }

  private Explainer explainer(List<String> session) {
    int[] clicks = session.stream().mapToInt(items::indexOf).filter(item -> item >= 0).toArray();
    if (clicks.length == 0) {
      throw new IllegalArgumentException("the model knows no item of the session");
    }
    return new Explainer(network, scorer.copy(), clicks);
  }

  /**
   * Ranks the next click after every prefix of every session over the whole catalogue. Ties count
   * against the model.
   *
   * @param sessions users are sessions, items have the model's numbers
   * @param parallel runs the work; the result does not depend on it
   * @param cutoffs values of k for {@code recall@k} and so on, each at least 1
   * @return metrics over all clicks but each session's first
   * @throws IllegalArgumentException if the number of items is not the model's
   */
  public RankMetrics evaluate(InteractionMatrix sessions, Parallel parallel, int... cutoffs) {
    return evaluateRanks(sessions, NextClickProtocol.at(cutoffs), parallel);
  }

  RankMetrics evaluateRanks(
      InteractionMatrix sessions, NextClickProtocol protocol, Parallel parallel) {
    return evaluate(sessions, protocol, parallel, false).ranks();
  }

  /**
   * Ranks the next click after every prefix of every session over the whole catalogue, and looks at
   * what is recommended there.
   *
   * @param sessions users are sessions, items have the model's numbers
   * @param protocol how the model is judged
   * @param parallel runs the work; the result does not depend on it
   * @return metrics over all clicks but each session's first; the popularity is NaN if {@link
   *     #itemClicks} is not known
   * @throws IllegalArgumentException if the number of items is not the model's
   */
  public NextClickMetrics evaluate(
      InteractionMatrix sessions, NextClickProtocol protocol, Parallel parallel) {
    return evaluate(sessions, protocol, parallel, true);
  }

  private NextClickMetrics evaluate(
      InteractionMatrix sessions, NextClickProtocol protocol, Parallel parallel, boolean lists) {
    checkItems(sessions);
    int[] users =
        IntStream.of(sessions.activeUsers()).filter(u -> sessions.historyLength(u) > 1).toArray();
    List<NextClickMetrics> parts = Collections.synchronizedList(new ArrayList<>());
    new SessionRunner(network, scorer, sessions, users)
        .run(
            parallel,
            () -> {
              NextClickMetrics part = NextClickMetrics.empty(protocol, numItems(), itemClicks);
              parts.add(part);
              return new NextClickVisitor(sessions, protocol, part, lists);
            });
    NextClickMetrics all = NextClickMetrics.empty(protocol, numItems(), itemClicks);
    for (NextClickMetrics part : parts) {
      all = all.merge(part); // whole numbers: the same in any order
    }
    return all;
  }

  /**
   * Returns the bytes that {@link #predict} takes beside its result.
   *
   * @param E embedding components
   * @param hiddenSizes hidden units of each GRU layer
   * @param histories the sessions
   * @param stored scores that it keeps of each
   * @param threads threads that work
   * @return the bytes, also of buffers that are too long to be made
   */
  public static double predictBytes(
      int E, int[] hiddenSizes, InteractionMatrix histories, int stored, int threads) {
    int items = histories.numItems();
    return SessionRunner.bytes(E, hiddenSizes, histories, threads)
        + OutputScorer.sharedBytes(items)
        + threads * PredictVisitor.bytes(stored, items);
  }

  /**
   * Scores the next click of every user from the whole history.
   *
   * @param histories users x items, with timestamps
   * @param topK store only this many scores a user, the largest; null for all
   * @param parallel runs the work; the result does not depend on it
   * @return users x items; rows of users without history are empty
   * @throws IllegalArgumentException if the number of items is not the model's
   */
  public CsrMatrix predict(InteractionMatrix histories, Integer topK, Parallel parallel) {
    checkItems(histories);
    int[][] items = new int[histories.numUsers()][];
    float[][] scores = new float[histories.numUsers()][];
    int stored = topK == null ? numItems() : Math.min(topK, numItems());
    new SessionRunner(network, scorer, histories, histories.activeUsers())
        .run(parallel, () -> new PredictVisitor(stored, numItems(), items, scores));
    long entries = 0;
    for (int[] row : items) {
      entries += row == null ? 0 : row.length;
    }
    CsrMatrix.Builder builder = CsrMatrix.builder(histories.numUsers(), numItems(), entries);
    for (int user = 0; user < histories.numUsers(); user++) {
      if (scores[user] != null) {
        builder.row(items[user], scores[user]);
      } else {
        builder.emptyRow();
      }
    }
    return builder.build();
  }

  private void checkItems(InteractionMatrix x) {
    if (x.numItems() != numItems()) {
      throw new IllegalArgumentException(
          "the model knows %d items, got a matrix of %d".formatted(numItems(), x.numItems()));
    }
  }
}
