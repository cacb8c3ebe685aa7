package io.headrace.perf.peers;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.Function;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * PyTorch's fastest Adam, {@code torch.optim.Adam(fused=True)}: one operator for all parameters,
 * which the C++ optimizers do not use. Java has no binding of the operator; a script calls it. Not
 * thread-safe.
 */
final class FusedAdam {
  private final List<Tensor> parameters;
  private final List<Tensor> steps;
  private final CompilationUnit script;
  private final Function pack;
  private final Function update;
  private final IValue means;
  private final IValue squares;
  private final IValue counts;

  FusedAdam(List<Tensor> parameters, double rate) {
    this.parameters = parameters;
    this.script = torch.compile(source(parameters.size(), rate));
    this.pack = script.get_function(new QualifiedName("pack"));
    this.update = script.get_function(new QualifiedName("update"));
    this.steps = parameters.stream().map(parameter -> torch.zeros(new long[0])).toList();
    this.means = packed(parameters.stream().map(FusedAdam::zeros).toList());
    this.squares = packed(parameters.stream().map(FusedAdam::zeros).toList());
    this.counts = packed(steps);
  }

  /** Learns from the gradients and forgets them. */
  void step() {
    try (var _ = new NoGradGuard()) {
      steps.forEach(step -> step.add_(new Scalar(1)));
      var arguments = new IValueVector();
      arguments.push_back(packed(parameters));
      arguments.push_back(packed(parameters.stream().map(Tensor::grad).toList()));
      arguments.push_back(means).push_back(squares).push_back(counts);
      update.run(arguments);
    }
    parameters.forEach(parameter -> parameter.mutable_grad().put(new Tensor()));
  }

  private static Tensor zeros(Tensor like) {
    return torch.zeros_like(like.detach());
  }

  /** A list of tensors as scripts have it. */
  private IValue packed(List<Tensor> tensors) {
    var arguments = new IValueVector();
    tensors.forEach(tensor -> arguments.push_back(new IValue(tensor)));
    return pack.apply(arguments);
  }

  private static String source(int count, double rate) {
    String names =
        IntStream.range(0, count).mapToObj(i -> "t" + i).collect(Collectors.joining(", "));
    return """
        def pack(%1$s):
            return [%1$s]
        def update(p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], s: List[Tensor]):
            torch._fused_adam_(p, g, m, v, [], s, lr=%2$s, beta1=0.9, beta2=0.999, weight_decay=0.0, eps=1e-8, amsgrad=False, maximize=False)
        """
        .formatted(names, rate);
  }
}
