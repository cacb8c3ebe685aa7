package io.headrace.sink.foreign;

import io.headrace.sink.foreign.Recipe.Part;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * PyTorch's, as a module's {@code state_dict} names it: matrices out x in, filters [out, in,
 * height, width], gates of an LSTM i, f, g, o and of a GRU r, z, n with two biases each, images
 * channel by channel where they were flattened.
 */
record TorchLayout() implements WeightLayout {
  private static final String REVERSE = "reverse.";

  @Override
  public Set<String> needless() {
    return Set.of("num_batches_tracked");
  }

  @Override
  public Optional<Recipe> recipe(ModelLayer layer, String own, List<Long> shape) {
    return Optional.ofNullable(
        switch (layer.spec().name()) {
          case "linear", "dense", "step-dense" ->
              own.equals("weight") ? matrix(layer, shape) : Recipe.same(shape, own);
          case "conv2d", "conv1d" ->
              own.equals("weight")
                  ? filters(shape, layer.spec().name().equals("conv1d"))
                  : Recipe.same(shape, own);
          case "embedding" -> embedding(shape);
          case "layer-norm", "batch-norm" -> norm(own, shape);
          case "rnn" -> recurrent(Gates.RNN, own, shape);
          case "lstm" -> recurrent(Gates.lstm(0, 1, 2, 3), own, shape);
          case "gru" -> recurrent(Gates.gru(0, 1, 2), own, shape);
          default -> null;
        });
  }

  /** Ours is in x out, and has the channels of a pixel side by side. */
  private static Recipe matrix(ModelLayer layer, List<Long> shape) {
    long in = shape.getFirst();
    long out = shape.getLast();
    var part = new Part("weight", out, in);
    long channels = layer.flattenedChannels();
    if (channels == 0) {
      return Recipe.turned(part, List.of(out, in), 1, 0);
    }
    return Recipe.turned(part, List.of(out, channels, in / channels), 2, 1, 0);
  }

  /** Ours are [filters, height, width, channels], of sequences with a height of 1. */
  static Recipe filters(List<Long> shape, boolean flat) {
    long count = shape.get(0);
    long height = shape.get(1);
    long width = shape.get(2);
    long channels = shape.get(3);
    var part =
        flat
            ? new Part("weight", count, channels, width)
            : new Part("weight", count, channels, height, width);
    return Recipe.turned(part, List.of(count, channels, height, width), 0, 2, 3, 1);
  }

  /** Ours has zeros for id 0, which is padding. */
  static Recipe embedding(List<Long> shape) {
    int dimension = Math.toIntExact(shape.getLast());
    return new Recipe(
        List.of(new Part(List.of("weight"), shape)),
        floats -> {
          float[] vectors = floats.clone();
          Arrays.fill(vectors, 0, dimension, 0);
          return vectors;
        });
  }

  private static Recipe norm(String own, List<Long> shape) {
    return Recipe.same(
        shape,
        switch (own) {
          case "scale" -> "weight";
          case "shift" -> "bias";
          case "running.mean" -> "running_mean";
          case "running.variance" -> "running_var";
          default -> own;
        });
  }

  private static Recipe recurrent(Gates gates, String own, List<Long> shape) {
    boolean reverse = own.startsWith(REVERSE);
    String ending = reverse ? "_l0_reverse" : "_l0";
    int units = Math.toIntExact(shape.getLast());
    long rows = (long) gates.count() * units;
    int in = Math.toIntExact(shape.getFirst());
    return switch (reverse ? own.substring(REVERSE.length()) : own) {
      case "weight" ->
          new Recipe(
              List.of(new Part("weight_ih" + ending, rows, (long) in)),
              floats -> gates.input(floats, units, in));
      case "recurrent-weight" ->
          new Recipe(
              List.of(new Part("weight_hh" + ending, rows, (long) units)),
              floats -> gates.state(floats, units));
      default ->
          new Recipe(
              List.of(new Part("bias_ih" + ending, rows), new Part("bias_hh" + ending, rows)),
              floats -> gates.bias(floats, units));
    };
  }
}
