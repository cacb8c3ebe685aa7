package io.headrace.engine.layer;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.engine.config.Variant;
import io.headrace.engine.error.InvalidSettingException;
import java.util.List;
import java.util.Optional;

/** Convolutions and poolings as a job file names them. */
final class ImageLayers {
  private static final Setting<Integer> FILTERS =
      Setting.integer("filters", 1, 1 << 16, "Number of filters, which are the output's channels.");
  private static final Setting<Integer> KERNEL =
      Setting.integer("kernel", 1, 1 << 10, "Side of a filter's window.").orElse(3);
  private static final Setting<Integer> STRIDE =
      Setting.integer("stride", 1, 1 << 10, "Step from one window to the next.").orElse(1);
  private static final Setting<Integer> PADDING =
      Setting.integer("padding", 0, 1 << 10, "Zeros around the input, at each edge.").orElse(0);
  private static final Setting<Integer> DILATION =
      Setting.integer("dilation", 1, 1 << 10, "Step from one tap of a window to the next.")
          .orElse(1);
  private static final Setting<Boolean> CAUSAL =
      Setting.flag(
              "causal",
              "Whether windows end at their step, zeros before the first: no output sees what comes"
                  + " later.")
          .orElse(false);
  private static final Setting<Boolean> BIAS =
      Setting.flag("bias", "Whether a learned constant is added to each output.").orElse(true);
  private static final Setting<String> INIT =
      Setting.choice("init", Initialisation.NAMES, "Scheme of the first weights.").orElse("he");
  private static final Setting<Integer> SIZE =
      Setting.integer("size", 1, 1 << 10, "Side of a window.").orElse(2);
  private static final Setting<Integer> POOL_STRIDE =
      Setting.integer(
              "stride", 1, 1 << 10, "Step from one window to the next; by default its size.")
          .absentByDefault();
  private static final Setting<Integer> POOL_PADDING =
      Setting.integer("padding", 0, 1 << 9, "Pixels that windows may reach over each edge.")
          .orElse(0);

  private ImageLayers() {}

  static Variant<Layer> conv2d(Setting<String> input) {
    return new Variant<>(
        "conv2d",
        "A convolution over images of [height, width, channels]: each output pixel is a weighted sum"
            + " of the window above it. Followed by relu and by a max-pool whose windows do not"
            + " overlap, all three are one pass.",
        List.of(input, FILTERS, KERNEL, STRIDE, PADDING, DILATION, BIAS, INIT),
        settings -> conv2d(settings.optional(input), settings));
  }

  static Variant<Layer> conv1d(Setting<String> input) {
    return new Variant<>(
        "conv1d",
        "A convolution over sequences of [steps, channels].",
        List.of(input, FILTERS, KERNEL, STRIDE, PADDING, DILATION, CAUSAL, BIAS, INIT),
        settings -> conv1d(settings.optional(input), settings));
  }

  static Variant<Layer> maxPool() {
    return new Variant<>(
        "max-pool",
        "The largest value of each window of an image, channel by channel.",
        List.of(SIZE, POOL_STRIDE, POOL_PADDING),
        settings ->
            new MaxPoolLayer(
                settings.value(SIZE),
                settings.optional(POOL_STRIDE).orElse(settings.value(SIZE)),
                settings.value(POOL_PADDING)));
  }

  static Variant<Layer> avgPool() {
    return new Variant<>(
        "avg-pool",
        "The mean of each window of an image, channel by channel, over the pixels that lie in the"
            + " image.",
        List.of(SIZE, POOL_STRIDE, POOL_PADDING),
        settings ->
            new AvgPoolLayer(
                settings.value(SIZE),
                settings.optional(POOL_STRIDE).orElse(settings.value(SIZE)),
                settings.value(POOL_PADDING)));
  }

  static Variant<Layer> globalAvgPool() {
    return new Variant<>(
        "global-avg-pool",
        "The mean of each channel over all pixels of an image, or all real steps of a sequence: rows of"
            + " one dimension, e.g. for dense. Lin, Chen and Yan, 2014.",
        List.of(),
        settings -> new GlobalAvgPoolLayer());
  }

  private static Layer conv2d(Optional<String> input, Settings settings) {
    int kernel = settings.value(KERNEL);
    int stride = settings.value(STRIDE);
    int dilation = settings.value(DILATION);
    int pad = settings.value(PADDING);
    return layer(
        input,
        settings,
        false,
        x ->
            new ConvGeometry(
                x.height(),
                x.width(),
                x.channels(),
                kernel,
                kernel,
                stride,
                stride,
                dilation,
                pad,
                pad,
                pad,
                pad));
  }

  private static Layer conv1d(Optional<String> input, Settings settings) {
    int kernel = settings.value(KERNEL);
    int stride = settings.value(STRIDE);
    int dilation = settings.value(DILATION);
    int pad = settings.value(PADDING);
    boolean causal = settings.value(CAUSAL);
    if (causal && pad > 0) {
      throw new InvalidSettingException(
          PADDING.name(),
          pad
              + " does not go with causal: true, which pads the start as much as a window needs."
              + " Remove one of them.");
    }
    int before = causal ? (kernel - 1) * dilation : pad;
    int after = causal ? 0 : pad;
    return layer(
        input,
        settings,
        true,
        x ->
            new ConvGeometry(
                1, x.width(), x.channels(), 1, kernel, 1, stride, dilation, 0, 0, before, after));
  }

  private static Layer layer(
      Optional<String> input,
      Settings settings,
      boolean flat,
      java.util.function.Function<ConvLayer.Sizes, ConvGeometry> geometry) {
    return new ConvLayer(
        input,
        settings.value(FILTERS),
        geometry,
        flat,
        settings.value(INIT),
        settings.value(BIAS),
        false,
        1);
  }
}
