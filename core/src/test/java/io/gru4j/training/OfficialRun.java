package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecOptions.ADAGRAD_EPSILON;
import static io.gru4j.parameters.GRU4RecOptions.ADAGRAD_EPSILON_PLACE;
import static io.gru4j.parameters.GRU4RecOptions.ADAGRAD_MOMENTUM;
import static io.gru4j.parameters.GRU4RecOptions.BATCHING;
import static io.gru4j.parameters.GRU4RecOptions.BPREG;
import static io.gru4j.parameters.GRU4RecOptions.DROPOUT_EMBED;
import static io.gru4j.parameters.GRU4RecOptions.DROPOUT_HIDDEN;
import static io.gru4j.parameters.GRU4RecOptions.ELU;
import static io.gru4j.parameters.GRU4RecOptions.EMBEDDING;
import static io.gru4j.parameters.GRU4RecOptions.HIDDEN_SIZES;
import static io.gru4j.parameters.GRU4RecOptions.LOGQ;
import static io.gru4j.parameters.GRU4RecOptions.NEGATIVES;
import static io.gru4j.parameters.GRU4RecOptions.NUM_SAMPLES;
import static io.gru4j.parameters.GRU4RecOptions.SAMPLE_ALPHA;
import static io.gru4j.parameters.GRU4RecOptions.SESSION_ORDER;
import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static io.gru4j.parameters.GRU4RecParameters.CLIPNORM;
import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;
import static io.gru4j.parameters.GRU4RecParameters.LOSS_FN;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.algorithms.Differences;
import io.gru4j.algorithms.Recording;
import io.gru4j.data.CsrMatrix;
import io.gru4j.data.IdMap;
import io.gru4j.data.Interaction;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.metrics.RankMetrics;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecOptions.Batching;
import io.gru4j.parameters.GRU4RecOptions.Embedding;
import io.gru4j.parameters.GRU4RecOptions.EpsilonPlace;
import io.gru4j.parameters.GRU4RecOptions.Negatives;
import io.gru4j.parameters.GRU4RecOptions.SessionOrder;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.LayerSizes;
import io.gru4j.parameters.LossFunction;
import io.gru4j.tensor.ItemSampler;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** A recorded run of the official GRU4Rec, and what a training is compared with. */
final class OfficialRun {

  /** A click with a target: the number of its session, and its place in it. */
  private record Click(int session, int position) {}

  private final Recording recording;
  private final Differences differences;
  private final Map<?, ?> config;
  private final List<Long> sessionIds; // ascending: a session's number is its place
  private final InteractionMatrix sessions;

  OfficialRun(Recording recording, Differences differences) {
    this.recording = recording;
    this.differences = differences;
    this.config = recording.map("config");
    List<?> rows = recording.list("interactions");
    this.sessionIds = sessionIds(rows);
    this.sessions = matrix(rows, sessionIds);
  }

  Recording recording() {
    return recording;
  }

  /** Users are sessions, items have the recorded indices. */
  InteractionMatrix sessions() {
    return sessions;
  }

  private static List<Long> sessionIds(List<?> rows) {
    Set<Long> ids = new TreeSet<>();
    rows.forEach(row -> ids.add((Long) ((List<?>) row).get(0)));
    return List.copyOf(ids);
  }

  /** Rows of items that training does not know are left out. */
  private InteractionMatrix matrix(List<?> rows, List<Long> ids) {
    List<?> items = recording.list("itemIds");
    List<Interaction> interactions = new ArrayList<>();
    for (Object each : rows) {
      List<?> row = (List<?>) each;
      int item = items.indexOf(row.get(1));
      if (item >= 0) {
        double time = ((Number) row.get(2)).doubleValue();
        interactions.add(new Interaction(ids.indexOf(row.get(0)), item, time));
      }
    }
    return InteractionMatrix.of(ids.size(), items.size(), interactions);
  }

