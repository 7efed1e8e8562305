package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecOptions.DROPOUT_EMBED;
import static io.gru4j.parameters.GRU4RecOptions.DROPOUT_HIDDEN;
import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static io.gru4j.parameters.GRU4RecParameters.DROPOUT;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_LAYERS;
import static io.gru4j.parameters.GRU4RecParameters.PREDICT_TOP_K;
import static io.gru4j.parameters.GRU4RecParameters.STOPPING_CRITERION;
import static io.gru4j.parameters.GRU4RecParameters.VALIDATION_SAMPLE_SIZE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.ChildJvm;
import io.gru4j.algorithms.TestSessions;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.metrics.Criterion;
import io.gru4j.model.FittedModel;
import io.gru4j.parameters.GRU4RecOptions;
import io.gru4j.parameters.GRU4RecParameters;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** Compares the estimate made before a fit with what the fit holds at the end of an epoch. */
class MemoryEstimateTest {
  private static final double LEAST = 0.98; // of what is held
  private static final double MOST = 1.1; // widest batches, and scores, which are not kept

  /** As MemoryOfFits printed it last, fit by fit. */
  private static final long[] HELD = {
    27_737_240,
    26_638_568,
    34_530_856,
    102_026_848,
    26_653_184,
    26_324_216,
    21_367_736,
    17_827_208,
    72_777_496,
    29_849_672,
    34_575_600,
    24_921_480,
    17_827_312,
    26_969_288,
    27_713_928,
    20_619_784,
    34_884_648,
    21_636_536,
    35_820_608,
    35_174_312
  };

  /** What was estimated when that was held, and for fits too large to be run; total bytes. */
  private static final Long[] ESTIMATED = {
    27_918_368L, 26_826_004L, 34_708_940L, 102_210_452L,
    26_835_524L, 28_285_876L, 21_543_620L, 18_007_336L,
    72_993_748L, 30_112_316L, 36_152_076L, 26_598_180L,
    19_508_964L, 29_140_668L, 29_679_108L, 22_558_704L,
    34_949_008L, 21_743_944L, 38_153_408L, 37_263_672L,
    64_893_091L, 64_893_112L, 66_037_776L, 66_037_797L,
    64_917_345L, 64_917_370L, 66_114_042L, 66_114_067L,
    92_612_392L, 92_612_800L, 95_783_964L, 95_784_371L,
    4_570_106_868L, 4_570_106_888L, 4_583_792_532L, 4_583_792_552L,
    4_589_327_016L, 4_589_327_040L, 4_605_028_296L, 4_605_028_320L,
    6_798_134_884L, 6_798_135_272L, 6_818_076_292L, 6_818_076_680L
  };

  private static final TestSessions MANY = TestSessions.make(2, 300, 60_000);

  /** Of one kernel set, the quicker one: buffers do not depend on the kernels. */
  @Test
  @Tag("child-jvm")
  @DisabledIfSystemProperty(named = "gru4j.expectKernels", matches = "scalar")
  void saysWhatAFitHolds() throws Exception {
    List<String> flags =
        List.of("--add-modules=jdk.incubator.vector", "-XX:+UseSerialGC", "-Xmx512m");
    var child = new ChildJvm(List.of(), flags, MemoryOfFits.class.getName(), List.of());
    ChildJvm.End end = child.end();
    assertEquals(0, end.status(), end.err());
    List<String> lines = end.out().lines().toList();
    assertEquals(HELD.length, lines.size(), end.out());
    for (String line : lines) {
      double ratio = Double.parseDouble(line.substring(0, line.indexOf(' ')));
      assertTrue(ratio > LEAST && ratio < MOST, line);
    }
  }

  /** The same without running fits. If a buffer changes, measure HELD again. */
  @Test
  void saysWhatAFitHeld() {
    List<MemoryOfFits.Fit> fits = MemoryOfFits.fits();
    for (int i = 0; i < HELD.length; i++) {
      MemoryOfFits.Fit fit = fits.get(i);
      double ratio = fit.estimate() / HELD[i];
      assertTrue(ratio > 0.999 && ratio < (knownBatches(fit) ? 1.011 : MOST), ratio + ": " + fit);
    }
  }

