package io.headrace.engine.layer;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.engine.config.Variant;
import io.headrace.engine.config.Variants;
import java.util.List;
import java.util.OptionalInt;

/** Every layer that a job file can name. */
public final class Layers {
  private static final Setting<String> INPUT =
      Setting.text(
              "input", "Name of the job's input that it reads; needed where there are several.")
          .absentByDefault();
  private static final Setting<Integer> UNITS =
      Setting.integer("units", 1, 1 << 20, "Number of outputs; by default what the loss needs.")
          .absentByDefault();
  private static final Setting<Boolean> BIAS =
      Setting.flag("bias", "Whether a learned constant is added to each output.").orElse(true);
  private static final Setting<String> ACTIVATION =
      Setting.choice("activation", Activation.names(), "Curve that each output passes through.")
          .orElse("none");
  private static final Setting<Double> SLOPE =
      Setting.number("slope", 0, 0.99, "Slope below 0.").orElse(Activation.LEAK);
  private static final Setting<String> INIT =
      Setting.choice("init", Initialisation.NAMES, "Scheme of the first weights.").orElse("he");

  private static final Variants<Layer> VARIANTS =
      new Variants<>(
          "layer",
          List.of(
              new Variant<Layer>(
                  "linear",
                  "A linear model y = x W + b over a dense or a hashed sparse input. Starts at 0;"
                      + " over a sparse input a step moves only the weights of the batch's ids.",
                  List.of(INPUT, UNITS, BIAS),
                  Layers::linear),
              new Variant<Layer>(
                  "dense",
                  "A fully connected layer y = f(x W + b) over rows of one dimension.",
                  List.of(INPUT, UNITS, ACTIVATION, INIT, BIAS),
                  Layers::dense),
              new Variant<Layer>(
                  "step-dense",
                  "A fully connected layer over each step of a sequence by itself, [steps, n] to"
                      + " [steps, units]: y_t = f(x_t W + b). Padded steps stay 0.",
                  List.of(INPUT, UNITS, ACTIVATION, INIT, BIAS),
                  Layers::stepDense),
              FmLayer.variant(INPUT, UNITS),
              FfmLayer.variant(INPUT, UNITS),
              activation(Activation.Curve.RELU, "y = max(x, 0)."),
              new Variant<Layer>(
                  Activation.Curve.LEAKY_RELU.word(),
                  "y = max(x, slope x).",
                  List.of(SLOPE),
                  settings -> new ActivationLayer(Activation.leaky(settings.value(SLOPE)))),
              activation(Activation.Curve.TANH, "y = tanh(x)."),
              activation(Activation.Curve.SIGMOID, "y = 1 / (1 + exp(-x))."),
              activation(
                  Activation.Curve.GELU,
                  "y = x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), the tanh form of Hendrycks"
                      + " and Gimpel, 2016."),
              ImageLayers.conv2d(INPUT),
              ImageLayers.conv1d(INPUT),
              ImageLayers.maxPool(),
              SequenceLayers.embedding(INPUT),
              SequenceLayers.rnn(INPUT),
              SequenceLayers.lstm(INPUT),
              SequenceLayers.gru(INPUT),
              ImageLayers.avgPool(),
              ImageLayers.globalAvgPool(),
              new Variant<Layer>(
                  "flatten",
                  "Makes rows of one dimension from rows of several, e.g. for dense.",
                  List.of(),
                  settings -> new FlattenLayer()),
              BatchNormLayer.VARIANT,
              LayerNormLayer.VARIANT,
              ResidualLayer.VARIANT,
              TowersLayer.VARIANT,
              StandardizeLayer.variant(INPUT),
              DropoutLayer.VARIANT));

  private Layers() {}

  public static Variants<Layer> variants() {
    return VARIANTS;
  }

  private static Variant<Layer> activation(Activation.Curve curve, String doc) {
    return new Variant<>(
        curve.word(), doc, List.of(), settings -> new ActivationLayer(Activation.of(curve)));
  }

  private static Layer linear(Settings settings) {
    return new LinearLayer(settings.optional(INPUT), units(settings), settings.value(BIAS));
  }

  private static Layer dense(Settings settings) {
    return new DenseLayer(
        settings.optional(INPUT),
        units(settings),
        Activation.named(settings.value(ACTIVATION)),
        settings.value(INIT),
        settings.value(BIAS));
  }

  private static Layer stepDense(Settings settings) {
    return new StepDenseLayer(
        settings.optional(INPUT),
        units(settings),
        Activation.named(settings.value(ACTIVATION)),
        settings.value(INIT),
        settings.value(BIAS));
  }

  private static OptionalInt units(Settings settings) {
    return settings.optional(UNITS).stream().mapToInt(Integer::intValue).findFirst();
  }
}
