package io.gru4j.algorithms;

import static io.gru4j.parameters.GRU4RecParameters.OPTIMIZATION_ALGORITHM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.file.Unchecked;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import io.gru4j.model.ModelFileException;
import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.LossFunction;
import io.gru4j.parameters.OptimizationAlgorithm;
import io.gru4j.progress.BatchProgress;
import io.gru4j.progress.TrainingListener;
import io.gru4j.progress.TrainingStoppedException;
import io.gru4j.selection.GridSearch;
import io.gru4j.selection.Pipeline;
import io.gru4j.selection.RandomSearch;
import io.gru4j.selection.SearchResult;
import io.gru4j.selection.SessionFilter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What {@link GRU4RecNegSampling} does otherwise than its sibling, and what both do alike. */
class GRU4RecNegSamplingTest {
  private static final Duration NEVER = Duration.ofMinutes(10);
  private static final TestSessions S = TestSessions.make(3, 40, 12);
  private static final GRU4RecParameters TINY = TestSessions.tiny(Algorithm.NEG_SAMPLING);

  private static final Map<String, Object> SHARED =
      Map.of("negatives", "shared", "batching", "session_parallel", "num_samples", 5);

  @TempDir Path folder;

  /** Every kind of training against negatives, of both estimators. */
  @Provide
  static Arbitrary<GRU4RecParameters> trainings() {
    List<GRU4RecParameters> all = new ArrayList<>();
    for (LossFunction loss : LossFunction.values()) {
      GRU4RecParameters own = TINY.withParams(Map.of("loss_fn", loss, "num_negatives", 3));
      all.add(own);
      all.add(own.withParams(Map.of("batching", "session_parallel", "bptt", 2)));
      all.add(own.withParams(Map.of("optimization_algorithm", "sgd", "momentum", 0.5)));
    }
    GRU4RecParameters shared = TINY.withParams(SHARED).withParams(Map.of("loss_fn", "bpr-max"));
    all.add(shared);
    all.add(shared.withParams(Map.of("elu", 0.5, "bpreg", 0.5, "adagrad_momentum", 0.3)));
    all.add(shared.withParams(Map.of("embedding", "shared", "dropout_embed", 0.25)));
    all.add(shared.withParams(Map.of("num_samples", 0, "session_order", "shuffled")));
    GRU4RecParameters xe = TestSessions.tiny().withParams(SHARED);
    all.add(xe);
    all.add(xe.withParams(Map.of("logq", 1, "sample_alpha", 0.75, "dropout_hidden", 0.25)));
    return Arbitraries.of(all);
  }

  private static FittedModel fit(GRU4RecParameters parameters, int threads) {
    try (GRU4Rec<?> estimator = GRU4Rec.of(parameters)) {
      return estimator.threads(threads).fit(S.x(), S.items(), S.validation()).model();
    }
  }

  private static String refused(Class<? extends Exception> type, Executable call) {
    return assertThrows(type, call).getMessage();
  }

  @Property(tries = 30)
  void theSameBitsOnAnyNumberOfThreads(
      @ForAll("trainings") GRU4RecParameters p, @ForAll @IntRange(min = 2, max = 5) int threads) {
    SameModel.check(fit(p, 1), fit(p, threads));
  }

  /** Item i is mostly followed by i + 1, which every loss learns from. */
  @Property(tries = 30)
  void everyLossLearns(@ForAll("trainings") GRU4RecParameters p) {
    Assume.that(p.get(OPTIMIZATION_ALGORITHM) == OptimizationAlgorithm.ADAGRAD); // sgd is slow
    TestSessions many = TestSessions.make(5, 400, 12);
    GRU4RecParameters longer =
        p.withParams(Map.of("max_epochs", 8, "hidden_size", 16, "num_components", 16));
    try (GRU4Rec<?> estimator = GRU4Rec.of(longer)) {
      estimator.threads(1).fit(many.x(), many.items(), null);
      List<EpochSummary> history = estimator.model().history();
      assertTrue(history.getLast().loss() < history.getFirst().loss(), longer::identifier);
      estimator.setParams(Map.of("stopping_criterion", "ndcg"));
      double learned = estimator.score(many.validation());
      assertTrue(learned > 0.5, () -> longer.identifier() + " " + learned); // at random 0.42
    }
  }

