package io.headrace.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.ChildJvm;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * A kernel that has grown past what the compiler inlines allocates a box for every vector, and runs
 * at a tenth of its speed. In a JVM of its own, because other tests run the vector code at widths
 * that this machine may lack, which the compiler remembers.
 */
class KernelAllocationTest {
  @Test
  void kernelsAllocateNothingOnceCompiled() throws IOException, InterruptedException {
    assertThat(ChildJvm.run(ChildJvm.VECTORS, KernelAllocation.class))
        .hasSize(KernelCalls.all(1).size())
        .allMatch(line -> line.startsWith("0 bytes"));
  }
}
