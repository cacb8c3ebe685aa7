package io.headrace.perf.peers;

import io.headrace.engine.Checkpoint;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** PyTorch on tensors in memory. */
final class TorchStepper implements Stepper {
  private final Net net;
  private final Checkpoint first;
  private final TorchBatches batches;
  private final Tuning tuning;
  private TorchWeights weights;
  private FusedAdam adam;

  /**
   * How PyTorch is asked to compute.
   *
   * @param bf16 whether products are of 16-bit floats where PyTorch finds that safe, by autocast
   * @param channelsLast the layout of images
   */
  record Tuning(boolean bf16, boolean channelsLast, int threads) {}

  TorchStepper(Net net, Checkpoint first, TorchBatches batches, Tuning tuning) {
    this.net = net;
    this.first = first;
    this.batches = batches;
    this.tuning = tuning;
    this.weights = new TorchWeights(first, tuning.channelsLast());
    this.adam = new FusedAdam(weights.learned(), Net.RATE);
  }

  @Override
  public void reset() {
    torch.set_num_threads(tuning.threads());
    weights = new TorchWeights(first, tuning.channelsLast());
    adam = new FusedAdam(weights.learned(), Net.RATE);
  }

  @Override
  public double step(int number) {
    int at = number % batches.inputs().size();
    try (var _ = new PointerScope()) {
      Tensor loss = loss(batches.inputs().get(at), batches.labels().get(at));
      loss.backward();
      adam.step();
      return loss.item_float();
    }
  }

  private Tensor loss(Tensor input, Tensor labels) {
    if (!tuning.bf16()) {
      return torch.cross_entropy_loss(net.forward().scores(input, weights), labels);
    }
    torch.set_autocast_dtype(torch.DeviceType.CPU, torch.ScalarType.BFloat16);
    torch.set_autocast_enabled(torch.DeviceType.CPU, true);
    try {
      return torch.cross_entropy_loss(net.forward().scores(input, weights), labels);
    } finally {
      torch.clear_cache();
      torch.set_autocast_enabled(torch.DeviceType.CPU, false);
    }
  }

  @Override
  public void close() {}
}