  private int integer(String name) {
    return ((Number) config.get(name)).intValue();
  }

  private double real(String name) {
    return ((Number) config.get(name)).doubleValue();
  }

  private boolean isShared() {
    return (Boolean) config.get("constrained_embedding");
  }

  boolean isOneHot() {
    return !isShared() && integer("embedding") == 0;
  }

  private boolean isBprMax() {
    return switch ((String) config.get("loss")) {
      case "bpr-max" -> true;
      case "cross-entropy" -> false;
      default -> throw new IllegalArgumentException(recording.name() + ": unknown loss");
    };
  }

  /** Our parameters for the original's. */
  GRU4RecParameters parameters() {
    GRU4RecParameters.Builder p =
        GRU4RecParameters.builder(isBprMax() ? Algorithm.NEG_SAMPLING : Algorithm.CROSS_ENTROPY);
    if (isBprMax()) {
      p.set(LOSS_FN, LossFunction.BPR_MAX).set(BPREG, real("bpreg")).set(ELU, real("elu_param"));
    } else {
      p.set(LOGQ, real("logq"));
    }
    GRU4RecParameters built =
        p.set(NEGATIVES, Negatives.SHARED)
            .set(NUM_SAMPLES, integer("n_sample"))
            .set(SAMPLE_ALPHA, real("sample_alpha"))
            .set(EMBEDDING, isShared() ? Embedding.SHARED : Embedding.SEPARATE)
            .set(BATCHING, Batching.SESSION_PARALLEL)
            .set(SESSION_ORDER, SessionOrder.TIME)
            .set(BATCH_SIZE, integer("batch_size"))
            .set(BPTT, 1)
            .set(DROPOUT_EMBED, real("dropout_p_embed"))
            .set(DROPOUT_HIDDEN, real("dropout_p_hidden"))
            .set(CLIPNORM, null)
            .set(LEARNING_RATE, real("learning_rate"))
            .set(ADAGRAD_MOMENTUM, real("momentum"))
            .set(ADAGRAD_EPSILON, 1e-6)
            .set(ADAGRAD_EPSILON_PLACE, EpsilonPlace.INSIDE)
            .set(MAX_EPOCHS, integer("n_epochs"))
            .set(HIDDEN_SIZES, LayerSizes.of(layers()))
            .build();
    built.requireConsistent();
    return built;
  }

  private int[] layers() {
    return ((List<?>) config.get("layers"))
        .stream().mapToInt(size -> ((Number) size).intValue()).toArray();
  }

  /** The network before the first step, in rows. */
  GruNetwork initialNetwork() {
    int[] layers = layers();
    int items = sessions.numItems();
    GruNetwork network =
        isShared()
            ? GruNetwork.sharedZeros(items, layers, GruNetwork.Form.ROWS)
            : GruNetwork.zeros(items, integer("embedding"), layers, GruNetwork.Form.ROWS);
    Map<String, Object> values = recording.map("initialParams");
    Set<String> used = new HashSet<>();
    for (Parameter p : network.parameters()) {
      used.add(nameOf(p));
      float[] flat = Recording.floats(values.get(nameOf(p)));
      assertEquals(rowsOf(p) * p.cols(), flat.length, recording.name() + ": size of " + p.name());
      p.write(0, flat, flat.length);
    }
    assertEquals(values.keySet(), used, recording.name() + ": parameter names");
    return network;
  }

  /** The original's name of a parameter. */
  private static String nameOf(Parameter p) {
    return switch (p.name()) {
      case "emb.weight" -> "E.weight";
      case "lin.weight" -> "Wy.weight";
      case "lin.bias" -> "By.weight";
      default -> {
        int layer = p.name().lastIndexOf("_l");
        String kind = p.name().substring("rnn.".length(), layer);
        yield "G." + p.name().substring(layer + 2) + "." + kind;
      }
    };
  }

  /** The original has no pad token. */
  private int rowsOf(Parameter p) {
    return p.name().startsWith("rnn.") ? p.rows() : sessions.numItems();
  }

