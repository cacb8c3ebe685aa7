package io.headrace.sink.export;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.state.Tensor;
import io.headrace.engine.state.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Weights with less in them: small ones left out, the others with fewer binary digits. What a model
 * remembers of single samples lies to a good part in either.
 *
 * @param pruneBelow weights whose absolute value is below become 0; 0 for none
 * @param digits binary digits that stay behind the leading one, 0 to 23; 23 leaves floats as they
 *     are
 */
public record CoarseWeights(double pruneBelow, int digits) {
  private static final int ALL_DIGITS = 23;

  public CoarseWeights {
    if (!(pruneBelow >= 0) || digits < 0 || digits > ALL_DIGITS) {
      throw new HeadraceException(
          "Weights cannot be pruned below %s and rounded to %d binary digits. Prune below 0 or more, and keep 0 to 23 digits."
              .formatted(pruneBelow, digits));
    }
  }

  /** {@code model} with coarse floats; its counts and statistics of doubles stay. */
  public ExportedModel of(ExportedModel model) {
    if (pruneBelow == 0 && digits == ALL_DIGITS) {
      return model;
    }
    SortedMap<String, Tensor> coarse = new TreeMap<>();
    model.tensors().forEach((name, tensor) -> coarse.put(name, coarse(tensor)));
    return model.withTensors(coarse);
  }

  private Tensor coarse(Tensor tensor) {
    if (tensor.type() != TensorType.F32) {
      return tensor;
    }
    long count = Floats.count(tensor.data());
    MemorySegment values = Floats.allocate(count);
    for (long i = 0; i < count; i++) {
      float value = Floats.read(tensor.data(), i);
      if (value != 0) {
        Floats.write(values, i, Math.abs(value) < pruneBelow ? 0 : rounded(value));
      }
    }
    return new Tensor(tensor.type(), tensor.shape(), values);
  }

  /** To the nearest float of so many digits, halves away from 0. */
  private float rounded(float value) {
    int dropped = ALL_DIGITS - digits;
    if (dropped == 0 || !Float.isFinite(value)) {
      return value;
    }
    int bits = Float.floatToRawIntBits(value) + (1 << (dropped - 1));
    return Float.intBitsToFloat(bits & (-1 << dropped));
  }
}
