package io.gru4j.bench;

import static io.gru4j.parameters.GRU4RecOptions.ADAGRAD_EPSILON;
import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;

import io.gru4j.parameters.GRU4RecParameters;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Cross-entropy over shared samples on libtorch, one time step at a time, the best loop that we
 * know: the rows of a step are gathered, autograd sees those alone, and {@link TorchRows} changes
 * them. The GRU's parameters lie side by side, so Adagrad changes them in one go.
 */
final class TorchSampledTraining {

  private final int batchSize;
  private final TorchRows output;
  private final TorchRows bias;
  private final TorchRows embedding; // null if it is the output's
  private final Tensor outputPlaces;
  private final Tensor embeddingPlaces;
  private final Tensor range;
  private final Tensor gru; // all parameters, one after the other
  private final Tensor gruState;
  private final TensorVector gruParts; // as torch's gru takes them
  private final Tensor hidden; // (tracks, H)
  private final Scalar epsilon;
  private final Scalar minusRate;

  /**
   * Prepares training.
   *
   * @param network the initial parameters, changed by training
   * @param shared whether the embedding is the output layer's
   * @param tracks rows of the hidden state
   * @param most the most rows that a step looks up
   */
  TorchSampledTraining(
      TorchNetwork network, boolean shared, GRU4RecParameters p, int tracks, int most) {
    double rate = p.get(LEARNING_RATE);
    double inside = p.get(ADAGRAD_EPSILON);
    batchSize = p.get(BATCH_SIZE);
    epsilon = new Scalar(inside);
    minusRate = new Scalar(-rate);
    output = new TorchRows(network.outputWeight().detach(), rate, inside);
    bias = new TorchRows(network.outputBias().detach().view(-1, 1), rate, inside);
    embedding = shared ? null : new TorchRows(network.embedding().detach(), rate, inside);
    range = longs(most);
    outputPlaces = longs(network.numItems + 1);
    embeddingPlaces = longs(network.numItems + 1);
    hidden = torch.torch_zeros(tracks, network.hidden);
    TensorVector initial = network.gru();
    gru = joined(initial, 0);
    gruState = torch.zeros_like(gru);
    gruParts = new TensorVector();
    long at = 0;
    for (int i = 0; i < initial.size(); i++) {
      Tensor part = initial.get(i);
      gruParts.push_back(leaf(gru.narrow(0, at, part.numel()).view(part.shape())));
      at += part.numel();
    }
  }

  private static Tensor longs(long n) {
    long[] values = new long[(int) n];
    for (int i = 0; i < n; i++) {
      values[i] = i;
    }
    return Tensor.create(values);
  }

  /** Tensors from one on as a single row. */
  private static Tensor joined(TensorVector tensors, int from) {
    TensorVector flat = new TensorVector();
    for (int i = from; i < tensors.size(); i++) {
      flat.push_back(tensors.get(i).detach().reshape(-1));
    }
    return torch.cat(flat);
  }

  private static Tensor leaf(Tensor t) {
    return t.detach().requires_grad_(true);
  }

  /** Makes steps; returns the mean loss over their targets. */
  double run(List<TorchSampledStep> steps) {
    double sum = 0;
    long targets = 0;
    for (TorchSampledStep step : steps) {
      sum += step(step);
      targets += step.rows();
    }
    return sum / targets;
  }

  /** Makes a step; returns the sum of the losses of its targets. */
  private double step(TorchSampledStep s) {
    try (PointerScope _ = new PointerScope()) {
      return embedding == null ? sharedStep(s) : separateStep(s);
    }
  }

  private double sharedStep(TorchSampledStep s) {
    long C = s.columns().numel();
    Tensor all = s.columnsAndItems();
    Tensor rows = output.gather(all);
    Tensor w = leaf(rows.narrow(0, 0, C));
    Tensor x = leaf(rows.narrow(0, C, s.rows()));
    Tensor biases = bias.gather(all);
    Tensor b = leaf(biases);
    Tensor loss = loss(s, x, w, b.narrow(0, 0, C));
    TensorVector grads = backward(loss, w, x, b);
    TorchRows.Lookup lookup = TorchRows.Lookup.of(all, outputPlaces, range);
    output.update(lookup, rows, torch.cat(new TensorVector(grads.get(0), grads.get(1))));
    bias.update(lookup, biases, grads.get(2));
    return loss.item_double() * batchSize;
  }

  private double separateStep(TorchSampledStep s) {
    Tensor rows = output.gather(s.columns());
    Tensor w = leaf(rows);
    Tensor inputs = embedding.gather(s.items());
    Tensor x = leaf(inputs);
    Tensor biases = bias.gather(s.columns());
    Tensor b = leaf(biases);
    Tensor loss = loss(s, x, w, b);
    TensorVector grads = backward(loss, w, x, b);
    TorchRows.Lookup lookup = TorchRows.Lookup.of(s.columns(), outputPlaces, range);
    output.update(lookup, rows, grads.get(0));
    bias.update(lookup, biases, grads.get(2));
    embedding.update(TorchRows.Lookup.of(s.items(), embeddingPlaces, range), inputs, grads.get(1));
    return loss.item_double() * batchSize;
  }

  /** The sum of the losses by the rows of a full step; moves the hidden state on. */
  private Tensor loss(TorchSampledStep s, Tensor x, Tensor w, Tensor b) {
    int n = s.rows();
    Tensor before = s.active() == null ? hidden : hidden.index_select(0, s.active());
    if (s.goesOn() != null) {
      before = before.mul(s.goesOn());
    }
    T_TensorTensor_T outputAndState =
        torch.gru(x.unsqueeze(0), before.unsqueeze(0), gruParts, true, 1, 0.0, true, false, false);
    Tensor after = outputAndState.get1().squeeze(0).detach();
    if (s.active() == null) {
      hidden.copy_(after);
    } else {
      hidden.index_copy_(0, s.active(), after);
    }
    Tensor biases = b.view(1, -1).sub(s.correction());
    Tensor logits = torch.addmm(biases, outputAndState.get0().squeeze(0), w.t());
    Tensor loss = torch.cross_entropy_loss(logits, range.narrow(0, 0, n));
    return n == batchSize ? loss : loss.mul(new Scalar((double) n / batchSize));
  }

  /** Goes back from the loss and changes the GRU; returns the gradients of the three tensors. */
  private TensorVector backward(Tensor loss, Tensor w, Tensor x, Tensor b) {
    TensorVector leaves = new TensorVector(w, x, b);
    for (int i = 0; i < gruParts.size(); i++) {
      leaves.push_back(gruParts.get(i));
    }
    TensorVector grads = torch.grad(new TensorVector(loss), leaves);
    Tensor g = joined(grads, 3);
    gruState.addcmul_(g, g);
    gru.addcdiv_(g, gruState.add(epsilon).sqrt_(), minusRate);
    return grads;
  }
}
