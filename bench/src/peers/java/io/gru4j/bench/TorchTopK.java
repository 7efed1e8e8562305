package io.gru4j.bench;

import io.gru4j.model.GruNetwork;
import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.autograd.Parameter;
import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** libtorch's side of {@link TopKTable}: product with all weights, bias added, and topk. */
final class TorchTopK {

  private final Tensor weight;
  private final Tensor bias;
  private final Tensor scores;
  private final Tensor[] states;
  private final int k;

  private TorchTopK(GruNetwork network, Matrix states, int k) {
    weight = tensor(network.outputWeight(), network.numItems());
    bias = tensor(network.outputBias(), network.numItems()).view(network.numItems());
    scores = torch.torch_zeros(network.numItems());
    this.states = new Tensor[states.rows()];
    int H = states.cols();
    for (int r = 0; r < states.rows(); r++) {
      this.states[r] = Tensor.create(Arrays.copyOfRange(states.data(), r * H, (r + 1) * H), H);
    }
    this.k = k;
  }

  private static Tensor tensor(Parameter p, int rows) {
    float[] values = new float[rows * p.cols()];
    p.read(0, values, values.length);
    return Tensor.create(values, rows, p.cols());
  }

  /** A round: milliseconds p50, p99. */
  static void run(Rounds rounds, String... args) {
    int calls = Integer.parseInt(args[1]);
    GruNetwork network = TopKRounds.network(Integer.parseInt(args[3]), Integer.parseInt(args[4]));
    TorchTopK side = new TorchTopK(network, TopKRounds.states(network), Integer.parseInt(args[0]));
    side.round(calls);
    while (rounds.next()) {
      rounds.report(side.round(calls));
    }
  }

  private double[] round(int calls) {
    double[] times = new double[calls];
    for (int i = 0; i < calls; i++) {
      long start = System.nanoTime();
      try (PointerScope _ = new PointerScope();
          NoGradGuard _ = new NoGradGuard()) {
        torch.addmv_out(scores, bias, weight, states[i % states.length]);
        if (torch.topk(scores, k).get1().numel() != k) {
          throw new IllegalStateException("top " + k + " of fewer items");
        }
      }
      times[i] = (System.nanoTime() - start) * 1e-6;
    }
    Arrays.sort(times);
    return new double[] {times[calls / 2], times[calls * 99 / 100]};
  }
}
