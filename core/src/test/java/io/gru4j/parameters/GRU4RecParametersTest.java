package io.gru4j.parameters;

import static io.gru4j.parameters.GRU4RecOptions.ADAGRAD_MOMENTUM;
import static io.gru4j.parameters.GRU4RecOptions.BATCHING;
import static io.gru4j.parameters.GRU4RecOptions.DROPOUT_EMBED;
import static io.gru4j.parameters.GRU4RecOptions.DROPOUT_HIDDEN;
import static io.gru4j.parameters.GRU4RecOptions.EMBEDDING;
import static io.gru4j.parameters.GRU4RecOptions.INIT;
import static io.gru4j.parameters.GRU4RecOptions.LABEL_SMOOTHING;
import static io.gru4j.parameters.GRU4RecOptions.LEARNING_RATE_SCHEDULE;
import static io.gru4j.parameters.GRU4RecOptions.SESSION_ORDER;
import static io.gru4j.parameters.GRU4RecOptions.WEIGHT_DECAY;
import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static io.gru4j.parameters.GRU4RecParameters.CLIPNORM;
import static io.gru4j.parameters.GRU4RecParameters.DROPOUT;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.KEEP_LAST;
import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.MAX_ITER_NO_CHANGE;
import static io.gru4j.parameters.GRU4RecParameters.MIN_IMPROVEMENT;
import static io.gru4j.parameters.GRU4RecParameters.MOMENTUM;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_LAYERS;
import static io.gru4j.parameters.GRU4RecParameters.OPTIMIZATION_ALGORITHM;
import static io.gru4j.parameters.GRU4RecParameters.PREDICT_TOP_K;
import static io.gru4j.parameters.GRU4RecParameters.SAVE_BEST_TO_FILE;
import static io.gru4j.parameters.GRU4RecParameters.SEED;
import static io.gru4j.parameters.GRU4RecParameters.STOPPING_CRITERION;
import static io.gru4j.parameters.GRU4RecParameters.STOP_EARLY;
import static io.gru4j.parameters.GRU4RecParameters.VALIDATION_SAMPLE_SIZE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.metrics.Criterion;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GRU4RecParametersTest {
  private static final String MEANS = "what it means";
  private static final OptimizationAlgorithm SGD = OptimizationAlgorithm.SGD;

  @Test
  void defaultsAreRecPacks() {
    Map<String, Object> expected = new LinkedHashMap<>();
    expected.put("num_layers", 1);
    expected.put("hidden_size", 100);
    expected.put("num_components", 250);
    expected.put("dropout", 0.0);
    expected.put("optimization_algorithm", "adagrad");
    expected.put("momentum", 0.0);
    expected.put("clipnorm", 1.0);
    expected.put("bptt", 1);
    expected.put("batch_size", 512);
    expected.put("max_epochs", 5);
    expected.put("learning_rate", 0.03);
    expected.put("stopping_criterion", "recall");
    expected.put("stop_early", false);
    expected.put("max_iter_no_change", 5);
    expected.put("min_improvement", 0.0);
    expected.put("seed", null);
    expected.put("save_best_to_file", false);
    expected.put("keep_last", false);
    expected.put("predict_topK", null);
    expected.put("validation_sample_size", null);
    List<String> recPacks = List.copyOf(expected.keySet());
    expected.put("init", "uniform_0.01");
    expected.put("embedding", "separate");
    expected.put("hidden_sizes", null);
    expected.put("dropout_embed", null);
    expected.put("dropout_hidden", null);
    expected.put("batching", "padded");
    expected.put("session_order", "user");
    expected.put("adagrad_momentum", 0.0);
    expected.put("label_smoothing", 0.0);
    expected.put("weight_decay", 0.0);
    expected.put("learning_rate_schedule", "constant");
    expected.put("negatives", "catalogue");
    expected.put("num_samples", 2048);
    expected.put("sample_alpha", 0.5);
    expected.put("logq", 0.0);
    expected.put("bpreg", 1.0);
    expected.put("elu", 0.0);
    expected.put("adagrad_epsilon", 1e-10);
    expected.put("adagrad_epsilon_place", "outside");
    Map<String, Object> params = GRU4RecParameters.defaults().getParams();
    assertEquals(expected, params);
    assertEquals(recPacks, GRU4RecParameters.recPacks().stream().map(ParameterSpec::name).toList());
    assertEquals(List.copyOf(expected.keySet()), List.copyOf(params.keySet()));
    assertEquals(GRU4RecParameters.defaults(), GRU4RecParameters.builder().build());
  }

  @Test
  void theIdentifierIsSortedAndWrittenAsRecPackWritesIt() {
    assertEquals(
        "GRU4RecCrossEntropy(batch_size=512,bptt=1,clipnorm=1.0,dropout=0.0,hidden_size=100,"
            + "keep_last=False,learning_rate=0.03,max_epochs=5,max_iter_no_change=5,"
            + "min_improvement=0.0,momentum=0.0,num_components=250,num_layers=1,"
            + "optimization_algorithm=adagrad,predict_topK=None,save_best_to_file=False,seed=None,"
            + "stop_early=False,stopping_criterion=recall,validation_sample_size=None)",
        GRU4RecParameters.defaults().identifier());
    String changed =
        GRU4RecParameters.builder()
            .set(CLIPNORM, null)
            .set(LEARNING_RATE, 1e-5)
            .set(STOP_EARLY, true)
            .set(PREDICT_TOP_K, 20)
            .set(SEED, 7L)
            .build()
            .identifier();
    assertTrue(changed.contains(",clipnorm=None,"), changed);
    assertTrue(changed.contains(",learning_rate=1e-05,"), changed);
    assertTrue(changed.contains(",stop_early=True,"), changed);
    assertTrue(changed.contains(",predict_topK=20,"), changed);
    assertTrue(changed.contains(",seed=7,"), changed);
    for (ParameterSpec<?> option : GRU4RecOptions.all()) {
      assertFalse(changed.contains(option.name()), changed);
      Object other =
          switch (option.type()) {
            case INT -> 17;
            case REAL -> 0.25;
            case SIZES -> "17,3";
            default -> option.choices().getLast();
          };
      String with = GRU4RecParameters.builder().set(option.name(), other).build().identifier();
      assertTrue(with.matches(".*[(,]" + option.name() + "=" + other + "[,)].*"), with);
    }
  }

  /**
   * Every setter reaches its own parameter and no other, in builder, record, maps and text alike.
   */
  @Test
  void everyParameterIsItsOwn() {
    GRU4RecParameters changed =
        GRU4RecParameters.builder()
            .set(NUM_LAYERS, 2)
            .set(HIDDEN_SIZE, 3)
            .set(NUM_COMPONENTS, 4)
            .set(DROPOUT, 0.5)
            .set(OPTIMIZATION_ALGORITHM, OptimizationAlgorithm.SGD)
            .set(MOMENTUM, 0.25)
            .set(CLIPNORM, 6.0)
            .set(BPTT, 7)
            .set(BATCH_SIZE, 8)
            .set(MAX_EPOCHS, 9)
            .set(LEARNING_RATE, 0.125)
            .set(STOPPING_CRITERION, Criterion.NDCG)
            .set(STOP_EARLY, true)
            .set(MAX_ITER_NO_CHANGE, 10)
            .set(MIN_IMPROVEMENT, 0.75)
            .set(SEED, 11L)
            .set(SAVE_BEST_TO_FILE, true)
            .set(KEEP_LAST, true)
            .set(PREDICT_TOP_K, 12)
            .set(VALIDATION_SAMPLE_SIZE, 13)
            .set(INIT, GRU4RecOptions.Init.GLOROT)
            .set(EMBEDDING, GRU4RecOptions.Embedding.SHARED)
            .set(GRU4RecOptions.HIDDEN_SIZES, LayerSizes.of(15, 16))
            .set(DROPOUT_EMBED, 0.0625)
            .set(DROPOUT_HIDDEN, 0.1875)
            .set(BATCHING, GRU4RecOptions.Batching.SESSION_PARALLEL)
            .set(SESSION_ORDER, GRU4RecOptions.SessionOrder.TIME)
            .set(ADAGRAD_MOMENTUM, 0.3125)
            .set(LABEL_SMOOTHING, 0.375)
            .set(WEIGHT_DECAY, 0.4375)
            .set(LEARNING_RATE_SCHEDULE, GRU4RecOptions.Schedule.COSINE)
            .set(GRU4RecOptions.NEGATIVES, GRU4RecOptions.Negatives.SHARED)
            .set(GRU4RecOptions.NUM_SAMPLES, 14)
            .set(GRU4RecOptions.SAMPLE_ALPHA, 0.5625)
            .set(GRU4RecOptions.LOGQ, 0.6875)
            .set(GRU4RecOptions.BPREG, 1.25)
            .set(GRU4RecOptions.ELU, 1.5)
            .set(GRU4RecOptions.ADAGRAD_EPSILON, 1e-6)
            .set(GRU4RecOptions.ADAGRAD_EPSILON_PLACE, GRU4RecOptions.EpsilonPlace.INSIDE)
            .build();
    assertEquals(
        List.of(
            2,
            3,
            4,
            0.5,
            "sgd",
            0.25,
            6.0,
            7,
            8,
            9,
            0.125,
            "ndcg",
            true,
            10,
            0.75,
            11L,
            true,
            true,
            12,
            13,
            "glorot",
            "shared",
            "15,16",
            0.0625,
            0.1875,
            "session_parallel",
            "time",
            0.3125,
            0.375,
            0.4375,
            "cosine",
            "shared",
            14,
            0.5625,
            0.6875,
            1.25,
            1.5,
            1e-6,
            "inside"),
        List.copyOf(changed.getParams().values()));
    Map<String, Object> camel = new HashMap<>();
    Map<String, String> text = new HashMap<>();
    for (ParameterSpec<?> spec : GRU4RecParameters.specs()) {
      Object value = spec.valueIn(changed);
      assertNotEquals(spec.valueIn(GRU4RecParameters.defaults()), value, spec.name());
      Map<String, Object> alone = new HashMap<>(GRU4RecParameters.defaults().getParams());
      alone.put(spec.name(), value);
      assertEquals(
          alone, GRU4RecParameters.defaults().withParams(Map.of(spec.name(), value)).getParams());
      camel.put(spec.camelCase(), value);
      text.put(spec.name(), ParameterSpec.print(value));
    }
    assertEquals(changed, GRU4RecParameters.defaults().withParams(changed.getParams()));
    assertEquals(changed, GRU4RecParameters.defaults().withParams(camel));
    assertEquals(changed, GRU4RecParameters.defaults().withParams(text));
    assertEquals(changed, changed.toBuilder().build());
    assertEquals(12, changed.get(PREDICT_TOP_K));
    assertEquals(OptimizationAlgorithm.SGD, changed.get(OPTIMIZATION_ALGORITHM));
    assertEquals(GRU4RecOptions.SessionOrder.TIME, changed.get(SESSION_ORDER));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "num_layers|0|num_layers must be an integer in [1, 64], got 0",
        "hidden_size|0|hidden_size must be an integer in [1, 65536], got 0",
        "hidden_size|65537|hidden_size must be an integer in [1, 65536], got 65537",
        "hidden_size|4294967297|hidden_size must be an integer in [1, 65536], got 4294967297",
        "hidden_size|99999999999999999999|hidden_size must be an integer in [1, 65536],"
            + " got 99999999999999999999",
        "hidden_size|1.5|hidden_size must be an integer in [1, 65536], got 1.5",
        "num_components|-1|num_components must be an integer in [1, 65536], got -1",
        "dropout|-1e-60|dropout must be a float in [0, 1), got -1e-60",
        "dropout|0.99999999|dropout must be a float in [0, 1), got 0.99999999",
        "dropout|1|dropout must be a float in [0, 1), got 1",
        "dropout|-0.1|dropout must be a float in [0, 1), got -0.1",
        "optimization_algorithm|adam|optimization_algorithm must be one of adagrad, sgd, got adam",
        "momentum|1.1|momentum must be a float in [0, 1], got 1.1",
        "clipnorm|0|clipnorm must be a float in [1.4e-45, 3.4028235e38] or None, got 0",
        "clipnorm|1e999|clipnorm must be a float in [1.4e-45, 3.4028235e38] or None, got 1e999",
        "bptt|0|bptt must be an integer in [1, 2147483647], got 0",
        "batch_size|x|batch_size must be an integer in [1, 2147483647], got x",
        "max_epochs|0|max_epochs must be an integer in [1, 2147483647], got 0",
        "learning_rate|-1.0|learning_rate must be a float in [1.4e-45, 3.4028235e38], got -1.0",
        "learning_rate|1e39|learning_rate must be a float in [1.4e-45, 3.4028235e38], got 1e39",
        "learning_rate|1e-60|learning_rate must be a float in [1.4e-45, 3.4028235e38], got 1e-60",
        "learning_rate|NaN|learning_rate must be a float in [1.4e-45, 3.4028235e38], got NaN",
        "learning_rate|None|learning_rate must be a float in [1.4e-45, 3.4028235e38], got None",
        "learning_rate|1d|learning_rate must be a float in [1.4e-45, 3.4028235e38], got 1d",
        "stopping_criterion|auc|stopping_criterion must be one of recall, ndcg, precision, bpr,"
            + " warp, got auc",
        "stop_early|yes|stop_early must be true or false, got yes",
        "max_iter_no_change|-1|max_iter_no_change must be an integer in [0, 2147483647], got -1",
        "min_improvement|-1e-9|min_improvement must be a finite number >= 0, got -1e-9",
        "seed|-1|seed must be an integer in [0, 2^63) or None, got -1",
        "predict_topK|0|predict_topK must be an integer in [1, 2147483647] or None, got 0",
        "init|uniform|init must be one of uniform_0.01, glorot, got uniform",
        "embedding|none|embedding must be one of separate, shared, got none",
        "dropout_embed|1|dropout_embed must be a float in [0, 1) or None, got 1",
        "dropout_hidden|-1|dropout_hidden must be a float in [0, 1) or None, got -1",
        "batching|tracks|batching must be one of padded, session_parallel, got tracks",
        "session_order|random|session_order must be one of user, time, shuffled, got random",
        "adagrad_momentum|1|adagrad_momentum must be a float in [0, 1), got 1",
        "label_smoothing|1|label_smoothing must be a float in [0, 1), got 1",
        "weight_decay|1|weight_decay must be a float in [0, 1), got 1",
        "learning_rate_schedule|step|learning_rate_schedule must be one of constant, linear,"
            + " cosine, got step",
        "negatives|all|negatives must be one of catalogue, own, shared, got all",
        "num_samples|-1|num_samples must be an integer in [0, 1048576], got -1",
        "sample_alpha|-1.1|sample_alpha must be a finite number >= 0, got -1.1",
        "logq|-0.1|logq must be a finite number >= 0, got -0.1",
        "bpreg|-1|bpreg must be a finite number >= 0, got -1",
        "elu|-1|elu must be a finite number >= 0, got -1",
        "adagrad_epsilon|0|adagrad_epsilon must be a float in [1.4e-45, 3.4028235e38], got 0",
        "adagrad_epsilon_place|in|adagrad_epsilon_place must be one of outside, inside, got in",
        "validation_sample_size|0|validation_sample_size must be an integer in [1, 2147483647] or"
            + " None, got 0"
      })
  void valuesOutOfRangeAreRefusedByName(String name, String text, String message) {
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> GRU4RecParameters.defaults().withParams(Map.of(name, text)));
    assertEquals(message, e.getMessage());
  }

  @Test
  void valuesOutOfRangeAreRefusedBeforeBuild() {
    assertRefused(
        "learning_rate must be a float in [1.4e-45, 3.4028235e38], got nan",
        () -> GRU4RecParameters.builder().set(LEARNING_RATE, Double.NaN));
    assertRefused(
        "optimization_algorithm must be one of adagrad, sgd, got None",
        () -> GRU4RecParameters.builder().set(OPTIMIZATION_ALGORITHM, null));
    assertRefused(
        "bptt must be an integer in [1, 2147483647], got 0",
        () -> GRU4RecParameters.builder().set(BPTT, 0));
  }

  @Test
  void valuesOfAnotherTypeAreRefused() {
    assertRefused("bptt must be", () -> GRU4RecParameters.builder().set("bptt", 2.0));
    assertRefused("bptt must be", () -> GRU4RecParameters.builder().set("bptt", true));
    assertRefused("keep_last must be", () -> GRU4RecParameters.builder().set("keep_last", 1));
    assertRefused("momentum must be", () -> GRU4RecParameters.builder().set("momentum", 'x'));
    assertRefused(
        "stopping_criterion must be",
        () -> GRU4RecParameters.builder().set("stoppingCriterion", 3));
  }

  @Test
  void valuesOfAFittingTypeAreTaken() {
    GRU4RecParameters p =
        GRU4RecParameters.builder()
            .set("bptt", 2L)
            .set("seed", 3)
            .set("learning_rate", 0.03f)
            .set("clipnorm", 2)
            .set("momentum", " 0.5 ")
            .set("keepLast", "True")
            .set("optimizationAlgorithm", OptimizationAlgorithm.SGD)
            .build();
    assertEquals(2, p.get(BPTT));
    assertEquals(3L, p.get(SEED));
    assertEquals(0.03, p.get(LEARNING_RATE));
    assertEquals(2.0, p.get(CLIPNORM));
    assertEquals(0.5, p.get(MOMENTUM));
    assertTrue(p.get(KEEP_LAST));
    assertNull(p.toBuilder().set("clipnorm", "none").build().get(CLIPNORM));
    assertNull(p.toBuilder().set("seed", "None").build().get(SEED));
    assertEquals(1.0, p.toBuilder().set(MOMENTUM, 1.0).build().get(MOMENTUM));
    assertEquals(0, p.toBuilder().set(MAX_ITER_NO_CHANGE, 0).build().get(MAX_ITER_NO_CHANGE));
  }

  /** A constant that is declared below the list of all would be no parameter. */
  @Test
  void everyDeclaredConstantIsAParameter() throws ReflectiveOperationException {
    int declared = 0;
    for (Class<?> type : List.of(GRU4RecParameters.class, GRU4RecOptions.class)) {
      for (var field : type.getFields()) {
        if (field.getType() == ParameterSpec.class) {
          assertTrue(Algorithm.NEG_SAMPLING.specs().contains(field.get(null)), field.getName());
          declared++;
        }
      }
    }
    assertEquals(Algorithm.NEG_SAMPLING.specs().size(), declared);
  }

  @Test
  void unknownNamesAreRefusedWithTheNamesThereAre() {
    var e =
        assertRefused("", () -> GRU4RecParameters.defaults().withParams(Map.of("hiden_size", 1)));
    assertTrue(
        e.startsWith(
            "unknown parameter hiden_size (did you mean hidden_size?); the parameters are"
                + " num_layers,"),
        e);
    for (ParameterSpec<?> spec : GRU4RecParameters.specs()) {
      assertTrue(e.contains(spec.name()), spec.name());
    }
    String far = assertRefused("unknown parameter zzz; ", () -> GRU4RecParameters.spec("zzz"));
    assertTrue(far.endsWith("adagrad_epsilon_place"), far);
    assertRefused(
        "batch_size is given twice, also as batchSize",
        () -> GRU4RecParameters.defaults().withParams(Map.of("batch_size", 1, "batchSize", 2)));
  }

  @Test
  void namesHaveThreeForms() {
    ParameterSpec<?> spec = GRU4RecParameters.spec("predictTopK");
    assertEquals("predict_topK", spec.name());
    assertEquals("predictTopK", spec.camelCase());
    assertEquals("predict-topK", spec.dashed());
    assertEquals("maxIterNoChange", GRU4RecParameters.spec("max_iter_no_change").camelCase());
    assertEquals("name_", ParameterSpec.camelCase("name_"), "nothing behind the dash");
    assertEquals(
        39, GRU4RecParameters.specs().stream().map(ParameterSpec::name).distinct().count());
    for (ParameterSpec<?> each : GRU4RecParameters.specs()) {
      assertEquals(each.defaultValue(), each.parse(ParameterSpec.print(each.defaultValue())));
      assertEquals(each.defaultValue() == null || each.name().equals("clipnorm"), each.nullable());
    }
  }

  @Test
  void aSpecSaysWhatItTakes() {
    ParameterSpec<?> spec = GRU4RecParameters.spec("hidden_size");
    assertEquals(ParameterSpec.Type.INT, spec.type());
    assertEquals("an integer in [1, 65536]", spec.range());
    assertEquals("hidden units of each GRU layer", spec.description());
    assertEquals(1, spec.check(1));
    assertEquals(65536, spec.check(65536));
  }

  @Test
  void aSpecOfEachKindSaysWhatItTakes() {
    assertTakes("an integer in [1, 9]", 3, ParameterSpec.integer("n", 3, 1, 9, MEANS));
    assertTakes(
        "an integer in [1, 9] or None", null, ParameterSpec.integerOrNone("n", 1, 9, MEANS));
    assertTakes("an integer in [0, 2^63) or None", null, ParameterSpec.longOrNone("n", MEANS));
    String positive = "a float in [1.4e-45, 3.4028235e38]";
    assertTakes(positive, 0.5, ParameterSpec.positive("n", 0.5, MEANS));
    assertTakes(positive + " or None", 0.5, ParameterSpec.positiveOrNone("n", 0.5, MEANS));
    assertTakes("a finite number >= 0", 0.5, ParameterSpec.notNegative("n", 0.5, MEANS));
    assertTakes("a float in [0, 1]", 0.5, ParameterSpec.fractionOrOne("n", 0.5, MEANS));
    assertTakes("a float in [0, 1)", 0.5, ParameterSpec.fraction("n", 0.5, MEANS));
    assertTakes("a float in [0, 1) or None", null, ParameterSpec.fractionOrNone("n", MEANS));
    assertTakes("true or false", false, ParameterSpec.trueOrFalse("n", MEANS));
    assertTakes("one of adagrad, sgd", SGD, ParameterSpec.choice("n", SGD, MEANS));
  }

  private static <T> void assertTakes(String range, T byDefault, ParameterSpec<T> spec) {
    assertEquals("n", spec.name());
    assertEquals(range, spec.range());
    assertEquals(byDefault, spec.defaultValue());
    assertEquals(range.endsWith("or None"), spec.nullable());
    assertEquals(byDefault, spec.check(byDefault));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.0",
    "-0.0, -0.0",
    "1, 1.0",
    "0.03, 0.03",
    "0.0001, 0.0001",
    "0.00001, 1e-05",
    "0.000123, 0.000123",
    "0.0000123, 1.23e-05",
    "-1.5e-7, -1.5e-07",
    "100, 100.0",
    "123456.75, 123456.75",
    "1e15, 1000000000000000.0",
    "1e16, 1e+16",
    "1.5e300, 1.5e+300",
    "0.1, 0.1",
    "1e-10, 1e-10",
    "Infinity, inf",
    "-Infinity, -inf",
    "NaN, nan"
  })
  void realsAreWrittenAsPythonWritesThem(double value, String text) {
    assertEquals(text, ParameterSpec.print(value));
  }

  @Property
  void writtenRealsReadBackEqual(@ForAll long seed) {
    double value = Math.abs(Double.longBitsToDouble(new Random(seed).nextLong() & ~(1L << 62)));
    assertEquals(value, Double.parseDouble(ParameterSpec.print(value)));
    assertEquals(
        value, GRU4RecParameters.spec("min_improvement").parse(ParameterSpec.print(value)));
  }

  private static String assertRefused(String start, Executable action) {
    var e = assertThrows(IllegalArgumentException.class, action);
    assertTrue(e.getMessage().startsWith(start), e.getMessage());
    return e.getMessage();
  }
}