  @Test
  void parametersOfTheOtherAreRefused() {
    assertEquals(
        "GRU4RecNegSampling got the parameters of GRU4RecCrossEntropy: make them with"
            + " GRU4RecParameters.builder(Algorithm.NEG_SAMPLING)",
        refused(
            IllegalArgumentException.class,
            () -> new GRU4RecNegSampling(GRU4RecParameters.defaults())));
    assertEquals(
        "GRU4RecCrossEntropy got the parameters of GRU4RecNegSampling: make them with"
            + " GRU4RecParameters.builder(Algorithm.CROSS_ENTROPY)",
        refused(IllegalArgumentException.class, () -> new GRU4RecCrossEntropy(TINY)));
    assertEquals(
        GRU4RecParameters.defaults(Algorithm.NEG_SAMPLING), new GRU4RecNegSampling().parameters());
  }

  /** RecPack draws for ever where there is no other item. */
  @Test
  void oneItemIsRefusedAndTwoAreTaken() {
    IdMap one = IdMap.of(List.of("a"));
    InteractionMatrix x = InteractionMatrix.of(1, 1, new int[2], new int[2], new double[] {1, 2});
    GRU4RecParameters shared = TINY.withParams(SHARED).withParams(Map.of("loss_fn", "bpr-max"));
    for (GRU4RecParameters p : List.of(TINY, shared, TestSessions.tiny().withParams(SHARED))) {
      assertEquals(
          "items: "
              + p.algorithm().estimator()
              + " needs at least 2, a target and a negative, got 1",
          refused(IllegalArgumentException.class, () -> GRU4Rec.of(p).fit(x, one, null)));
    }
    try (GRU4RecCrossEntropy catalogue = new GRU4RecCrossEntropy(TestSessions.tiny())) {
      assertEquals(1, catalogue.fit(x, one, null).model().numItems());
    }
    InteractionMatrix two = InteractionMatrix.of(1, 2, new int[2], new int[2], new double[] {1, 2});
    try (GRU4RecNegSampling estimator = new GRU4RecNegSampling(TINY)) {
      assertEquals(2, estimator.fit(two, null).model().numItems(), "the other was never clicked");
    }
  }

  @Test
  void aPipelineThatLeavesOneItemSaysSo() {
    InteractionMatrix x =
        InteractionMatrix.of(
            2, 2, new int[] {0, 0, 0, 1}, new int[] {0, 0, 0, 1}, new double[] {1, 2, 3, 4});
    Pipeline pipeline =
        new Pipeline(List.of(new SessionFilter.MinItemCount(2)), new GRU4RecNegSampling(TINY));
    pipeline.setFitRequest(MetadataRequest.TRUE);
    assertEquals(
        "items: GRU4RecNegSampling needs at least 2, a target and a negative, got 1",
        refused(
            IllegalArgumentException.class,
            () -> pipeline.fit(x, IdMap.of(List.of("a", "b")), null)));
  }

  private static final class Warnings implements TrainingListener {
    private final List<String> said = new ArrayList<>();
    private boolean trained;

    @Override
    public void onWarning(String warning) {
      assertFalse(trained, "before the first step");
      said.add(warning);
    }

    @Override
    public void onBatch(BatchProgress step) {
      trained = true;
    }
  }

