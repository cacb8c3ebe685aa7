package io.headrace.engine.kernel;

import static io.headrace.engine.memory.Floats.readInt;
import static io.headrace.engine.memory.Floats.writeInt;

import java.lang.foreign.MemorySegment;

/** The kernels as plain loops, for JVMs without the Vector API and as the vector code's judge. */
final class ScalarKernels
    implements Kernels,
        ScalarProductKernels,
        ScalarCurveKernels,
        ScalarImageKernels,
        ScalarNormKernels,
        ScalarCellKernels,
        ScalarUpdateKernels {
  @Override
  public String description() {
    return "scalar code";
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
    for (long i = 0; i < count; i++) {
      int bits = readInt(from, fromOffset + i * step);
      if (bits != (blank ? 0 : readInt(to, toOffset + i))) {
        writeInt(to, toOffset + i, bits);
      }
    }
  }
}
