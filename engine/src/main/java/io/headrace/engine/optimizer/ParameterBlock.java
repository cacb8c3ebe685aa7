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

  /**
   * {@code values} in which the slots lie already: behind every {@code width} parameters those of
   * the first slot, then those of the next.
   */
  public static ParameterBlock within(MemorySegment values, int width, int slotCount) {
    return new ParameterBlock(
        values,
        IntStream.rangeClosed(1, slotCount)
            .mapToObj(slot -> values.asSlice((long) slot * width * Float.BYTES))
            .toList());
  }

  MemorySegment slot(int index) {
    return slots.get(index);
  }
}