  @Test
  void aFitSaysWhatHasNoEffectAndRefusesWhatContradicts() {
    try (GRU4RecNegSampling estimator = new GRU4RecNegSampling(TINY)) {
      Warnings warnings = new Warnings();
      estimator.setParams(Map.of("momentum", 0.5, "elu", 1)).listener(warnings);
      estimator.fit(S.x(), S.items(), null);
      assertEquals(estimator.parameters().withoutEffect(), warnings.said);
      assertEquals(2, warnings.said.size());

      estimator.setParams(Map.of("negatives", "shared")).listener(new Warnings());
      assertEquals(
          "negatives shared needs batching session_parallel, got padded",
          refused(IllegalArgumentException.class, () -> estimator.fit(S.x(), S.items(), null)));
      estimator.setParams(SHARED).setParams(Map.of("loss_fn", "bpr-max"));
      estimator.fit(S.x(), S.items(), null);
    }
  }

  @Test
  void aFileIsLoadedByTheEstimatorThatWroteIt() throws IOException {
    Path xe = folder.resolve("xe.safetensors");
    Path neg = folder.resolve("neg.safetensors");
    fit(TestSessions.tiny(), 1).save(xe);
    fit(TINY, 1).save(neg);
    assertEquals("cross_entropy", FittedModel.load(xe).algorithm());
    assertEquals("neg_sampling", FittedModel.load(neg).algorithm());
    GRU4RecCrossEntropy first = new GRU4RecCrossEntropy();
    GRU4RecNegSampling second = new GRU4RecNegSampling();
    assertEquals(
        neg
            + ": it is a model of GRU4RecNegSampling, not of GRU4RecCrossEntropy: load it with the"
            + " former",
        refused(ModelFileException.class, () -> first.load(neg)));
    assertEquals(
        xe
            + ": it is a model of GRU4RecCrossEntropy, not of GRU4RecNegSampling: load it with the"
            + " former",
        refused(ModelFileException.class, () -> second.load(xe)));
    assertEquals(GRU4RecParameters.defaults(), first.parameters());
    assertThrows(IllegalStateException.class, second::model);
    assertEquals(TestSessions.tiny(), first.load(xe).parameters());
    assertEquals(TINY, second.load(neg).parameters());
  }

  /** Takes a metadata entry out of a file, which no checksum guards then. */
  private Path changed(Path file, String old, String by) throws IOException {
    String text = new String(Unchecked.of(Files.readAllBytes(file)), StandardCharsets.ISO_8859_1);
    assertTrue(text.contains(old), old);
    String padding = " ".repeat(old.length() - by.length());
    Path to = folder.resolve("changed.safetensors");
    Files.writeString(to, text.replace(old, by + padding), StandardCharsets.ISO_8859_1);
    return to;
  }

  @Test
  void aFileThatDoesNotSayIsOfCrossEntropy() throws IOException {
    Path file = folder.resolve("xe.safetensors");
    fit(TestSessions.tiny(), 1).save(file);
    Path before = changed(file, "\"gru4j.algorithm\":\"cross_entropy\",", "");
    assertEquals("cross_entropy", FittedModel.load(before).algorithm());
    new GRU4RecCrossEntropy().load(before);
    assertTrue(
        refused(ModelFileException.class, () -> new GRU4RecNegSampling().load(before))
            .contains(": it is a model of GRU4RecCrossEntropy, not of GRU4RecNegSampling"));
    Path later =
        changed(file, "\"gru4j.algorithm\":\"cross_entropy\"", "\"gru4j.algorithm\":\"ce\"");
    assertEquals(
        later
            + ": it was trained by another version: algorithm must be one of cross_entropy,"
            + " neg_sampling, got ce",
        refused(ModelFileException.class, () -> new GRU4RecCrossEntropy().load(later)));
    assertEquals("ce", FittedModel.load(later).algorithm(), "served all the same");
  }

  /** A network alone, which either may have trained. */
  @Test
  void aFileOfUnknownOriginIsTakenByBoth() throws IOException {
    Path file = folder.resolve("torch.safetensors");
    fit(TINY, 1).save(file);
    Path torch =
        changed(changed(file, "\"gru4j\":\"1\",", ""), "\"gru4j.algorithm\":\"neg_sampling\",", "");
    assertNull(FittedModel.load(torch).algorithm());
    new GRU4RecNegSampling().load(torch);
  }

