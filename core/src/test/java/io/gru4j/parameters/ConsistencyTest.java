package io.gru4j.parameters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values that contradict each other are refused, those that have no effect are said. */
class ConsistencyTest {

  /** Reads {@code name=value name=value}. */
  private static GRU4RecParameters parameters(String algorithm, String values) {
    Map<String, String> params = new TreeMap<>();
    for (String each : values.isEmpty() ? new String[0] : values.split(" ")) {
      params.put(each.split("=")[0], each.split("=")[1]);
    }
    return GRU4RecParameters.defaults(Algorithm.of(algorithm)).withParams(params);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cross_entropy|negatives=own|negatives of GRU4RecCrossEntropy must be catalogue or shared,"
            + " got own",
        "neg_sampling|negatives=catalogue|negatives of GRU4RecNegSampling must be own or shared,"
            + " got catalogue",
        "cross_entropy|negatives=shared|negatives shared needs batching session_parallel, got"
            + " padded",
        "neg_sampling|negatives=shared loss_fn=bpr-max|negatives shared needs batching"
            + " session_parallel, got padded",
        "neg_sampling|negatives=shared batching=session_parallel|negatives shared needs loss_fn"
            + " bpr-max, got bpr",
        "cross_entropy|negatives=shared batching=session_parallel label_smoothing=0.1|"
            + "label_smoothing 0.1 needs negatives catalogue, got shared",
        "neg_sampling|label_smoothing=0.1|label_smoothing 0.1 needs negatives catalogue, got own",
        "cross_entropy|negatives=shared batching=session_parallel num_samples=0 batch_size=1|"
            + "num_samples 0 needs a batch_size above 1, or there are no negatives, got 1"
      })
  void contradictionsAreRefused(String algorithm, String values, String message) {
    GRU4RecParameters p = parameters(algorithm, values);
    assertEquals(
        message, assertThrows(IllegalArgumentException.class, p::requireConsistent).getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cross_entropy|''",
        "neg_sampling|''",
        "cross_entropy|label_smoothing=0.1 adagrad_epsilon=1e-6 adagrad_epsilon_place=inside",
        "cross_entropy|optimization_algorithm=sgd momentum=0.9",
        "cross_entropy|adagrad_momentum=0.2 num_components=7",
        "cross_entropy|negatives=shared batching=session_parallel num_samples=0",
        "cross_entropy|negatives=shared batching=session_parallel batch_size=1 logq=1"
            + " sample_alpha=0.2",
        "neg_sampling|num_negatives=3 loss_fn=top1-max",
        "neg_sampling|negatives=shared batching=session_parallel loss_fn=bpr-max bpreg=2 elu=1"
            + " sample_alpha=0 num_samples=5"
      })
  void whatGoesTogetherIsTakenWithoutAWord(String algorithm, String values) {
    GRU4RecParameters p = parameters(algorithm, values);
    p.requireConsistent();
    assertEquals(List.of(), p.withoutEffect());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cross_entropy|momentum=0.5|momentum 0.5|optimization_algorithm sgd (for adagrad there is"
            + " adagrad_momentum)",
        "cross_entropy|optimization_algorithm=sgd adagrad_momentum=0.5|adagrad_momentum 0.5|"
            + "optimization_algorithm adagrad",
        "cross_entropy|optimization_algorithm=sgd adagrad_epsilon=1e-6|adagrad_epsilon 1e-06|"
            + "optimization_algorithm adagrad",
        "cross_entropy|optimization_algorithm=sgd adagrad_epsilon_place=inside|"
            + "adagrad_epsilon_place inside|optimization_algorithm adagrad",
        "cross_entropy|embedding=shared num_components=7|num_components 7|embedding separate (a"
            + " shared one is hidden_size wide)",
        "cross_entropy|num_samples=7|num_samples 7|negatives shared",
        "neg_sampling|num_samples=7|num_samples 7|loss_fn bpr-max and negatives shared",
        "cross_entropy|sample_alpha=0.75|sample_alpha 0.75|negatives shared, and num_samples above"
            + " 0",
        "cross_entropy|negatives=shared batching=session_parallel num_samples=0 sample_alpha=1|"
            + "sample_alpha 1.0|negatives shared, and num_samples above 0",
        "cross_entropy|logq=1|logq 1.0|cross-entropy and negatives shared",
        "neg_sampling|logq=1|logq 1.0|cross-entropy and negatives shared",
        "neg_sampling|negatives=shared batching=session_parallel loss_fn=bpr-max logq=1|logq 1.0|"
            + "cross-entropy and negatives shared",
        "cross_entropy|negatives=shared batching=session_parallel bpreg=0|bpreg 0.0|bpr-max and"
            + " negatives shared",
        "neg_sampling|loss_fn=bpr-max bpreg=0|bpreg 0.0|bpr-max and negatives shared",
        "neg_sampling|elu=0.5|elu 0.5|bpr-max and negatives shared",
        "neg_sampling|negatives=shared batching=session_parallel loss_fn=bpr-max num_negatives=7|"
            + "num_negatives 7|negatives own"
      })
  void whatHasNoEffectIsSaid(String algorithm, String values, String said, String where) {
    GRU4RecParameters p = parameters(algorithm, values);
    p.requireConsistent();
    assertEquals(List.of(said + " has no effect here, only with " + where), p.withoutEffect());
  }

  @Test
  void warningsStandInTheOrderOfTheParameters() {
    GRU4RecParameters p =
        parameters(
            "neg_sampling", "momentum=0.5 num_samples=1 sample_alpha=1 logq=1 bpreg=2 elu=1");
    List<String> said =
        p.withoutEffect().stream().map(each -> each.substring(0, each.indexOf(' '))).toList();
    assertEquals(List.of("momentum", "num_samples", "sample_alpha", "logq", "bpreg", "elu"), said);
  }
}