  /** Each step has the recorded clicks, and the recorded sessions are those that begin in it. */
  void checkSchedule(GRU4RecParameters p) {
    checkCounts();
    Map<?, ?> schedule = recording.map("schedule");
    List<?> steps = (List<?>) schedule.get("steps");
    List<Click> clicks = new ArrayList<>(); // by number
    List<Interaction> numbered = new ArrayList<>();
    for (int user = 0; user < sessions.numUsers(); user++) {
      for (int at = 0; at < sessions.historyLength(user); at++) {
        numbered.add(new Interaction(user, clicks.size(), sessions.timestamp(user, at)));
        clicks.add(new Click(user, at));
      }
    }
    InteractionMatrix x = InteractionMatrix.of(sessions.numUsers(), clicks.size(), numbered);
    SessionOrdering order = new SessionOrdering(x, p.get(SESSION_ORDER), 0);
    List<Long> byTime = IntStream.of(order.users(0)).mapToObj(sessionIds::get).toList();
    assertEquals(recording.list("sessionOrder"), byTime, recording.name() + ": order of sessions");
    TrackBatches batches =
        new TrackBatches(x, order, p.get(BATCH_SIZE), p.get(BPTT), TrackBatches.fewestTracks(p));
    assertEquals(steps.size(), batches.size(), recording.name() + ": steps of an epoch");
    Map<Integer, Integer> nextOf = new HashMap<>(); // by session
    Set<Integer> running = Set.of(); // sessions of the step before
    Chunk chunk = new Chunk();
    for (int step = 0; step < steps.size(); step++) {
      String at = recording.name() + ", step " + step;
      batches.fill(chunk, step, 0);
      Set<Click> ours = new LinkedHashSet<>();
      Set<Integer> began = new HashSet<>();
      for (int row = 0; row < chunk.numTargets; row++) {
        Click click = clicks.get(chunk.items[row]);
        assertEquals(chunk.items[row] + 1, chunk.targets[row], at + ": the next click");
        ours.add(click);
        if (chunk.fromTrack[row] < 0) {
          began.add(click.session);
        }
      }
      Map<?, ?> recorded = (Map<?, ?>) steps.get(step);
      Set<Click> theirs = new LinkedHashSet<>();
      Set<Integer> now = new HashSet<>();
      List<?> ids = (List<?>) recorded.get("sessions");
      for (int lane = 0; lane < ids.size(); lane++) {
        int session = sessionIds.indexOf(ids.get(lane));
        int position = nextOf.merge(session, 1, Integer::sum) - 1;
        theirs.add(new Click(session, position));
        now.add(session);
        assertEquals(number(recorded, "in", lane), sessions.item(session, position), at);
        assertEquals(number(recorded, "targets", lane), sessions.item(session, position + 1), at);
      }
      assertEquals(theirs, ours, at + ": clicks");
      Set<Integer> theirBegan = new HashSet<>(now);
      theirBegan.removeAll(running);
      assertEquals(theirBegan, began, at + ": sessions that begin");
      checkResets(step, now, running);
      running = now;
    }
  }

  /** Sessions that end before a step are as many as lanes finish there, but for single clicks. */
  private void checkResets(int step, Set<Integer> now, Set<Integer> before) {
    Set<Integer> ended = new HashSet<>(before);
    ended.removeAll(now);
    long finished = 0;
    for (Object each : (List<?>) recording.map("schedule").get("resets")) {
      Map<?, ?> reset = (Map<?, ?>) each;
      if (((Number) reset.get("beforeStep")).intValue() == step) {
        finished += ((List<?>) reset.get("finished")).size();
      }
    }
    assertTrue(ended.size() <= finished, recording.name() + ", step " + step + ": sessions ended");
  }