  @Test
  void contradictionsInAFileAreRefused() throws IOException {
    Path file = folder.resolve("neg.safetensors");
    fit(TINY, 1).save(file);
    String own = "\\\"negatives\\\":\\\"own\\\"";
    Path wrong = changed(file, own, own.replace("own", "all"));
    assertTrue(
        refused(ModelFileException.class, () -> new GRU4RecNegSampling().load(wrong))
            .contains("its parameters are wrong: negatives must be one of"));
    String smooth = "\\\"label_smoothing\\\":\\\"0.0\\\"";
    Path contradicts = changed(file, smooth, smooth.replace("0.0", "0.5"));
    assertEquals(
        contradicts
            + ": its parameters are wrong: label_smoothing 0.5 needs negatives catalogue, got own",
        refused(ModelFileException.class, () -> new GRU4RecNegSampling().load(contradicts)));
  }

  /** A checkpoint goes on with the estimator that wrote it. */
  @Test
  void aCheckpointOfTheOtherIsRefused() {
    GRU4RecCrossEntropy first = new GRU4RecCrossEntropy(TestSessions.tiny());
    first.checkpoint(folder, NEVER).stop();
    assertThrows(TrainingStoppedException.class, () -> first.fit(S.x(), S.items(), null));
    GRU4RecNegSampling second = new GRU4RecNegSampling(TINY).checkpoint(folder, NEVER);
    String message =
        refused(IllegalArgumentException.class, () -> second.resume(S.x(), S.items(), null));
    assertTrue(
        message.contains("algorithm is neg_sampling, but cross_entropy in the checkpoint"),
        message);
  }

  @Test
  void searchesAndPipelinesTakeIt() throws IOException {
    GRU4RecNegSampling estimator =
        new GRU4RecNegSampling(TINY).threads(1).setFitRequest(MetadataRequest.TRUE);
    try (GridSearch search =
        new GridSearch(
            new Pipeline(List.of(new SessionFilter.MinItemCount(1)), estimator),
            Map.of("loss_fn", List.of("bpr", "bpr-max"), "num_negatives", List.of(1, 4)),
            0)) {
      search.fit(S.x(), S.items(), S.validation());
      assertEquals(4, search.results().stream().filter(result -> !result.failed()).count());
      assertEquals("neg_sampling", search.bestEstimator().model().algorithm());
      assertTrue(
          search.identifier().contains("estimator=GRU4RecNegSampling(batch_size=5,"),
          search.identifier());
    }
    try (RandomSearch search =
        new RandomSearch(estimator, Map.of("numNegatives", List.of(1, 2, 3, 4)), 2, 1)) {
      assertEquals(2, search.fit(S.x(), S.items(), S.validation()).results().size());
    }
  }

  /** Which values go together is known of a candidate alone. */
  @Test
  void aCandidateWhoseParametersContradictFailsWithTheReason() throws IOException {
    GRU4RecNegSampling estimator =
        new GRU4RecNegSampling(TINY.withParams(Map.of("batching", "session_parallel")))
            .threads(1)
            .setFitRequest(MetadataRequest.TRUE);
    try (GridSearch search =
        new GridSearch(
            estimator,
            Map.of("negatives", List.of("shared", "own"), "loss_fn", List.of("top1", "bpr-max")),
            0)) {
      search.fit(S.x(), S.items(), S.validation());
      List<SearchResult> failed = search.results().stream().filter(SearchResult::failed).toList();
      assertEquals(
          List.of("negatives shared needs loss_fn bpr-max, got top1"),
          failed.stream().map(SearchResult::failure).toList());
      assertEquals(4, search.results().size());
    }
  }

  @Test
  void settersReturnTheEstimator() {
    GRU4RecNegSampling estimator = new GRU4RecNegSampling();
    assertSame(estimator, estimator.threads(1).checkpoint(null, NEVER).setFitRequest());
    assertEquals("GRU4RecNegSampling", estimator.copy().name());
    assertEquals("GRU4RecNegSampling_loss_None.safetensors", estimator.filename());
  }
}
