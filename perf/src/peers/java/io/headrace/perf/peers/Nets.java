package io.headrace.perf.peers;

import io.headrace.engine.error.HeadraceException;
import io.headrace.perf.peers.Net.Layer;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The networks that are compared. */
final class Nets {
  static final Net CNN =
      new Net(
          "cnn",
          "conv 32 relu max-pool, conv 64 relu max-pool, dense 128 relu, dense 10 over 32x32x3",
          List.of(32, 32, 3),
          List.of(
              conv(32, 1, true),
              Layer.of("relu"),
              new Layer("max-pool", Map.of("size", 2)),
              conv(64, 1, true),
              Layer.of("relu"),
              new Layer("max-pool", Map.of("size", 2)),
              Layer.of("flatten"),
              new Layer("dense", Map.of("units", 128, "activation", "relu")),
              Layer.of("dense")),
          (x, w) -> {
            Tensor h = torch.max_pool2d(torch.relu(w.conv(0, x, 1)), 2, 2);
            h = torch.max_pool2d(torch.relu(w.conv(3, h, 1)), 2, 2);
            return w.dense(8, torch.relu(w.dense(7, TorchWeights.flat(h))));
          });

  static final Net MLP =
      new Net(
          "mlp",
          "dense 256 relu, dense 128 relu, dense 10 over 784",
          List.of(784),
          List.of(
              new Layer("dense", Map.of("units", 256, "activation", "relu")),
              new Layer("dense", Map.of("units", 128, "activation", "relu")),
              Layer.of("dense")),
          (x, w) -> w.dense(2, torch.relu(w.dense(1, torch.relu(w.dense(0, x))))));

  static final Net RNN =
      new Net(
          "rnn",
          "tanh rnn 128, its last step, dense 10 over 50 steps of 64",
          List.of(50, 64),
          List.of(new Layer("rnn", Map.of("units", 128)), Layer.of("dense")),
          (x, w) -> w.dense(1, w.rnn(0, x)));

  static final Net LSTM =
      new Net(
          "lstm",
          "lstm 128, its last step, dense 10 over 50 steps of 64",
          List.of(50, 64),
          List.of(new Layer("lstm", Map.of("units", 128)), Layer.of("dense")),
          (x, w) -> w.dense(1, w.lstm(0, x)));

  static final Net STRIDED =
      new Net(
          "strided",
          "conv 32, conv 64 stride 2, conv 64 stride 2, each with batch-norm and relu,"
              + " global-avg-pool, dense 10 over 32x32x3",
          List.of(32, 32, 3),
          List.of(
              conv(32, 1, false),
              Layer.of("batch-norm"),
              Layer.of("relu"),
              conv(64, 2, false),
              Layer.of("batch-norm"),
              Layer.of("relu"),
              conv(64, 2, false),
              Layer.of("batch-norm"),
              Layer.of("relu"),
              Layer.of("global-avg-pool"),
              Layer.of("dense")),
          (x, w) -> {
            Tensor h = torch.relu(w.batchNorm(1, w.conv(0, x, 1)));
            h = torch.relu(w.batchNorm(4, w.conv(3, h, 2)));
            h = torch.relu(w.batchNorm(7, w.conv(6, h, 2)));
            return w.dense(10, h.mean(2, 3));
          });

  static final List<Net> ALL = List.of(CNN, MLP, RNN, LSTM, STRIDED);

  private Nets() {}

  static Net named(String name) {
    return ALL.stream()
        .filter(net -> net.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new HeadraceException(
                    name + " is no network here: " + ALL.stream().map(Net::name).toList()));
  }

  private static Layer conv(int filters, int stride, boolean bias) {
    return new Layer(
        "conv2d",
        Map.of("filters", filters, "kernel", 3, "padding", 1, "stride", stride, "bias", bias));
  }
}