  /** The sampler draws the recorded samples of the recorded uniform numbers. */
  void checkSampler(GRU4RecParameters p) {
    if (integer("n_sample") == 0) {
      return;
    }
    double[] weights = new ItemCounts(sessions.itemClicks()).weights(p.get(SAMPLE_ALPHA));
    double sum = DoubleStream.of(weights).sum();
    Map<String, Object> recorded = recording.map("sampler");
    double[] cumulative = Recording.doubles(recorded.get("cumulative"));
    double ours = 0;
    for (int item = 0; item < weights.length; item++) {
      ours += weights[item] / sum;
      differences.add("chances", cumulative[item], ours);
    }
    ItemSampler sampler = new ItemSampler(weights);
    List<?> uniforms = (List<?>) recorded.get("uniforms");
    for (int step = 0; step < uniforms.size(); step++) {
      double[] ofStep = Recording.doubles(uniforms.get(step));
      List<?> samples = (List<?>) ((Map<?, ?>) recording.list("steps").get(step)).get("samples");
      for (int s = 0; s < ofStep.length; s++) {
        int theirs = ((Number) samples.get(s)).intValue();
        double u = ofStep[s];
        double below = theirs == 0 ? 0 : cumulative[theirs - 1];
        boolean rounded = Math.abs(u - below) < 1e-6 || Math.abs(u - cumulative[theirs]) < 1e-6;
        assertTrue(rounded || sampler.at(u) == theirs, recording.name() + ": sample of " + u);
      }
    }
  }

  private static int number(Map<?, ?> step, String key, int lane) {
    return ((Number) ((List<?>) step.get(key)).get(lane)).intValue();
  }

  private void checkCounts() {
    List<?> expected = recording.list("itemCounts");
    double[] counts = new ItemCounts(sessions.itemClicks()).weights(1);
    for (int item = 0; item < counts.length; item++) {
      assertEquals(((Number) expected.get(item)).doubleValue(), counts[item], "item " + item);
    }
  }

  /** The scores of the first step's targets and samples, before it changes anything. */
  void checkFirstScores(Parallel parallel) {
    Map<?, ?> step = (Map<?, ?>) ((List<?>) recording.map("schedule").get("steps")).getFirst();
    List<?> in = (List<?>) step.get("in");
    List<Object> columns = new ArrayList<>((List<?>) step.get("targets"));
    columns.addAll((List<?>) ((Map<?, ?>) recording.list("steps").getFirst()).get("samples"));
    List<List<?>> histories = new ArrayList<>();
    in.forEach(item -> histories.add(List.of(item)));
    CsrMatrix scores = predict(served(initialNetwork()), histories, parallel);
    List<?> expected = recording.list("firstStepScores");
    for (int lane = 0; lane < in.size(); lane++) {
      float[] row = Recording.floats(expected.get(lane));
      assertEquals(columns.size(), row.length, recording.name() + ": columns of the first step");
      for (int j = 0; j < row.length; j++) {
        int item = ((Number) columns.get(j)).intValue();
        differences.add("first scores", row[j], scores.get(lane, item));
      }
    }
  }

  private FittedModel served(GruNetwork rows) {
    GruNetwork panels = rows.zerosLike(GruNetwork.Form.PANELS);
    panels.copyFrom(rows);
    List<String> ids = IntStream.range(0, sessions.numItems()).mapToObj(Integer::toString).toList();
    return new FittedModel(panels, IdMap.of(ids), Map.of(), List.of(), null);
  }

  private CsrMatrix predict(
      FittedModel model, List<? extends List<?>> histories, Parallel parallel) {
    List<Interaction> rows = new ArrayList<>();
    for (int user = 0; user < histories.size(); user++) {
      for (int at = 0; at < histories.get(user).size(); at++) {
        rows.add(new Interaction(user, ((Number) histories.get(user).get(at)).intValue(), at));
      }
    }
    InteractionMatrix x = InteractionMatrix.of(histories.size(), sessions.numItems(), rows);
    return model.predict(x, null, parallel);
  }

