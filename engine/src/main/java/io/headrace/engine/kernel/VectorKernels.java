package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorMemory.at;
import static io.headrace.engine.kernel.VectorMemory.keep;
import static io.headrace.engine.kernel.VectorMemory.span;

import java.lang.foreign.MemorySegment;

/**
 * The kernels on the Vector API. What is left after the last whole vector is done by the scalar
 * twin, and so is what is shorter than one.
 */
final class VectorKernels
    implements Kernels,
        VectorProductKernels,
        VectorCurveKernels,
        VectorImageKernels,
        VectorNormKernels,
        VectorCellKernels,
        VectorUpdateKernels {
  static final ScalarKernels REST = new ScalarKernels();

  @Override
  public String description() {
    return VectorWidth.SPECIES.vectorBitSize() + "-bit vectors";
  }

  @Override
  public void copyApart(
      long count,
      MemorySegment from,
      long fromOffset,
      long step,
      MemorySegment to,
      long toOffset,
      boolean blank) {
    UncheckedCopy.apart(
        count, at(from, fromOffset, span(count, step, 1)), step, at(to, toOffset, count), blank);
    keep(from, to);
  }
}
