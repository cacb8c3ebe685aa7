package io.headrace.perf.peers;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.DenseColumn;
import io.headrace.engine.sample.MiniBatch;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Our batches as tensors, in the order of dimensions that suits PyTorch best. Immutable.
 *
 * @param inputs one a batch
 * @param labels one a batch
 */
record TorchBatches(List<Tensor> inputs, List<Tensor> labels) {
  static TorchBatches of(Net net, List<MiniBatch> batches, boolean channelsLast) {
    return new TorchBatches(
        batches.stream().map(batch -> input(net, batch, channelsLast)).toList(),
        batches.stream().map(TorchBatches::labels).toList());
  }

  private static Tensor input(Net net, MiniBatch batch, boolean channelsLast) {
    DenseColumn column = batch.rows().dense(0);
    int rows = batch.rows().size();
    float[] values = new float[rows * column.width()];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < column.width(); i++) {
        values[row * column.width() + i] = Floats.read(column.values(), column.start(row) + i);
      }
    }
    List<Integer> shape = net.input();
    return switch (shape.size()) {
      case 3 ->
          Tensor.create(values, rows, shape.get(0), shape.get(1), shape.get(2))
              .permute(0, 3, 1, 2)
              .contiguous(
                  channelsLast ? torch.MemoryFormat.ChannelsLast : torch.MemoryFormat.Contiguous);
      case 2 ->
          Tensor.create(values, rows, shape.get(0), shape.get(1)).transpose(0, 1).contiguous();
      default -> Tensor.create(values, rows, column.width());
    };
  }

  private static Tensor labels(MiniBatch batch) {
    long[] labels = new long[batch.rows().size()];
    for (int row = 0; row < labels.length; row++) {
      labels[row] = (long) batch.rows().labels()[row];
    }
    return Tensor.create(labels, labels.length);
  }
}
