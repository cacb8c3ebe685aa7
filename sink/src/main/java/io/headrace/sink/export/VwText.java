package io.headrace.sink.export;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.state.Tensor;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A linear model over one hashed input as Vowpal Wabbit writes one with {@code --readable_model}: a
 * few lines about it, then {@code index:weight} for every weight that is not 0. The indices of a
 * job that reads {@code format: vw} are Vowpal Wabbit's own; the bias is at the index of its
 * constant.
 */
public final class VwText {
  /** What Vowpal Wabbit hashes its constant feature to, before it is cut to the table's bits. */
  private static final long CONSTANT = 11_650_396;

  private VwText() {}

  /**
   * Writes {@code model} to {@code to}, whole or not at all.
   *
   * @throws HeadraceException if it is no such model, or the file cannot be written
   */
  public static void write(ExportedModel model, Path to) {
    List<ComponentSpec> layers = model.spec().layers();
    if (layers.size() != 1
        || !layers.getFirst().name().equals("linear")
        || !(model.spec().schema().inputs().getFirst().spec()
            instanceof InputSpec.Sparse(int bits, int _, int _))) {
      throw unfit("has the layers " + layers.stream().map(ComponentSpec::name).toList());
    }
    Tensor weights = model.tensor("0.linear.weight");
    if (weights.shape().getLast() != 1) {
      throw unfit("has %d scores".formatted(weights.shape().getLast()));
    }
    long constant = CONSTANT & ((1L << bits) - 1);
    Tensor bias = model.tensors().get("0.linear.bias");
    if (bias != null && Floats.read(weights.data(), constant) != 0) {
      throw new HeadraceException(
          "A feature of the model has the index %d, where Vowpal Wabbit keeps its constant. Learn with more bits, or with bias: false."
              .formatted(constant));
    }
    WholeFile.write(
        to,
        out -> {
          Writer text = new OutputStreamWriter(out, StandardCharsets.UTF_8);
          writeHead(model, bits, text);
          for (long i = 0; i < Floats.count(weights.data()); i++) {
            float weight =
                bias != null && i == constant
                    ? Floats.read(bias.data(), 0)
                    : Floats.read(weights.data(), i);
            if (weight != 0) {
              text.append(Long.toString(i)).append(':').append(Float.toString(weight)).append('\n');
            }
          }
          text.flush();
        });
  }

  private static void writeHead(ExportedModel model, int bits, Writer text) throws IOException {
    text.append("Version 9.11.2\nId ").append(model.job()).append("\nMin label:-1\nMax label:1\n");
    text.append("bits:").append(Integer.toString(bits));
    text.append("\nlda:0\n0 ngram:\n0 skip:\noptions:\nChecksum: 0\n:0\n");
  }

  private static HeadraceException unfit(String what) {
    return new HeadraceException(
        "Vowpal Wabbit's text holds one linear layer with one score over a hashed sparse input, but this model %s. Export to onnx or safetensors instead."
            .formatted(what));
  }
}
