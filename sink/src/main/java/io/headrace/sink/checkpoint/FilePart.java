package io.headrace.sink.checkpoint;

import io.headrace.engine.state.Tensor;
import io.headrace.engine.state.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A named tensor of a safetensors file, as it is written.
 *
 * @param data its bytes, in pieces; the same each time
 */
record FilePart(
    String name, TensorType type, List<Long> shape, Supplier<Stream<MemorySegment>> data) {

  static FilePart whole(String name, Tensor tensor) {
    return new FilePart(name, tensor.type(), tensor.shape(), () -> Stream.of(tensor.data()));
  }

  long bytes() {
    return shape.stream().reduce((long) type.bytes(), Math::multiplyExact);
  }
}
