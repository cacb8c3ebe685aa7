package io.headrace.perf.peers;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.memory.Floats;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The parameters of our checkpoint as PyTorch lays them out, and the layers that they belong to,
 * called by their place in the network. Not thread-safe.
 */
final class TorchWeights {
  private static final String MODEL = "model.";
  private static final double BATCH_NORM_MOMENTUM = 0.1;
  private static final double BATCH_NORM_EPSILON = 1e-5;

  private final Map<String, Tensor> weights = new LinkedHashMap<>();
  private final Map<String, Tensor> states = new LinkedHashMap<>();

  TorchWeights(Checkpoint checkpoint, boolean channelsLast) {
    checkpoint
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (name.startsWith(MODEL)) {
                String ours = name.substring(MODEL.length());
                long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
                Tensor values = Tensor.create(Floats.toArray(tensor.data()), shape);
                Tensor theirs = converted(ours, values, channelsLast).clone();
                weights.put(ours, theirs.set_requires_grad(true));
                addStates(ours, theirs);
              }
            });
  }

  private static Tensor converted(String name, Tensor ours, boolean channelsLast) {
    if (name.endsWith("dense.weight")) {
      return ours.t().contiguous();
    }
    if (name.endsWith("conv2d.weight")) {
      Tensor outInHeightWidth = ours.permute(0, 3, 1, 2);
      return outInHeightWidth.contiguous(
          channelsLast ? torch.MemoryFormat.ChannelsLast : torch.MemoryFormat.Contiguous);
    }
    if (name.contains("rnn.") || name.contains("lstm.")) { // [in][gates][units]
      return name.endsWith("bias") ? ours.flatten() : ours.flatten(1, -1).t().contiguous();
    }
    return ours;
  }

  /** What PyTorch's layers take besides: made here, since a step frees what it makes. */
  private void addStates(String name, Tensor weight) {
    if (name.endsWith("batch-norm.scale")) {
      states.put(name.replace("scale", "mean"), torch.zeros_like(weight.detach()));
      states.put(name.replace("scale", "variance"), torch.ones_like(weight.detach()));
    } else if (name.endsWith("rnn.bias") || name.endsWith("lstm.bias")) {
      states.put(name, torch.zeros_like(weight.detach())); // its second bias
    }
  }

  /** All that is learned. */
  List<Tensor> learned() {
    return List.copyOf(weights.values());
  }

  Tensor dense(int layer, Tensor x) {
    return torch.linear(x, weight(layer + ".dense.weight"), some(layer + ".dense.bias"));
  }

  /** A convolution of 3x3 windows, padded by 1. */
  Tensor conv(int layer, Tensor x, long stride) {
    long[] strides = {stride, stride};
    long[] ones = {1, 1};
    return torch.conv2d(
        x, weight(layer + ".conv2d.weight"), some(layer + ".conv2d.bias"), strides, ones, ones, 1);
  }

  Tensor batchNorm(int layer, Tensor x) {
    String name = layer + ".batch-norm";
    return torch.batch_norm(
        x,
        some(name + ".scale"),
        some(name + ".shift"),
        new TensorOptional(state(name + ".mean")),
        new TensorOptional(state(name + ".variance")),
        true,
        BATCH_NORM_MOMENTUM,
        BATCH_NORM_EPSILON,
        true);
  }

  /** The last step of a tanh recurrence over [steps, rows, channels]. */
  Tensor rnn(int layer, Tensor x) {
    TensorVector parameters = recurrent(layer + ".rnn");
    Tensor first = first(x, parameters);
    return torch.rnn_tanh(x, first, parameters, true, 1, 0, true, false, false).get1().select(0, 0);
  }

  /** The last step of an LSTM over [steps, rows, channels]. */
  Tensor lstm(int layer, Tensor x) {
    TensorVector parameters = recurrent(layer + ".lstm");
    Tensor first = first(x, parameters);
    TensorVector state = new TensorVector(first, first);
    return torch.lstm(x, state, parameters, true, 1, 0, true, false, false).get1().select(0, 0);
  }

  /** Rows of one dimension, channels innermost as ours are: no copy of channels-last images. */
  static Tensor flat(Tensor images) {
    return images.permute(0, 2, 3, 1).flatten(1, -1);
  }

  private TensorVector recurrent(String name) {
    return new TensorVector(
        weight(name + ".weight"),
        weight(name + ".recurrent-weight"),
        weight(name + ".bias"),
        state(name + ".bias"));
  }

  private static Tensor first(Tensor x, TensorVector parameters) {
    return torch.zeros(1, x.size(1), parameters.get(1).size(1));
  }

  private Tensor weight(String name) {
    return Objects.requireNonNull(weights.get(name), name);
  }

  private Tensor state(String name) {
    return Objects.requireNonNull(states.get(name), name);
  }

  private TensorOptional some(String name) {
    Tensor weight = weights.get(name);
    return weight == null ? new TensorOptional() : new TensorOptional(weight);
  }
}
