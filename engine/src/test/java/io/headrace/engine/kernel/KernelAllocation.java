package io.headrace.engine.kernel;

import io.headrace.engine.Allocation;
import java.lang.foreign.MemorySegment;

/** Prints what each kernel of this JVM allocates a call. */
final class KernelAllocation {
  private static final int SIZE = 67;

  private KernelAllocation() {}

  public static void main(String[] arguments) {
    Kernels kernels = KernelProvider.kernels();
    MemorySegment a = KernelCalls.operand(SIZE, 1, false);
    MemorySegment b = KernelCalls.operand(SIZE, 2, false);
    MemorySegment c = KernelCalls.operand(SIZE, 3, true);
    MemorySegment d = KernelCalls.operand(SIZE, 4, true);
    KernelCalls.all(SIZE)
        .forEach(
            (name, call) -> {
              long bytes = Allocation.bytes(() -> call.on(kernels, a, b, c, d), 0);
              System.out.println(bytes + " bytes: " + name);
            });
  }
}
