package io.headrace.engine.layer;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.engine.config.Variant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Embeddings and recurrent layers as a job file names them. */
final class SequenceLayers {
  private static final Setting<Integer> DIMENSION =
      Setting.integer("dimension", 1, 1 << 16, "Floats of a token's vector.");
  private static final Setting<String> VECTOR_INIT =
      Setting.choice(
              "init",
              Initialisation.NAMES,
              "Scheme of the first vectors, as if a vector's length were its number of inputs.")
          .orElse("uniform");
  private static final Setting<Integer> UNITS =
      Setting.integer("units", 1, 1 << 16, "Width of the state.");
  private static final Setting<Boolean> RETURN_SEQUENCES =
      Setting.flag(
              "return-sequences",
              "Whether the state of every step is given, [steps, units], instead of the final one,"
                  + " [units].")
          .orElse(false);
  private static final Setting<Boolean> BIDIRECTIONAL =
      Setting.flag(
              "bidirectional",
              "Whether a second cell reads from the last step to the first; both states are given"
                  + " side by side.")
          .orElse(false);
  private static final Setting<String> INIT =
      Setting.choice(
              "init",
              Initialisation.NAMES,
              "Scheme of the first weights, of the input's and of the recurrent ones each by their"
                  + " own number of inputs.")
          .orElse("xavier");
  private static final Setting<Double> FORGET_BIAS =
      Setting.number("forget-bias", -100, 100, "First bias of the forget gate; others start at 0.")
          .orElse(1.0);

  /** Absent by default, so that jobs from before there was a choice keep their fingerprints. */
  private static final Setting<String> POOL =
      Setting.choice(
              "pool",
              Stream.of(EmbeddingLayer.Pool.values()).map(EmbeddingLayer.Pool::word).toList(),
              "For a sparse input only, whose vectors are added up, each times its feature's value:"
                  + " those of each field by themselves and side by side, as by default (the input"
                  + " has to name fields), or all of a row; or the mean of all whose value is not"
                  + " 0.")
          .absentByDefault();

  private SequenceLayers() {}

  static Variant<Layer> embedding(Setting<String> input) {
    return new Variant<>(
        "embedding",
        "A learned vector for each token: tokens become sequences of [steps, dimension] with as many"
            + " real steps as tokens. Id 0 is padding and stays 0. Over a hashed sparse input, a"
            + " learned vector for each id, which pool makes rows of one dimension of. A step moves"
            + " only the vectors of the batch's tokens or ids.",
        List.of(input, DIMENSION, VECTOR_INIT, POOL),
        settings ->
            new EmbeddingLayer(
                settings.optional(input),
                settings.value(DIMENSION),
                settings.value(VECTOR_INIT),
                settings
                    .optional(POOL)
                    .map(word -> EmbeddingLayer.Pool.valueOf(word.toUpperCase(Locale.ROOT)))));
  }

  static Variant<Layer> rnn(Setting<String> input) {
    return new Variant<>(
        "rnn",
        "The tanh cell h_t = tanh(W x_t + U h_{t-1} + b) over sequences of [steps, n].",
        List.of(input, UNITS, RETURN_SEQUENCES, BIDIRECTIONAL, INIT),
        settings -> recurrent(input, CellKind.RNN, settings, 0));
  }

  static Variant<Layer> lstm(Setting<String> input) {
    return new Variant<>(
        "lstm",
        "Long short-term memory over sequences of [steps, n]: gates i, f, g, o, one bias each,"
            + " c_t = f c_{t-1} + i g, h_t = o tanh(c_t).",
        List.of(input, UNITS, RETURN_SEQUENCES, BIDIRECTIONAL, INIT, FORGET_BIAS),
        settings ->
            recurrent(input, CellKind.LSTM, settings, settings.value(FORGET_BIAS).floatValue()));
  }

  static Variant<Layer> gru(Setting<String> input) {
    return new Variant<>(
        "gru",
        "The gated recurrent unit over sequences of [steps, n], in the form that resets after the"
            + " recurrent product: n = tanh(W x_t + b + r (U h_{t-1} + b')), h_t = (1 - z) n + z"
            + " h_{t-1}.",
        List.of(input, UNITS, RETURN_SEQUENCES, BIDIRECTIONAL, INIT),
        settings -> recurrent(input, CellKind.GRU, settings, 0));
  }

  private static Layer recurrent(
      Setting<String> input, CellKind kind, Settings settings, float forgetBias) {
    return new RecurrentLayer(
        settings.optional(input),
        kind,
        settings.value(UNITS),
        settings.value(RETURN_SEQUENCES),
        settings.value(BIDIRECTIONAL),
        settings.value(INIT),
        forgetBias);
  }
}