  /** Compares each step with the recorded one during training. */
  final class Steps implements Trainer.Observer {
    private final GruNetwork network;
    private final double[] lossSum = new double[integer("n_epochs")];
    private final int[] count = new int[integer("n_epochs")];
    private int step;
    private TrainingStep last;

    Steps(GruNetwork network) {
      this.network = network;
    }

    @Override
    public void stepped(TrainingStep done, int epoch, int width, double loss) {
      assertTrue(step < recording.list("steps").size(), "more steps than recorded");
      Map<?, ?> expected = (Map<?, ?>) recording.list("steps").get(step++);
      String at = recording.name() + ", step " + step;
      assertEquals(((Number) expected.get("epoch")).intValue(), epoch, at + ": epoch");
      assertEquals(((Number) expected.get("rows")).intValue(), done.rows(), at + ": rows");
      assertEquals(1, width, at + ": width");
      differences.add("step loss", ((Number) expected.get("loss")).doubleValue(), loss);
      lossSum[epoch] += loss;
      count[epoch]++;
      last = done;
      if (step == 1) {
        checkValues("afterFirstStep", "parameters after a step");
      }
    }

    private void checkValues(String field, String kind) {
      for (Parameter p : network.parameters()) {
        checkArray(recording.map(field), p, p.value(), 1, kind);
      }
    }

    private void checkArray(
        Map<String, Object> expected, Parameter p, float[] array, double factor, String kind) {
      float[] flat = Recording.floats(expected.get(nameOf(p)));
      float[] ours = new float[p.rows() * p.cols()];
      p.read(array, 0, ours, ours.length);
      assertEquals(rowsOf(p) * p.cols(), flat.length, recording.name() + ": " + p.name());
      for (int i = 0; i < flat.length; i++) {
        differences.add(kind, flat[i], factor * ours[i]);
      }
      for (int i = flat.length; i < ours.length; i++) {
        assertEquals(0f, ours[i], recording.name() + ": the pad token's " + p.name());
      }
    }

    /** Compares what is there when training has ended. */
    void end() {
      assertEquals(recording.list("steps").size(), step, recording.name() + ": number of steps");
      for (int epoch = 0; epoch < count.length; epoch++) {
        Map<?, ?> expected = (Map<?, ?>) recording.list("epochs").get(epoch);
        double printed = Double.parseDouble(expected.get("printedLoss").toString());
        differences.add("epoch loss", printed, lossSum[epoch] / count[epoch]);
      }
      assertEquals(recording.list("epochs").size(), count.length, recording.name() + ": epochs");
      checkValues("finalParams", "final parameters");
      boolean momentum = real("momentum") > 0;
      for (int i = 0; i < network.parameters().size(); i++) {
        Parameter p = network.parameters().get(i);
        float[][] state = last.optimizer().state(i);
        checkArray(recording.map("finalAccumulators"), p, state[0], 1, "accumulators");
        if (momentum) {
          double rate = -real("learning_rate"); // ours is the step's share before the rate
          checkArray(recording.map("finalMomentum"), p, state[1], rate, "momentum");
        }
      }
      if (!momentum) {
        assertNull(recording.fields().get("finalMomentum"), recording.name() + ": momentum");
      }
    }
  }

  /** The scores after some sessions, of the trained model. */
  void checkPredict(FittedModel model, Parallel parallel) {
    Map<String, Object> predict = recording.map("predict");
    List<List<?>> histories = new ArrayList<>();
    ((List<?>) predict.get("sessions")).forEach(session -> histories.add((List<?>) session));
    CsrMatrix scores = predict(model, histories, parallel);
    for (int user = 0; user < histories.size(); user++) {
      float[] expected = Recording.floats(((List<?>) predict.get("scores")).get(user));
      assertEquals(sessions.numItems(), expected.length, recording.name() + ": scores");
      for (int item = 0; item < expected.length; item++) {
        differences.add("score", expected[item], scores.get(user, item));
      }
    }
  }

