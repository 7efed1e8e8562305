package io.gru4j.bench;

import static io.gru4j.parameters.GRU4RecParameters.CLIPNORM;
import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;
import static io.gru4j.parameters.GRU4RecParameters.OPTIMIZATION_ALGORITHM;

import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.OptimizationAlgorithm;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.Function;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The best we know for torch: gradients are moved, not accumulated. The embedding has a sparse
 * gradient, so only the rows looked up are updated. The other parameters use torch's fused Adagrad:
 * one pass over parameter, gradient and state, which also clips.
 *
 * <p>The fused kernel has no C++ function, so TorchScript calls it.
 */
final class FusedTorchUpdate implements TorchUpdate {

  private static final double EPSILON = 1e-10;

  private final Tensor embedding;
  private final Tensor embeddingState;
  private final TensorVector all; // the embedding first
  private final IValue dense; // lists of the others, of their states and of their step counters
  private final IValue states;
  private final IValue steps;
  private final double learningRate;
  private final Double clipnorm;
  private final CompilationUnit unit; // owns the functions: they end with it
  private final Function list;
  private final Function norm;
  private final Function step;

  FusedTorchUpdate(TorchNetwork network, GRU4RecParameters p) {
    if (p.get(OPTIMIZATION_ALGORITHM) != OptimizationAlgorithm.ADAGRAD) {
      throw new IllegalArgumentException("only adagrad, got " + p.get(OPTIMIZATION_ALGORITHM));
    }
    embedding = network.embedding();
    embeddingState = zerosLike(embedding);
    List<Tensor> others =
        network.all().values().stream().filter(t -> t != embedding).map(Tensor::detach).toList();
    all = new TensorVector(embedding);
    network.all().values().stream().filter(t -> t != embedding).forEach(all::push_back);
    unit = torch.compile(script(others.size()));
    list = unit.get_function(new QualifiedName("list"));
    norm = unit.get_function(new QualifiedName("norm"));
    step = unit.get_function(new QualifiedName("step"));
    dense = list(others.stream());
    states = list(others.stream().map(FusedTorchUpdate::zerosLike));
    steps = list(others.stream().map(_ -> Tensor.create(0f)));
    learningRate = p.get(LEARNING_RATE);
    clipnorm = p.get(CLIPNORM);
  }

  /** A list of tensors cannot be made outside of a script, so {@code list} makes one of n. */
  private static String script(int n) {
    String tensors = IntStream.range(0, n).mapToObj(i -> "t" + i).collect(Collectors.joining(", "));
    return """
    def list(%s):
        return [%s]

    def norm(g: List[Tensor], e: Tensor):
        norms = torch._foreach_norm(g)
        norms.append(torch.linalg_vector_norm(e))
        return torch.linalg_vector_norm(torch.stack(norms))

    def step(p: List[Tensor], g: List[Tensor], s: List[Tensor], n: List[Tensor],
             lr: float, scale: Tensor):
        torch._fused_adagrad_(p, g, s, n, lr=lr, lr_decay=0.0, weight_decay=0.0,
                              eps=%s, maximize=False, grad_scale=scale)
        return scale
    """
        .formatted(tensors, tensors, EPSILON);
  }

  private static Tensor zerosLike(Tensor t) {
    return torch.zeros_like(t.detach());
  }

  @Override
  public boolean sparse() {
    return true;
  }

  @Override
  public void run(Tensor loss) {
    TensorVector grads = torch.grad(new TensorVector(loss), all);
    Tensor sparse = grads.get(0).coalesce();
    Tensor rows = sparse._indices().select(0, 0);
    Tensor dEmbedding = sparse._values();
    IValue denseGrads = list(IntStream.range(1, (int) all.size()).mapToObj(grads::get));
    double divisor = 1;
    if (clipnorm != null) {
      double g = call(norm, denseGrads, new IValue(dEmbedding)).toTensor().item_double();
      divisor = Math.max(1, (g + 1e-6) / clipnorm);
    }
    call(
        step,
        dense,
        denseGrads,
        states,
        steps,
        new IValue(learningRate),
        new IValue(Tensor.create((float) divisor)));
    updateRows(rows, dEmbedding, divisor);
  }

  private void updateRows(Tensor rows, Tensor d, double divisor) {
    Tensor g = d.div_(new Scalar(divisor));
    Tensor s = embeddingState.index_select(0, rows).addcmul_(g, g);
    embeddingState.index_copy_(0, rows, s);
    Tensor change = g.div_(s.sqrt_().add_(new Scalar(EPSILON)));
    embedding.detach().index_add_(0, rows, change, new Scalar(-learningRate));
  }

  private IValue list(Stream<Tensor> tensors) {
    return call(list, tensors.map(IValue::new).toArray(IValue[]::new));
  }

  private static IValue call(Function function, IValue... arguments) {
    return function.apply(new IValueVector(arguments));
  }
}
