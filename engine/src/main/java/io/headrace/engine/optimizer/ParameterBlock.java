package io.headrace.engine.optimizer;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Parameters and the optimizer's slots beside them, all of one length.
 *
 * @param slots in the order of {@link Optimizer#slots}
 */
public record ParameterBlock(MemorySegment values, List<MemorySegment> slots) {
  public ParameterBlock {
    slots = List.copyOf(slots);
  }

  /** {@code values} with {@code slotCount} slots of zeros. */
  public static ParameterBlock beside(MemorySegment values, int slotCount) {
    long count = Floats.count(values);
    return new ParameterBlock(
        values, IntStream.range(0, slotCount).mapToObj(slot -> Floats.allocate(count)).toList());
  }

  MemorySegment slot(int index) {
    return slots.get(index);
  }
}
