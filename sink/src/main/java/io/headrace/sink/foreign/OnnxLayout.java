package io.headrace.sink.foreign;

import io.headrace.sink.foreign.Recipe.Part;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * That of ONNX's operators: matrices in x out, filters [out, in, height, width], and of a recurrent
 * layer both directions in one tensor, gates of an LSTM i, o, f, c and of a GRU z, r, h. Beside our
 * names for them, those that PyTorch's exporter gives.
 *
 * @param channelsFirst whether images are flattened channel by channel, unlike in our own files
 */
record OnnxLayout(boolean channelsFirst) implements WeightLayout {
  private static final String REVERSE = "reverse.";

  @Override
  public Optional<Recipe> recipe(ModelLayer layer, String own, List<Long> shape) {
    return Optional.ofNullable(
        switch (layer.spec().name()) {
          case "linear", "dense", "step-dense" ->
              own.equals("weight") ? matrix(layer, shape) : Recipe.same(shape, own);
          case "conv2d", "conv1d" ->
              own.equals("weight")
                  ? TorchLayout.filters(shape, layer.spec().name().equals("conv1d"))
                  : Recipe.same(shape, own);
          case "embedding" -> TorchLayout.embedding(shape);
          case "fm" ->
              Recipe.of(new Part(own, shape.getFirst(), elements(shape.subList(1, shape.size()))));
          case "layer-norm", "batch-norm" -> norm(own, shape);
          case "rnn" -> recurrent(Gates.RNN, layer, own, shape);
          case "lstm" -> recurrent(Gates.lstm(0, 2, 3, 1), layer, own, shape);
          case "gru" -> recurrent(Gates.gru(1, 0, 2), layer, own, shape);
          default -> null;
        });
  }

  private Recipe matrix(ModelLayer layer, List<Long> shape) {
    long in = shape.getFirst();
    long out = shape.getLast();
    long channels = channelsFirst ? layer.flattenedChannels() : 0;
    var part = new Part("weight", in, out);
    return channels == 0
        ? Recipe.of(part)
        : Recipe.turned(part, List.of(channels, in / channels, out), 1, 0, 2);
  }

  private static long elements(List<Long> shape) {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  private static Recipe norm(String own, List<Long> shape) {
    return switch (own) {
      case "scale" -> Recipe.same(shape, "scale", "weight");
      case "shift" -> Recipe.same(shape, "shift", "bias");
      case "running.mean" -> Recipe.same(shape, "running.mean", "running_mean");
      default -> Recipe.same(shape, "running.variance", "running_var");
    };
  }

  private static Recipe recurrent(Gates gates, ModelLayer layer, String own, List<Long> shape) {
    boolean reverse = own.startsWith(REVERSE);
    String name = reverse ? own.substring(REVERSE.length()) : own;
    long directions = layer.flag("bidirectional") ? 2 : 1;
    int direction = reverse ? 1 : 0;
    int units = Math.toIntExact(shape.getLast());
    long rows = (long) gates.count() * units;
    int in = Math.toIntExact(shape.getFirst());
    return switch (name) {
      case "weight" ->
          new Recipe(
              List.of(new Part(name, directions, rows, (long) in)),
              floats -> gates.input(direction(floats, directions, direction), units, in));
      case "recurrent-weight" ->
          new Recipe(
              List.of(new Part(name, directions, rows, (long) units)),
              floats -> gates.state(direction(floats, directions, direction), units));
      default ->
          new Recipe(
              List.of(new Part(name, directions, 2 * rows)),
              floats -> gates.bias(direction(floats, directions, direction), units));
    };
  }

  private static float[] direction(float[] both, long directions, int which) {
    int length = Math.toIntExact(both.length / directions);
    return Arrays.copyOfRange(both, which * length, (which + 1) * length);
  }
}