  /**
   * Compares to the byte, because a forgotten part may be too small to be seen in what fits hold.
   * If an estimate changes on purpose, write these down again, after HELD.
   */
  @Test
  void estimatesAreThoseThatWereMeasured() {
    List<Long> estimates = new ArrayList<>();
    for (MemoryOfFits.Fit fit : MemoryOfFits.fits()) {
      estimates.add((long) fit.estimate());
    }
    for (int clicks : new int[] {9, 60}) { // of one session; the logits of 60 are not all kept
      int items = clicks == 9 ? 20_000 : 2_000_000;
      InteractionMatrix x =
          InteractionMatrix.of(3, items, new int[clicks], new int[clicks], new double[clicks]);
      for (int hidden : new int[] {8, 9, 100}) {
        for (int threads : new int[] {1, 7}) {
          for (String batching : List.of("padded", "session_parallel")) {
            var p =
                GRU4RecParameters.builder()
                    .set(HIDDEN_SIZE, hidden)
                    .set(BATCH_SIZE, 8)
                    .set(BPTT, 200);
            p.set("batching", batching).set(NUM_LAYERS, 3);
            var estimate = MemoryEstimate.of(p.build(), x, MANY.items(), null, threads);
            estimates.add(estimate.bytes());
          }
        }
      }
    }
    assertEquals(List.of(ESTIMATED), estimates);
  }

  /** Whether the batches' sizes, and so those of all buffers, are known before. */
  private static boolean knownBatches(MemoryOfFits.Fit fit) {
    GRU4RecParameters p = fit.parameters();
    return p.get(GRU4RecOptions.BATCHING) == GRU4RecOptions.Batching.PADDED
        && p.get(GRU4RecOptions.SESSION_ORDER) == GRU4RecOptions.SessionOrder.USER
        && !fit.judged();
  }

  /** Full chunks of single targets are rare: what tracks need is counted, not bounded. */
  @Test
  void tracksTakeWhatTheirLargestChunkNeeds() {
    TestSessions some = TestSessions.make(4, 400, 50); // at most six targets a session
    var p =
        TestSessions.tiny().toBuilder().set(HIDDEN_SIZE, 64).set("batching", "session_parallel");
    double wide = bytes(p.set(BATCH_SIZE, 32).set(BPTT, 20), some);
    double widest = bytes(p.set(BATCH_SIZE, 32).set(BPTT, 2_000), some);
    double all = bytes(p.set(BATCH_SIZE, 400).set(BPTT, 2_000), some);
    assertTrue(wide < widest && widest <= all, wide + ", " + widest + ", " + all);
    // All 400 sessions in tracks of their own, of which most have ended after a few columns.
    double bound =
        bytes(p.set(BATCH_SIZE, 400).set(BPTT, 6).set("session_order", "shuffled"), some);
    double counted = bytes(p.set("session_order", "user"), some);
    assertTrue(counted < bound, counted + ", " + bound);
  }

  /** A larger size, or more of something, takes more memory. */
  @Property
  void moreTakesMore(
      @ForAll @IntRange(min = 1, max = 300) int batchSize,
      @ForAll @IntRange(min = 1, max = 400) int hidden,
      @ForAll @IntRange(min = 1, max = 3) int layers,
      @ForAll @IntRange(min = 1, max = 64) int threads,
      @ForAll boolean shared) {
    var p =
        TestSessions.tiny().toBuilder()
            .set("embedding", shared ? "shared" : "separate")
            .set(BATCH_SIZE, batchSize)
            .set(HIDDEN_SIZE, hidden)
            .set(NUM_LAYERS, layers);
    double bytes = bytes(p, threads);
    assertTrue(bytes(p, threads + 1) > bytes, "threads");
    assertTrue(bytes(p.set(NUM_LAYERS, layers + 1), threads) > bytes, "layers");
    assertTrue(
        bytes(p.set(NUM_LAYERS, layers).set(HIDDEN_SIZE, hidden + 32), threads) > bytes, "units");
    p.set(HIDDEN_SIZE, hidden);
    p.set(BATCH_SIZE, batchSize);
    assertTrue(bytes(p.set(DROPOUT_HIDDEN, 0.5), threads) > bytes, "dropout");
    double dropping = bytes(p.set(DROPOUT_EMBED, 0.5), threads); // rows then share no inputs
    assertEquals(
        dropping,
        bytes(p.set(DROPOUT, 0.5).set(DROPOUT_EMBED, null).set(DROPOUT_HIDDEN, null), threads));
  }

