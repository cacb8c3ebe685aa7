package io.headrace.sink.foreign;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.state.Tensor;
import io.headrace.sink.export.SafetensorsFile;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A file of weights, read. Immutable.
 *
 * @param texts what it says besides, by name
 * @param unreadable why tensors of these names could not be read
 */
record WeightFile(
    SortedMap<String, Tensor> tensors,
    Map<String, String> texts,
    Map<String, String> unreadable,
    WeightLayout layout) {

  /**
   * Reads a file by what its name ends with.
   *
   * @throws HeadraceException if that says nothing, or the file cannot be read
   */
  static WeightFile read(WeightSource source) {
    Path path = source.file();
    String name = String.valueOf(path.getFileName());
    if (name.endsWith(".onnx")) {
      OnnxInitializers onnx = OnnxInitializers.read(path);
      boolean ours = onnx.producer().equals("headrace");
      return new WeightFile(
          withoutScalars(onnx.tensors()), Map.of(), onnx.unreadable(), new OnnxLayout(!ours));
    }
    if (name.endsWith(".safetensors")) {
      return new WeightFile(
          SafetensorsFile.read(path),
          source.torch() ? Map.of() : SafetensorsFile.metadata(path),
          Map.of(),
          source.torch() ? new TorchLayout() : new HeadraceLayout());
    }
    throw new HeadraceException(
        "start-from.file: %s %s. Name one file that ends with .safetensors or .onnx."
            .formatted(path, why(name)));
  }

  private static String why(String name) {
    if (name.endsWith(".index.json")) {
      return "lists the parts of a model that was saved in several files, which are to be joined into one";
    }
    if (name.matches(".*\\.(pt|pth|bin|ckpt|pkl)")) {
      return "is Python's pickle, which only Python reads: save it there with safetensors.torch.save_file";
    }
    return "is of no kind that is known here";
  }

  /** Single numbers in a graph are operands, not weights. */
  private static SortedMap<String, Tensor> withoutScalars(SortedMap<String, Tensor> all) {
    var weights = new TreeMap<>(all);
    weights.values().removeIf(tensor -> tensor.shape().isEmpty());
    return weights;
  }
}
