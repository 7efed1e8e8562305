package io.gru4j.parameters;

import static io.gru4j.parameters.GRU4RecOptions.NEGATIVES;
import static io.gru4j.parameters.GRU4RecParameters.LOSS_FN;
import static io.gru4j.parameters.GRU4RecParameters.NUM_NEGATIVES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.parameters.GRU4RecOptions.Negatives;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What differs between the parameters of the two estimators. */
class AlgorithmTest {
  private static final Algorithm XE = Algorithm.CROSS_ENTROPY;
  private static final Algorithm NEG = Algorithm.NEG_SAMPLING;

  @Test
  void theSecondHasRecPacksTwoMore() {
    List<ParameterSpec<?>> expected = new ArrayList<>(XE.specs());
    expected.addAll(20, List.of(LOSS_FN, NUM_NEGATIVES));
    assertEquals(expected, NEG.specs());
    assertEquals(GRU4RecParameters.specs(), XE.specs());
    Map<String, Object> params = new HashMap<>(GRU4RecParameters.defaults().getParams());
    params.put("loss_fn", "bpr");
    params.put("num_negatives", 50);
    params.put("negatives", "own");
    assertEquals(params, GRU4RecParameters.defaults(NEG).getParams());
  }

  @Test
  void theIdentifierIsRecPacks() {
    assertEquals(
        "GRU4RecNegSampling(batch_size=512,bptt=1,clipnorm=1.0,dropout=0.0,hidden_size=100,"
            + "keep_last=False,learning_rate=0.03,loss_fn=bpr,max_epochs=5,max_iter_no_change=5,"
            + "min_improvement=0.0,momentum=0.0,num_components=250,num_layers=1,num_negatives=50,"
            + "optimization_algorithm=adagrad,predict_topK=None,save_best_to_file=False,seed=None,"
            + "stop_early=False,stopping_criterion=recall,validation_sample_size=None)",
        GRU4RecParameters.defaults(NEG).identifier());
    assertTrue(
        GRU4RecParameters.builder(NEG)
            .set(NEGATIVES, Negatives.SHARED)
            .build()
            .identifier()
            .contains(",negatives=shared,"));
    assertTrue(
        GRU4RecParameters.builder(XE)
            .set(NEGATIVES, Negatives.OWN)
            .build()
            .identifier()
            .contains(",negatives=own,"));
  }

  /** Whatever the values, they go in and come out as maps and as text, for the same estimator. */
  @Property
  void paramsGoInAndComeOut(@ForAll long seed, @ForAll Algorithm algorithm) {
    Random random = new Random(seed);
    GRU4RecParameters.Builder builder = GRU4RecParameters.builder(algorithm);
    for (ParameterSpec<?> spec : algorithm.specs()) {
      if (random.nextBoolean()) {
        builder.set(spec.camelCase(), randomValue(spec, random));
      }
    }
    GRU4RecParameters p = builder.build();
    assertEquals(algorithm, p.algorithm());
    GRU4RecParameters defaults = GRU4RecParameters.defaults(algorithm);
    assertEquals(p, defaults.withParams(p.getParams()));
    assertEquals(p.hashCode(), defaults.withParams(p.getParams()).hashCode());
    Map<String, String> text = new HashMap<>();
    p.getParams().forEach((name, value) -> text.put(name, ParameterSpec.print(value)));
    assertEquals(p, defaults.withParams(text));
    assertEquals(p, p.toBuilder().build());
    assertEquals(p, p.withParams(Map.of()));
    for (ParameterSpec<?> spec : algorithm.specs()) {
      boolean named = p.identifier().matches(".*[(,]" + spec.name() + "=.*");
      boolean changed = !Objects.equals(spec.valueIn(defaults), spec.valueIn(p));
      assertEquals(changed || !GRU4RecOptions.all().contains(spec), named, spec.name());
    }
  }

  private static Object randomValue(ParameterSpec<?> spec, Random random) {
    return switch (spec.type()) {
      case INT -> 1 + random.nextInt(60);
      case LONG -> (long) random.nextInt(1000);
      case REAL -> random.nextInt(1, 100) / 128.0;
      case BOOLEAN -> random.nextBoolean();
      case CHOICE -> spec.choices().get(random.nextInt(spec.choices().size()));
      case SIZES -> "%d,%d".formatted(1 + random.nextInt(60), 1 + random.nextInt(60));
    };
  }

  @Test
  void valuesOfTheOtherEstimatorAreNoneOfThisOne() {
    String message = "GRU4RecCrossEntropy has no parameter loss_fn, only GRU4RecNegSampling has it";
    GRU4RecParameters xe = GRU4RecParameters.defaults();
    assertRefused(message, () -> xe.withParams(Map.of("loss_fn", "bpr")));
    assertRefused(message, () -> xe.toBuilder().set(LOSS_FN, LossFunction.BPR));
    assertRefused(message, () -> XE.spec("loss_fn"));
    assertRefused("GRU4RecCrossEntropy has no parameter loss_fn", () -> xe.get(LOSS_FN));
    assertEquals(LOSS_FN, NEG.spec("lossFn"));
    assertNotEquals(xe, GRU4RecParameters.defaults(NEG));
  }

  @Test
  void valuesOutOfRangeAreRefusedByName() {
    GRU4RecParameters.Builder neg = GRU4RecParameters.builder(NEG);
    assertRefused(
        "loss_fn must be one of bpr, bpr-max, top1, top1-max, got ce",
        () -> neg.set("loss_fn", "ce"));
    assertRefused(
        "num_negatives must be an integer in [1, 1048576], got 0",
        () -> neg.set("num_negatives", 0));
  }

  @Test
  void wordsNameThem() {
    for (Algorithm each : Algorithm.values()) {
      assertEquals(each, Algorithm.of(each.toString()));
    }
    assertEquals("cross_entropy GRU4RecCrossEntropy", XE + " " + XE.estimator());
    assertEquals("neg_sampling GRU4RecNegSampling", NEG + " " + NEG.estimator());
    assertRefused(
        "algorithm must be one of cross_entropy, neg_sampling, got bpr", () -> Algorithm.of("bpr"));
  }

  private static void assertRefused(String message, Executable action) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, action).getMessage());
  }
}