  /** Whose batches may be wider in a later epoch. */
  @Property
  void shuffledSessionsTakeNoLessThanInAnyOrder(
      @ForAll @IntRange(min = 1, max = 300) int batchSize,
      @ForAll @IntRange(min = 1, max = 6) int bptt,
      @ForAll long seed) {
    TestSessions some = TestSessions.make(seed, 100, 50);
    var p =
        TestSessions.tiny().toBuilder()
            .set(HIDDEN_SIZE, 64)
            .set(BATCH_SIZE, batchSize)
            .set(BPTT, bptt);
    double shuffled = bytes(p.set("session_order", "shuffled"), some);
    assertTrue(shuffled >= bytes(p.set("session_order", "user"), some), "user");
    assertTrue(shuffled >= bytes(p.set("session_order", "time"), some), "time");
  }

  private static double bytes(GRU4RecParameters.Builder p, TestSessions sessions) {
    return MemoryEstimate.of(p.build(), sessions.x(), sessions.items(), null, 1).bytes();
  }

  private static double bytes(GRU4RecParameters.Builder p, int threads) {
    return MemoryEstimate.of(p.build(), MANY.x(), MANY.items(), null, threads).bytes();
  }

  /**
   * A score that judging keeps is an index and a float, twice while its matrix is made; before that
   * there may be what computes the scores.
   */
  @Test
  void judgingTakesRoomForTheScoresThatCount() {
    InteractionMatrix in = MANY.validation().in();
    int users = MANY.validation().out().numActiveUsers();
    var p = TestSessions.tiny().toBuilder().set(STOPPING_CRITERION, Criterion.BPR);
    double one = judged(p.set(VALIDATION_SAMPLE_SIZE, 1)) - (8.0 * in.numItems() + computes(in, p));
    p.set(VALIDATION_SAMPLE_SIZE, null);
    double all = 8.0 * users * in.numItems();
    assertTrue(all > computes(in, p));
    assertEquals(one + 2 * all, judged(p), 1, "all scores count");
    p.set(PREDICT_TOP_K, 10);
    assertEquals(one + users * 8 * 10 + computes(in, p), judged(p), 1, "10 are kept");
    p.set(VALIDATION_SAMPLE_SIZE, users - 7);
    assertEquals(one + (users - 7) * 8 * 10 + computes(in, p), judged(p), 1);
    double ten = judged(p);
    p.set(PREDICT_TOP_K, null).set(STOPPING_CRITERION, Criterion.PRECISION);
    assertEquals(ten, judged(p), 1, "precision looks at 10");
  }

  /** Bytes that compute the scores: items' gates, states, logits, selections. */
  private static double computes(InteractionMatrix in, GRU4RecParameters.Builder builder) {
    GRU4RecParameters p = builder.build();
    int stored = p.get(PREDICT_TOP_K) == null ? in.numItems() : p.get(PREDICT_TOP_K);
    int E = p.get(NUM_COMPONENTS);
    int H = p.get(HIDDEN_SIZE);
    double bytes = FittedModel.predictBytes(E, p.layerSizes(), in, stored, 1);
    double gates = 4 * 32 * Math.ceil(3 * H / 32.0) * in.numInteractions() / 2.0;
    assertTrue(bytes > gates, bytes + ", gates " + gates);
    return bytes;
  }

  private static double judged(GRU4RecParameters.Builder p) {
    return MemoryEstimate.of(p.build(), MANY.x(), MANY.items(), MANY.validation(), 1).arrays();
  }

  @Test
  void refusesAHeapThatIsTooSmall() {
    TestSessions sessions = TestSessions.make(1, 5, 5);
    GRU4RecParameters p = TestSessions.tiny();
    var estimate = MemoryEstimate.of(p, sessions.x(), sessions.items(), null, 1);
    long enough = estimate.bytes();
    estimate.requireFits(enough);
    long less = enough - 1;
    var fault = assertThrows(IllegalArgumentException.class, () -> estimate.requireFits(less));
    assertTrue(
        fault
            .getMessage()
            .matches(
                "training needs 13 MiB \\(the JVM 13 MiB\\) of heap, but the JVM may take only"
                    + " 13 MiB: give it more, such as with JDK_JAVA_OPTIONS=-Xmx15m, or lower .*"),
        fault.getMessage());
    assertEquals(1.15 * estimate.bytes(), estimate.suggestedHeap(), 1);
  }
}
