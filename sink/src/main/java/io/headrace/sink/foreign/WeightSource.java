package io.headrace.sink.foreign;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where a model's first weights come from. Immutable.
 *
 * @param file ending with .safetensors or .onnx
 * @param torch whether a safetensors file has PyTorch's layout instead of ours
 * @param names of tensors or whole modules of the file, and the parameters or layers of ours that
 *     they are
 * @param allowMissing whether parameters that the file does not have keep their own first values
 * @param allowUnused whether tensors that the model has no place for are left out
 */
public record WeightSource(
    Path file,
    boolean torch,
    Map<String, String> names,
    boolean allowMissing,
    boolean allowUnused) {
  public WeightSource {
    names = Map.copyOf(names);
  }
}
