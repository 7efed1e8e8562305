package io.gru4j.algorithms;

import io.gru4j.algorithms.Gru4RecOptions.Batching;
import io.gru4j.algorithms.Gru4RecOptions.Embedding;
import io.gru4j.algorithms.Gru4RecOptions.Init;
import io.gru4j.algorithms.Gru4RecOptions.Schedule;
import io.gru4j.algorithms.Gru4RecOptions.SessionOrder;
import io.gru4j.metrics.Criterion;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The parameters of the estimator, one by one: ranges, defaults, meanings. */
final class ParameterSpecs {
  private static final List<String> CRITERIA =
      Arrays.stream(Criterion.values()).map(Criterion::criterionName).toList();

  /** RecPack's twenty; in the order of {@link Gru4RecParameters}. */
  static final List<ParameterSpec> RECPACK =
      List.of(
          ParameterSpec.integer("num_layers", 1, 1, 64).means("GRU layers on top of each other"),
          ParameterSpec.integer("hidden_size", 100, 1, 65536)
              .means("hidden units of each GRU layer"),
          ParameterSpec.integer("num_components", 250, 1, 65536)
              .means("numbers in the embedding of an item"),
          ParameterSpec.fraction("dropout", 0.0, false)
              .means("probability with which each number is dropped in training"),
          ParameterSpec.choice("optimization_algorithm", "adagrad", List.of("adagrad", "sgd"))
              .means("optimizer that makes the steps"),
          ParameterSpec.fraction("momentum", 0.0, true)
              .means("share of the last step that is repeated, for sgd only"),
          ParameterSpec.positive("clipnorm", 1.0, true)
              .means(
                  "largest L2 norm of all gradients together, longer ones are scaled down; None for"
                      + " no limit"),
          ParameterSpec.integer("bptt", 1, 1, Integer.MAX_VALUE)
              .means("time steps that gradients flow back, and that one optimizer step takes in"),
          ParameterSpec.integer("batch_size", 512, 1, Integer.MAX_VALUE)
              .means("sessions in a batch"),
          ParameterSpec.integer("max_epochs", 5, 1, Integer.MAX_VALUE)
              .means("passes over the training sessions, at most"),
          ParameterSpec.positive("learning_rate", 0.03, false)
              .means("factor of each optimizer step"),
          ParameterSpec.choice("stopping_criterion", "recall", CRITERIA)
              .means(
                  "measure on the validation sessions that says which epoch is best: recall and"
                      + " ndcg look at the 50 best items, precision at the 10 best, bpr and warp at"
                      + " samples of all"),
          ParameterSpec.bool("stop_early", false)
              .means("whether to stop after max_iter_no_change epochs without a better criterion"),
          ParameterSpec.integer("max_iter_no_change", 5, 0, Integer.MAX_VALUE)
              .means("epochs without a better criterion after which stop_early stops"),
          ParameterSpec.notNegative("min_improvement", 0.0)
              .means("amount by which the criterion must change to be better"),
          ParameterSpec.longOrNone("seed")
              .means(
                  "seed of everything random: the same seed gives the same model, bit for bit; None"
                      + " draws one, which the model records"),
          ParameterSpec.bool("save_best_to_file", false)
              .means(
                  "whether fit also saves the model it keeps to a file in the working folder,"
                      + " GRU4RecCrossEntropy_loss_X.safetensors with X the best criterion"),
          ParameterSpec.bool("keep_last", false)
              .means("whether the model of the last epoch is kept, not that of the best"),
          ParameterSpec.integer("predict_topK", null, 1, Integer.MAX_VALUE)
              .means("scores that predict keeps for each user, the largest; None for all"),
          ParameterSpec.integer("validation_sample_size", null, 1, Integer.MAX_VALUE)
              .means(
                  "users drawn from the validation data to compute the criterion on; None for"
                      + " all"));

  /** The options that RecPack does not have; in the order of {@link Gru4RecOptions}. */
  static final List<ParameterSpec> OPTIONS =
      List.of(
          ParameterSpec.choice("init", "uniform_0.01", words(Init.values()))
              .means(
                  "first values of the parameters: all uniform in +-0.01, or each weight matrix"
                      + " uniform in +-sqrt(6 / (rows + columns)), gates apart, biases zero"),
          ParameterSpec.choice("embedding", "separate", words(Embedding.values()))
              .means(
                  "whether the output layer has weights of its own or shares those of the"
                      + " embedding, which then is hidden_size wide"),
          ParameterSpec.fractionOrNone("dropout_embed")
              .means("dropout of the embedding; None for dropout"),
          ParameterSpec.fractionOrNone("dropout_hidden")
              .means("dropout of what each GRU layer gives to the next; None for dropout"),
          ParameterSpec.choice("batching", "padded", words(Batching.values()))
              .means(
                  "whether a batch is batch_size sessions to their ends, or batch_size lanes, each"
                      + " of which takes the next session when one ends"),
          ParameterSpec.choice("session_order", "user", words(SessionOrder.values()))
              .means(
                  "order of the sessions in an epoch: by their number, by their first click, or"
                      + " shuffled anew for each epoch"),
          ParameterSpec.fraction("adagrad_momentum", 0.0, false)
              .means("share of adagrad's last step that is repeated, for adagrad only"),
          ParameterSpec.fraction("label_smoothing", 0.0, false)
              .means("share of the target's probability that is spread over all classes"),
          ParameterSpec.fraction("weight_decay", 0.0, false)
              .means(
                  "share of each weight, times learning rate, that a step takes away; biases, and"
                      + " embeddings that are not looked up, keep theirs"),
          ParameterSpec.choice("learning_rate_schedule", "constant", words(Schedule.values()))
              .means(
                  "course of the learning rate over max_epochs: constant, or down to 0 in a line"
                      + " or in half a cosine"));

  /** All of them. */
  static final List<ParameterSpec> ALL = Stream.concat(RECPACK.stream(), OPTIONS.stream()).toList();

  private ParameterSpecs() {}

  private static List<String> words(Enum<?>[] values) {
    return Arrays.stream(values).map(Enum::toString).toList();
  }
}
