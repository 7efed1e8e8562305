package io.gru4j.algorithms;

import static io.gru4j.parameters.GRU4RecOptions.NEGATIVES;
import static io.gru4j.parameters.GRU4RecParameters.KEEP_LAST;
import static io.gru4j.parameters.GRU4RecParameters.PREDICT_TOP_K;
import static io.gru4j.parameters.GRU4RecParameters.SAVE_BEST_TO_FILE;
import static io.gru4j.parameters.GRU4RecParameters.STOPPING_CRITERION;

import io.gru4j.data.CsrMatrix;
import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.Validation;
import io.gru4j.metrics.Criterion;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecOptions.Negatives;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.ParameterSpec;
import io.gru4j.progress.TrainingException;
import io.gru4j.progress.TrainingListener;
import io.gru4j.progress.TrainingStoppedException;
import io.gru4j.training.Checkpoints;
import io.gru4j.training.Trainer;
import io.gru4j.training.Training;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What the GRU4Rec estimators have in common: item embedding, GRU and a score for each item (Hidasi
 * et al. 2016, arXiv:1511.06939), with the parameters and the arithmetic of RecPack's classes of
 * the same names. They differ in the loss, which their {@linkplain #parameters parameters} say. A
 * user of the matrix is a session: its items in order of time.
 *
 * <p>{@link #fit} trains, {@link #predict} scores the next item of every user, {@link #model} hands
 * out the trained model, which is immutable and fit for serving. Every fit starts from the seed and
 * from a clean criterion: the same data, parameters and seed give the same bits, on any number of
 * threads.
 *
 * <p>Not thread-safe: a fit, predict or score beside another on the same object is refused. {@link
 * #close} ends the worker threads; those of an estimator that nobody closed are daemons, and end
 * after it has become unreachable.
 *
 * @param <E> the estimator
 */
public abstract sealed class GRU4Rec<E extends GRU4Rec<E>> implements Estimator
    permits GRU4RecCrossEntropy, GRU4RecNegSampling {
  /** The name of the file that {@link #checkpoint} lets fits write. */
  public static final String CHECKPOINT_FILE = Checkpoints.FILE;

  /** The name of the checkpoint before that one. */
  public static final String CHECKPOINT_BEFORE_FILE = Checkpoints.BEFORE_FILE;

  private static final TrainingListener NO_LISTENER = new TrainingListener() {};

  private GRU4RecParameters parameters;
  private TrainingListener listener = NO_LISTENER;
  private Trainer.Observer observer = Training.NO_OBSERVER;
  private final WorkerThreads workers = new WorkerThreads();
  private Learned learned = Learned.NOTHING;
  private MetadataRequest fitRequest = MetadataRequest.NONE;
  private Checkpoints checkpoints; // null: none
  private Long drawnSeed; // null: that of the parameters
  private boolean keepsState;
  private Training kept; // the last one, if its optimizer's state is kept
  private volatile boolean stopRequested;

  /**
   * Creates an estimator.
   *
   * @param algorithm which one
   * @param parameters its parameters
   * @throws IllegalArgumentException if they are the other estimator's
   */
  GRU4Rec(Algorithm algorithm, GRU4RecParameters parameters) {
    if (parameters.algorithm() != algorithm) {
      throw new IllegalArgumentException(
          "%s got the parameters of %s: make them with GRU4RecParameters.builder(Algorithm.%s)"
              .formatted(
                  algorithm.estimator(), parameters.algorithm().estimator(), algorithm.name()));
    }
    this.parameters = parameters;
  }

  /**
   * Creates the estimator that parameters are for.
   *
   * @param parameters its parameters
   * @return a new estimator
   */
  public static GRU4Rec<?> of(GRU4RecParameters parameters) {
    return switch (parameters.algorithm()) {
      case CROSS_ENTROPY -> new GRU4RecCrossEntropy(parameters);
      case NEG_SAMPLING -> new GRU4RecNegSampling(parameters);
    };
  }

  /**
   * Loads a model with the estimator that trained it.
   *
   * @param file a model file; one that does not say what trained it is taken for {@code
   *     GRU4RecCrossEntropy}'s
   * @return a new estimator with the model and its parameters
   * @throws IOException if the file is not a model or cannot be read
   */
  public static GRU4Rec<?> ofFile(Path file) throws IOException {
    Learned loaded = Learned.load(file);
    GRU4Rec<?> estimator = of(GRU4RecParameters.defaults(loaded.algorithm(file)));
    estimator.parameters = loaded.parameters(estimator.parameters, file);
    estimator.learned = loaded;
    return estimator;
  }

  /**
   * Names the files that {@link #saveWithState} writes beside a model.
   *
   * @param model the model's file
   * @return that of the newest state, and that of the one before, which a crash may leave
   */
  public static List<Path> stateFiles(Path model) {
    return Update.stateFiles(model);
  }

  /** This. */
  abstract E self();

  /** A new estimator of the same kind. */
  abstract E with(GRU4RecParameters parameters);

  /**
   * Sets the number of threads that work, the caller's included. Results do not depend on it. By
   * default as many as there are processors.
   *
   * @param threads at least 1
   * @return this
   * @throws IllegalArgumentException if {@code threads} is below 1
   */
  public E threads(int threads) {
    workers.setNumber(threads);
    return self();
  }

  /**
   * Sets the listener that is told how training proceeds.
   *
   * @param listener called on the thread that calls {@link #fit}
   * @return this
   */
  public E listener(TrainingListener listener) {
    this.listener = listener;
    return self();
  }

  /**
   * Lets fits write a checkpoint after every epoch, and within one whenever an interval has passed:
   * the file {@link #CHECKPOINT_FILE}, replaced as a whole; the one before becomes {@link
   * #CHECKPOINT_BEFORE_FILE}, so the folder needs room for three while one is written. {@link
   * #resume} goes on from the newest that is sound; a new {@link #fit} writes over them. Nothing
   * deletes them. One that cannot be written is a warning ({@link TrainingListener#onWarning}), and
   * the next is tried. Copies of this estimator write none.
   *
   * @param folder an existing folder, for this fit alone; null for no checkpoints, as it is at
   *     first
   * @param interval above 0
   * @return this
   * @throws IllegalArgumentException if the interval is not above 0
   */
  public E checkpoint(Path folder, Duration interval) {
    checkpoints = folder == null ? null : new Checkpoints(folder, interval);
    return self();
  }

  /**
   * Uses a seed that an earlier fit has drawn, because its parameters had none, so that fits repeat
   * that one to the byte.
   *
   * @param seed the seed of that fit's model; null for that of the parameters, as it is at first
   * @return this
   */
  public E drawnSeed(Long seed) {
    drawnSeed = seed;
    return self();
  }

  /**
   * Returns the parameters.
   *
   * @return those given, or those of the file that was loaded
   */
  public GRU4RecParameters parameters() {
    return parameters;
  }

  /** {@inheritDoc} This one holds no other, so {@code deep} makes no difference. */
  @Override
  public Map<String, Object> getParams(boolean deep) {
    return parameters.getParams();
  }

  /**
   * {@inheritDoc} They count from the next fit on, {@code predict_topK} at once. A trained model
   * stays.
   */
  @Override
  public E setParams(Map<String, ?> params) {
    parameters = parameters.withParams(params);
    return self();
  }

  @Override
  public Criterion stoppingCriterion() {
    return parameters.get(STOPPING_CRITERION);
  }

  /** {@inheritDoc} A fit that is called directly takes it in any case. */
  @Override
  public E setFitRequest(MetadataRequest validationData) {
    if (!validationData.equals(MetadataRequest.UNCHANGED)) {
      fitRequest = validationData;
    }
    return self();
  }

  /**
   * Leaves the request as it is, as {@link #setFitRequest(MetadataRequest)} with {@link
   * MetadataRequest#UNCHANGED} does.
   *
   * @return this
   */
  public E setFitRequest() {
    return setFitRequest(MetadataRequest.UNCHANGED);
  }

  @Override
  public MetadataRequest getMetadataRouting() {
    return fitRequest;
  }

  /** {@inheritDoc} Those are the parameters, threads, listener and request. */
  @Override
  public E copy() {
    return with(parameters).threads(workers.number()).listener(listener).setFitRequest(fitRequest);
  }

  @Override
  public E fitRouted(InteractionMatrix x, IdMap items, Map<String, Validation> metadata) {
    return fit(x, items, fitRequest.route(metadata));
  }

  /**
   * Trains on a matrix whose items have no ids of their own: their numbers serve as ids.
   *
   * @param x users x items, with timestamps
   * @param validation what the criterion is computed on after each epoch; null for none
   * @return this
   */
  public E fit(InteractionMatrix x, Validation validation) {
    return fit(x, IdMap.ofNumbers(x.numItems()), validation);
  }

  /**
   * Trains.
   *
   * <p>With validation data the criterion is computed after each epoch, and the parameters of the
   * best epoch are kept, unless {@code keep_last}; without, those of the last epoch. The listener
   * is warned of parameters that have no effect ({@link GRU4RecParameters#withoutEffect}), and may
   * end training early, see {@link TrainingListener#isCancelled}.
   *
   * @param x users x items, with timestamps; at least one user with two items
   * @throws IllegalStateException if the estimator is at work already
   * @throws IllegalArgumentException if a matrix has no timestamps, no data or another shape than
   *     {@code x}; the message names it, or parameters contradict each other ({@link
   *     GRU4RecParameters#requireConsistent}), or the heap cannot hold what training needs, or
   *     there is one item and the loss needs another
   * @throws TrainingException if the loss or a parameter becomes infinite or NaN or the loss far
   *     too large, or the criterion is never a number; the best model so far, if there is one, is
   *     kept
   * @throws TrainingStoppedException after {@link #stop} or an interrupt of this thread, which
   *     stays set; the best model so far, if there is one, is kept
   * @throws java.io.UncheckedIOException if {@code save_best_to_file} fails; the model is kept
   */
  @Override
  public E fit(InteractionMatrix x, IdMap items, Validation validation) {
    return workers.alone(() -> run(training(x, items, validation).start()));
  }

  /**
   * Goes on from a model with new sessions: known items keep their rows, new ones are appended and
   * begin at the mean of their neighbours. {@link Update} says more than that.
   *
   * @param start the model, which stays as it is; its network has the sizes of the parameters
   * @param x users x items, with timestamps
   * @param items ids of those items, known and new
   * @param validation of the same shape as {@code x}; null for none
   * @return this
   * @throws IllegalArgumentException if the start is another estimator's or its network has other
   *     sizes, and as {@link #fit(InteractionMatrix, IdMap, Validation)} throws it
   * @throws IOException never, for no state is read
   */
  public E fit(FittedModel start, InteractionMatrix x, IdMap items, Validation validation)
      throws IOException {
    return fit(Update.of(start).with(x, items, validation));
  }

  /**
   * Goes on from a model. The same start, data, parameters and seed give the same bits. The
   * listener is told of the data's warnings.
   *
   * @param data of {@link Update#with}
   * @return this
   * @throws IllegalArgumentException as the other throws it
   * @throws IOException if the kept state cannot be read
   */
  public E fit(Update.Data data) throws IOException {
    return workers.alone(() -> run(training(data).goOn()));
  }

  /**
   * Continues the update that wrote the checkpoint, as {@link #resume(InteractionMatrix, IdMap,
   * Validation)} does.
   *
   * @param data of {@link Update#with}, as that update had it
   * @return this
   * @throws IllegalArgumentException as the other throws it
   * @throws IOException if there is no checkpoint, or it or the kept state cannot be read
   */
  public E resume(Update.Data data) throws IOException {
    if (checkpoints == null) {
      throw new IllegalStateException("resume needs the folder of a checkpoint: set it first");
    }
    return workers.alone(() -> run(training(data).resume()));
  }

  private Training training(Update.Data data) {
    Architecture.requireSame(data.training().model(), parameters);
    data.warnings().forEach(listener::onWarning);
    return training(data.x(), data.items(), data.validation()).from(data.training().start());
  }

  /** As {@link #fit}, from given initial parameters, which are changed. */
  E fit(InteractionMatrix x, IdMap items, Validation validation, long seed, GruNetwork network) {
    return workers.alone(() -> run(training(x, items, validation).start(seed, network)));
  }

  /** Shows the steps of fits to an observer, for tests. */
  E observer(Trainer.Observer observer) {
    this.observer = observer;
    return self();
  }

  /**
   * Continues the fit that wrote the checkpoint in the folder of {@link #checkpoint}. The result
   * has the bits of a fit that was not interrupted. For a fit that had ended it returns its model
   * again.
   *
   * @param x what that fit was called with
   * @param items what that fit was called with
   * @param validation what that fit was called with
   * @return this
   * @throws IllegalStateException if no folder is set, or the estimator is at work already
   * @throws IllegalArgumentException if data or parameters are not those of that fit; the message
   *     names the first that differs. Also as {@link #fit} throws it
   * @throws IOException if there is no checkpoint, or it cannot be read
   * @throws TrainingException as {@link #fit} throws it
   */
  public E resume(InteractionMatrix x, IdMap items, Validation validation) throws IOException {
    if (checkpoints == null) {
      throw new IllegalStateException("resume needs the folder of a checkpoint: set it first");
    }
    return workers.alone(() -> run(training(x, items, validation).resume()));
  }

  private Training training(InteractionMatrix x, IdMap items, Validation validation) {
    parameters.requireConsistent();
    DataChecks.check(x, items, validation);
    DataChecks.requireTargets("X", x);
    if (parameters.get(NEGATIVES) != Negatives.CATALOGUE) {
      DataChecks.requireNegatives(name(), items);
    }
    parameters.withoutEffect().forEach(listener::onWarning);
    return new Training(x, items, validation, parameters, listener, workers.parallel())
        .observer(observer)
        .drawnSeed(drawnSeed)
        .checkpoints(checkpoints);
  }

  private E run(Training training) {
    learned = Learned.NOTHING;
    kept = keepsState ? training : null;
    try {
      training.run(() -> stopRequested);
    } finally {
      stopRequested = false;
      learned = Learned.by(training);
    }
    if (parameters.get(SAVE_BEST_TO_FILE)) {
      try {
        save();
      } catch (IOException e) {
        throw new UncheckedIOException("save_best_to_file: " + e.getMessage(), e);
      }
    }
    return self();
  }

  /**
   * Asks a running fit to stop: it finishes the step, writes a checkpoint if {@link #checkpoint}
   * says so, and throws {@link TrainingStoppedException}. Interrupting the thread that trains does
   * the same. Where no fit runs, the next one stops before its first step.
   *
   * <p>May be called from any thread.
   */
  public void stop() {
    stopRequested = true;
  }

  @Override
  public FittedModel model() {
    return learned.model();
  }

  /**
   * Scores the next item of every user from the whole history. Logs a warning if a user with
   * history got nothing, which happens where a loaded model's numbers are not finite.
   *
   * @param x users x items, with timestamps; the number of items is that of the training data
   * @return users x items, of each user the scores of all items, or with {@code predict_topK} = K
   *     the K largest; rows of users without history are empty
   * @throws IllegalStateException if nothing was fitted or loaded
   * @throws IllegalArgumentException if {@code x} has no timestamps or another number of items
   */
  @Override
  public CsrMatrix predict(InteractionMatrix x) {
    return predictTop(x, parameters.get(PREDICT_TOP_K));
  }

  @Override
  public CsrMatrix predict(InteractionMatrix x, int most) {
    Integer topK = parameters.get(PREDICT_TOP_K);
    return predictTop(x, topK == null ? most : Math.min(topK, most));
  }

  private CsrMatrix predictTop(InteractionMatrix x, Integer topK) {
    learned.checkHistories("X", x);
    return workers.alone(() -> learned.predict(x, topK, workers.parallel()));
  }

  /**
   * {@inheritDoc} Without {@code validation_sample_size} and {@code keep_last} it is the best value
   * of the fit.
   *
   * @throws IllegalArgumentException if a matrix has another number of items, or nothing is
   *     expected
   */
  @Override
  public double score(Validation validation) {
    learned.checkHistories("validation in", validation.in());
    return workers.alone(() -> learned.score(validation, parameters, workers.parallel()));
  }

  /**
   * Returns the name that {@link #save()} gives the model's file: the estimator's name, {@code
   * _loss_}, the best value of the criterion as Python prints a number, and the extension.
   *
   * @return such as {@code GRU4RecCrossEntropy_loss_0.5116.safetensors}; {@code None} in place of
   *     the value if nothing was fitted or there was no validation
   */
  public String filename() {
    return name() + "_loss_" + ParameterSpec.print(learned.bestCriterion()) + ".safetensors";
  }

  /**
   * Returns the estimator's name.
   *
   * @return RecPack's, such as {@code GRU4RecCrossEntropy}
   */
  public String name() {
    return parameters.algorithm().estimator();
  }

  @Override
  public String identifier() {
    return parameters.identifier();
  }

  /**
   * Writes the trained model to the file {@link #filename} in the working folder.
   *
   * @return the file
   * @throws IOException if writing fails; an old file is then unchanged
   * @throws IllegalStateException if nothing was fitted or loaded
   */
  public Path save() throws IOException {
    Path file = Path.of(filename());
    model().save(file);
    return file;
  }

  /**
   * Says whether fits keep the optimizer's state for {@link #saveWithState}, which takes the memory
   * of a training until the next fit.
   *
   * @param keep whether they do; at first they do not
   * @return this
   */
  public E keepState(boolean keep) {
    keepsState = keep;
    kept = keep ? kept : null;
    return self();
  }

  /**
   * Writes the trained model to a file and the optimizer's state to another beside it, whose name
   * ends in {@code .state}, so that a later fit goes on from it ({@link Update#state}). A crash
   * leaves the old model or the new one, each with its own state: the state goes first, and the old
   * one stays beside it, as {@code .state-before}, until the model is there.
   *
   * @param file the model's file
   * @throws IOException if writing fails; the old model is then unchanged, and its state is there
   * @throws IllegalStateException if nothing was fitted, {@link #keepState} was not set, or the
   *     model is that of an epoch before the last
   */
  public void saveWithState(Path file) throws IOException {
    FittedModel model = model();
    if (kept == null) {
      throw new IllegalStateException("no state was kept: call keepState(true) before the fit");
    }
    if (kept.hasBest() && !parameters.get(KEEP_LAST)) {
      throw new IllegalStateException(
          "the state is that of the last epoch, the model that of the best: set keep_last");
    }
    KeptStateFiles files = new KeptStateFiles(file);
    files.write(kept);
    model.save(file);
    files.written();
  }

  /**
   * Loads a model from a file, with its parameters if the file has them.
   *
   * @param file a model file
   * @return this
   * @throws IOException if the file is not a model, is the other estimator's or cannot be read;
   *     nothing has changed then
   */
  public E load(Path file) throws IOException {
    Learned loaded = Learned.load(file);
    loaded.requireAlgorithm(parameters.algorithm(), file);
    parameters = loaded.parameters(parameters, file);
    learned = loaded;
    return self();
  }

  @Override
  public void close() {
    workers.close();
  }
}
