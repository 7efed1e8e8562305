package io.gru4j.bench;

import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.BPTT;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SequenceBatches;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.GRU4RecOptions;
import io.gru4j.parameters.GRU4RecOptions.Embedding;
import io.gru4j.parameters.GRU4RecOptions.Negatives;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** libtorch's side of the rows of {@link PeersTable}. */
final class Theirs {

  /** Rows of a batch in prediction, as in training. */
  private static final int BATCH = 512;

  private Theirs() {}

  /**
   * Runs one task in rounds.
   *
   * @param args the loop ({@code best} or {@code recpack}), name of the task and its arguments, as
   *     {@link PeersTable} gives them
   */
  public static void main(String[] args) throws IOException {
    boolean best = args[0].equals("best");
    Rounds rounds = new Rounds();
    switch (args[1]) {
      case "recordings" -> {
        String agreed = TorchRecordings.check(Path.of(args[2]));
        rounds.next();
        System.out.println("# libtorch: " + agreed);
        rounds.report(0);
      }
      case "epoch" -> {
        threads(args[3]);
        train(
            rounds,
            ClickSessions.named(args[2]).trainPart(Double.parseDouble(args[4])),
            best,
            Integer.parseInt(args[5]));
      }
      case "step" -> {
        threads(args[3]);
        train(rounds, Ours.stepSessions(args[2]), best, Integer.parseInt(args[4]));
      }
      case "steps" -> {
        threads(args[4]);
        steps(rounds, args[2], args[3], Integer.parseInt(args[5]), Integer.parseInt(args[6]));
      }
      case "gemm" -> {
        torch.set_num_threads(1);
        gemm(rounds, args);
      }
      case "top" -> {
        threads(args[3]);
        top(rounds, args[2]);
      }
      case "topk" -> {
        threads("1");
        TorchTopK.run(rounds, Arrays.copyOfRange(args, 2, args.length));
      }
      default -> throw new IllegalArgumentException("no task " + args[1]);
    }
  }

  /**
   * Sets torch's threads. On more than one OpenBLAS shares them, unless the system property {@code
   * openblas.own} says otherwise.
   */
  private static void threads(String number) {
    int threads = Integer.parseInt(number);
    torch.set_num_threads(threads);
    if (threads > 1 && !Boolean.getBoolean("openblas.own")) {
      SharedPool.install();
    }
  }

  /** A round is an epoch: seconds, loss. */
  private static void train(Rounds rounds, InteractionMatrix x, boolean best, int warmUps) {
    GRU4RecParameters p = GRU4RecParameters.defaults();
    TorchNetwork network = new TorchNetwork(Ours.network(x.numItems()));
    TorchUpdate update = best ? new FusedTorchUpdate(network, p) : new DenseTorchUpdate(network, p);
    TorchTraining training = new TorchTraining(network, p, update);
    List<TorchChunk> chunks = TorchChunk.of(SequenceBatches.of(x, p.get(BATCH_SIZE)), p.get(BPTT));
    for (int i = 0; i < warmUps; i++) {
      training.epoch(chunks);
    }
    while (rounds.next()) {
      long start = System.nanoTime();
      double loss = training.epoch(chunks);
      rounds.report((System.nanoTime() - start) * 1e-9, loss);
    }
  }

  /** A round is some steps against shared samples: seconds, loss, targets, steps. */
  private static void steps(
      Rounds rounds, String sessions, String embedding, int warmUp, int perRound) {
    InteractionMatrix x = SampledTraining.sessions(sessions);
    Embedding kind = SampledTraining.embedding(embedding);
    GRU4RecParameters p = SampledTraining.parameters(Negatives.SHARED, kind);
    TorchSampledSteps steps = new TorchSampledSteps(x, p);
    int most = 2 * steps.tracks() + p.get(GRU4RecOptions.NUM_SAMPLES);
    TorchSampledTraining training =
        new TorchSampledTraining(
            new TorchNetwork(SampledTraining.network(p, x.numItems())),
            kind == Embedding.SHARED,
            p,
            steps.tracks(),
            most);
    List<TorchSampledStep> next = steps.next(warmUp);
    training.run(next);
    do {
      next.forEach(TorchSampledStep::close);
      next = steps.next(perRound);
    } while (round(rounds, training, next));
  }

  private static boolean round(
      Rounds rounds, TorchSampledTraining training, List<TorchSampledStep> steps) {
    if (!rounds.next()) {
      return false;
    }
    long start = System.nanoTime();
    double loss = training.run(steps);
    double seconds = (System.nanoTime() - start) * 1e-9;
    long targets = steps.stream().mapToLong(TorchSampledStep::rows).sum();
    rounds.report(seconds, loss, targets, steps.size());
    return true;
  }

  private static void gemm(Rounds rounds, String[] args) {
    Matrix a = Ours.random(Integer.parseInt(args[2]), Integer.parseInt(args[3]));
    Matrix b = Ours.random(Integer.parseInt(args[3]), Integer.parseInt(args[4]));
    Tensor ta = Tensor.create(a.toArray(), a.rows(), a.cols());
    Tensor tb = Tensor.create(b.toArray(), b.rows(), b.cols());
    Tensor tc = torch.torch_zeros(a.rows(), b.cols());
    torch.matmul_out(tc, ta, tb);
    float[] c = new float[a.rows() * b.cols()];
    tc.data_ptr_float().get(c);
    GemmCheck.check(a, b, c);
    rounds.time(4, () -> torch.matmul_out(tc, ta, tb).close());
  }

  /** A round ranks the next click of every test session: the 50 best of all items. */
  private static void top(Rounds rounds, String catalogue) {
    InteractionMatrix test = ClickSessions.named(catalogue).test();
    GruNetwork initial = Ours.network(test.numItems());
    TorchNetwork network = new TorchNetwork(initial);
    TensorVector gru = network.gru();
    Tensor weight = network.outputWeight().detach().narrow(0, 0, test.numItems());
    TensorOptional bias =
        new TensorOptional(network.outputBias().detach().narrow(0, 0, test.numItems()));
    List<TorchHistories> batches = TorchHistories.of(SequenceBatches.of(test, BATCH));
    rounds.time(
        4,
        () -> {
          for (TorchHistories batch : batches) {
            try (PointerScope _ = new PointerScope();
                NoGradGuard _ = new NoGradGuard()) {
              Tensor x = torch.embedding(network.embedding(), batch.items());
              Tensor before = torch.torch_zeros(network.numLayers, batch.rows(), network.hidden);
              Tensor last =
                  torch
                      .gru(
                          x,
                          batch.rowsByTime(),
                          before,
                          gru,
                          true,
                          network.numLayers,
                          0.0,
                          false,
                          false)
                      .get1()
                      .select(0, network.numLayers - 1);
              Tensor scores = torch.linear(last, weight, bias);
              if (torch.topk(scores, 50).get1().numel() != 50 * batch.rows()) {
                throw new IllegalStateException("top 50 of fewer items");
              }
            }
          }
        });
  }
}
