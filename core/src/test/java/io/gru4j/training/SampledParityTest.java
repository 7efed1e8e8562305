package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecOptions.EMBEDDING;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_LAYERS;
import static io.gru4j.parameters.GRU4RecParameters.PREDICT_TOP_K;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import io.gru4j.algorithms.Differences;
import io.gru4j.algorithms.Recording;
import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecOptions.Embedding;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.progress.TrainingListener;
import io.gru4j.tensor.Parallel;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Replays every recorded training against negatives, of RecPack and of the official GRU4Rec, with
 * the recorded negatives: schedule, losses and norms of every step, parameters, optimizer state,
 * criterion, early stop, scores, metrics. Prints the largest difference of each kind.
 */
class SampledParityTest {
  private static final TrainingListener NO_LISTENER = new TrainingListener() {};

  static Stream<Recording> recordings() {
    return Recording.sampled().stream();
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void aTrainingIsTheRecordedOne(Recording recording) {
    Differences differences = new Differences(recording.name());
    switch ((String) recording.fields().get("kind")) {
      case "recpack-neg-sampling" -> replayRecPack(recording, differences);
      case "official-pytorch" -> {
        OfficialRun run = new OfficialRun(recording, differences);
        if (run.isOneHot()) {
          System.out.println(recording.name() + " is left out: its GRU has no embedding (one-hot)");
          abort("one-hot");
        }
        replayOfficial(run);
      }
      default -> throw new IllegalArgumentException(recording.name() + ": unknown kind");
    }
    System.out.println(differences);
  }

  private static void replayRecPack(Recording recording, Differences differences) {
    GRU4RecParameters p =
        GRU4RecParameters.defaults(Algorithm.NEG_SAMPLING).withParams(recording.map("config"));
    RecPackRun.checkBatches(recording, p);
    InteractionMatrix x = recording.matrix(recording.list("interactions"));
    int[] sizes = new int[p.get(NUM_LAYERS)];
    Arrays.fill(sizes, p.get(HIDDEN_SIZE));
    assertEquals(Embedding.SEPARATE, p.get(EMBEDDING));
    GruNetwork network =
        recording.initialise(
            GruNetwork.zeros(x.numItems(), p.get(NUM_COMPONENTS), sizes, GruNetwork.Form.ROWS));
    RecPackRun.Steps steps = new RecPackRun.Steps(recording, p, differences);
    RecordedNegatives negatives = RecordedNegatives.own(recording);
    try (Parallel parallel = new Parallel(2)) {
      Training training =
          new Training(x, ids(x), recording.validation(), p, NO_LISTENER, parallel)
              .observer(steps)
              .negatives(negatives)
              .start(0, network);
      training.run(() -> false);
      steps.end();
      negatives.end();
      FittedModel model = training.model();
      RecPackRun.checkModel(recording, p, network, model, differences);
      InteractionMatrix histories = recording.matrix(recording.list("predictInteractions"));
      RecPackRun.checkScores(
          recording, model.predict(histories, p.get(PREDICT_TOP_K), parallel), differences);
    }
  }

  private static void replayOfficial(OfficialRun run) {
    GRU4RecParameters p = run.parameters();
    run.checkSchedule(p);
    run.checkSampler(p);
    GruNetwork network = run.initialNetwork();
    RecordedNegatives negatives = RecordedNegatives.shared(run.recording());
    try (Parallel parallel = new Parallel(2)) {
      run.checkFirstScores(parallel);
      InteractionMatrix x = run.sessions();
      OfficialRun.Steps steps = run.new Steps(network);
      Training training =
          new Training(x, ids(x), null, p, NO_LISTENER, parallel)
              .observer(steps)
              .negatives(negatives)
              .start(0, network);
      training.run(() -> false);
      steps.end();
      negatives.end();
      run.checkPredict(training.model(), parallel);
      run.checkEvaluation(training.model(), parallel);
    }
  }

  private static IdMap ids(InteractionMatrix x) {
    return IdMap.of(IntStream.range(0, x.numItems()).mapToObj(Integer::toString).toList());
  }
}
