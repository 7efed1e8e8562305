package io.gru4j.algorithms;

import io.gru4j.data.CsrMatrix;
import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.model.GruNetwork;
import io.gru4j.training.RecPackRun;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Replays every recorded RecPack run: batches, losses and gradient norms of every step, criterion,
 * early stop, best epoch, parameters, scores. Prints the largest difference of each kind.
 */
class RecPackParityTest {

  static Stream<Recording> recordings() {
    return Recording.all().stream();
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void batchesAreCutAlike(Recording recording) {
    RecPackRun.checkBatches(recording, recording.parameters());
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void fitAndPredictAgree(Recording recording) {
    Differences differences = new Differences(recording.name());
    GruNetwork network = recording.initialNetwork();
    RecPackRun.Steps checker = new RecPackRun.Steps(recording, recording.parameters(), differences);
    try (GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy(recording.parameters())) {
      InteractionMatrix x = recording.matrix(recording.list("interactions"));
      IdMap ids = IdMap.of(IntStream.range(0, x.numItems()).mapToObj(Integer::toString).toList());
      estimator.observer(checker).fit(x, ids, recording.validation(), 0, network);
      checker.end();
      RecPackRun.checkModel(
          recording, recording.parameters(), network, estimator.model(), differences);
      CsrMatrix scores = estimator.predict(recording.matrix(recording.list("predictInteractions")));
      RecPackRun.checkScores(recording, scores, differences);
    }
    System.out.println(differences);
  }
}
