package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The flat parameter vector of a model: layers claim ranges, then it is allocated once. Ranges
 * begin at multiples of {@link Kernels#BLOCK} floats. Not thread-safe while it is built; afterwards
 * each worker writes ranges of its own.
 */
public final class Parameters {
  private final List<Parameter> all = new ArrayList<>();
  private final List<Runnable> initialisations = new ArrayList<>();
  private long size;
  private @Nullable MemorySegment values;

  /** Claims rows x columns floats, rows {@code stride} apart. */
  Parameter claim(
      String name, List<Long> shape, long rows, long columns, long stride, Initialisation first) {
    return claim(name, shape, rows, columns, stride, false, first);
  }

  /** The same of a table, or else. */
  Parameter claim(
      String name,
      List<Long> shape,
      long rows,
      long columns,
      long stride,
      boolean table,
      Initialisation first) {
    var parameter = new Parameter(this, name, shape, rows, columns, stride, size, table);
    long end = Math.addExact(size, Math.multiplyExact(rows, stride));
    size = Math.ceilDiv(end, Kernels.BLOCK) * Kernels.BLOCK;
    all.add(parameter);
    initialisations.add(() -> first.fill(parameter));
    return parameter;
  }

  /** Allocates the vector and gives each range its first values. */
  public void allocate() {
    values = Floats.allocateTable(size);
    initialisations.forEach(Runnable::run);
  }

  public MemorySegment values() {
    if (values == null) {
      throw new IllegalStateException("the model is still being built");
    }
    return values;
  }

  /** Floats of the vector, padding included. */
  public long size() {
    return size;
  }

  /** Floats that are learned. */
  public long count() {
    return all.stream().mapToLong(Parameter::count).sum();
  }

  /** In layer order. */
  public List<Parameter> all() {
    return List.copyOf(all);
  }
}