  /** Recall and mean reciprocal rank on test sessions, equal scores for and against the model. */
  void checkEvaluation(FittedModel model, Parallel parallel) {
    Map<String, Object> evaluation = recording.map("evaluation");
    List<?> rows = (List<?>) evaluation.get("interactions");
    InteractionMatrix test = ofSchedule(matrix(rows, sessionIds(rows)), evaluation);
    List<List<Integer>> histories = new ArrayList<>();
    List<Integer> targets = new ArrayList<>();
    for (int user = 0; user < test.numUsers(); user++) {
      List<Integer> history = new ArrayList<>();
      for (int at = 0; at + 1 < test.historyLength(user); at++) {
        history.add(test.item(user, at));
        histories.add(List.copyOf(history));
        targets.add(test.item(user, at + 1));
      }
    }
    assertEquals(((Number) evaluation.get("events")).intValue(), targets.size(), "events");
    int[] cutoffs =
        ((List<?>) evaluation.get("cutoffs"))
            .stream().mapToInt(k -> ((Number) k).intValue()).toArray();
    RankMetrics standard = new RankMetrics(cutoffs);
    CsrMatrix scores = predict(model, histories, parallel);
    for (int event = 0; event < targets.size(); event++) {
      int rank = 1;
      for (int item = 0; item < test.numItems(); item++) {
        rank += scores.get(event, item) > scores.get(event, targets.get(event)) ? 1 : 0;
      }
      standard.add(rank);
    }
    checkMetrics((Map<?, ?>) evaluation.get("standard"), standard, cutoffs);
    RankMetrics conservative = model.evaluate(test, parallel, cutoffs);
    checkMetrics((Map<?, ?>) evaluation.get("conservative"), conservative, cutoffs);
  }

  /** The sessions without the clicks that the schedule leaves out at its end. */
  private InteractionMatrix ofSchedule(InteractionMatrix test, Map<String, Object> evaluation) {
    int fewest = TrackBatches.fewestTracks(parameters());
    int lanes = ((Number) evaluation.get("batchSize")).intValue();
    List<Interaction> numbered = new ArrayList<>();
    List<Click> clicks = new ArrayList<>();
    for (int user = 0; user < test.numUsers(); user++) {
      for (int at = 0; at < test.historyLength(user); at++) {
        numbered.add(new Interaction(user, clicks.size(), test.timestamp(user, at)));
        clicks.add(new Click(user, at));
      }
    }
    InteractionMatrix x = InteractionMatrix.of(test.numUsers(), clicks.size(), numbered);
    TrackBatches batches =
        new TrackBatches(x, new SessionOrdering(x, SessionOrder.TIME, 0), lanes, 1, fewest);
    Set<Click> kept = new HashSet<>();
    Chunk chunk = new Chunk();
    for (int step = 0; step < batches.size(); step++) {
      batches.fill(chunk, step, 0);
      for (int row = 0; row < chunk.numTargets; row++) {
        Click click = clicks.get(chunk.items[row]);
        kept.add(click);
        kept.add(new Click(click.session, click.position + 1));
      }
    }
    List<Interaction> rows = new ArrayList<>();
    for (Click click : kept) {
      int item = test.item(click.session, click.position);
      double time = test.timestamp(click.session, click.position);
      rows.add(new Interaction(click.session, item, time));
    }
    return InteractionMatrix.of(test.numUsers(), test.numItems(), rows);
  }

  private void checkMetrics(Map<?, ?> expected, RankMetrics metrics, int[] cutoffs) {
    double[] recall = Recording.doubles(expected.get("recall"));
    double[] mrr = Recording.doubles(expected.get("mrr"));
    for (int i = 0; i < cutoffs.length; i++) {
      differences.add("recall", recall[i], metrics.recall(cutoffs[i]));
      differences.add("mrr", mrr[i], metrics.mrr(cutoffs[i]));
    }
  }
}
