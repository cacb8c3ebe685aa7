package io.headrace.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The vector kernels check a call, not an access: what the scalar twins, which check each access,
 * refuse, they must refuse, too.
 */
class VectorMemoryTest {
  private static final int OPERANDS = 4;

  @ParameterizedTest
  @ValueSource(ints = {16, 35, 67})
  void refusesOperandsThatAreTooShort(int n) {
    int[] lengths = {0, 6, 6 + n / 2, 4 + n, 4 + 2 * n, KernelCalls.size(n) / 4};
    var refused = new ArrayList<String>();
    KernelCalls.all(n)
        .forEach(
            (name, call) -> {
              for (int i = 0; i < OPERANDS * lengths.length; i++) {
                int operand = i % OPERANDS;
                int length = lengths[i / OPERANDS];
                if (throwsOn(call, new ScalarKernels(), n, operand, length)) {
                  refused.add(name);
                  assertThat(throwsOn(call, new VectorKernels(), n, operand, length))
                      .as("%s of %d with %d floats of operand %d", name, n, length, operand)
                      .isTrue();
                }
              }
            });
    assertThat(refused).hasSizeGreaterThan(KernelCalls.all(n).size());
  }

  /** Whether the call refuses an operand cut short; what is behind the cut must stay as it is. */
  private static boolean throwsOn(
      KernelCalls.Call call, Kernels kernels, int n, int operand, int length) {
    List<MemorySegment> whole =
        IntStream.range(0, OPERANDS)
            .mapToObj(i -> KernelCalls.operand(n, i + 1, i == OPERANDS - 1))
            .toList();
    var given = new ArrayList<>(whole);
    MemorySegment cut = whole.get(operand);
    float[] before = Floats.toArray(cut);
    given.set(operand, cut.asSlice(0, 4L * length));
    try {
      call.on(kernels, given.get(0), given.get(1), given.get(2), given.get(3));
      return false;
    } catch (IndexOutOfBoundsException e) {
      return true;
    } finally {
      float[] after = Floats.toArray(cut);
      for (int i = length; i < after.length; i++) {
        assertThat(after[i])
            .as("%d of %d floats with %s", i, length, kernels.description())
            .isEqualTo(before[i]);
      }
    }
  }

  /** A loop that goes on until it meets its end would not stop. */
  @ParameterizedTest
  @ValueSource(ints = {-16, 8, 17, 40})
  void refusesColumnsThatAreNoWholeBlocks(int n) {
    var kernels = new VectorKernels();
    MemorySegment a = Floats.allocate(1 << 16);
    MemorySegment b = Floats.allocate(1 << 16);
    for (TileTransform transform : TileTransform.values()) {
      refuses(() -> kernels.transformTile(transform, n, a, 0, 512, 48, b, 0, 512, 48));
    }
    for (int side : new int[] {2, 4}) {
      refuses(() -> kernels.winogradFilter(side, n, a, 0, 512, 48, b, 0, 48));
      refuses(() -> kernels.winogradInput(side, n, a, 0, 512, 48, b, 0, 48));
      refuses(() -> kernels.winogradOutput(side, n, a, 0, 48, b, 0, 512, 48));
    }
    refuses(() -> kernels.addProduct(4, n, 4, a, 0, 48, 1, b, 0, 48, a, 1 << 10, 48));
  }

  private static void refuses(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no multiple of 16");
  }

  @Test
  void leavesOutTheChecksOfSingleAccesses() {
    assertThat(new VectorKernels().description()).isNotEmpty();
    assertThat(System.getProperty(VectorWidth.ACCESS_CHECKS)).isEqualTo("0");
  }

  @Test
  void refusesTheHeap() {
    MemorySegment heap = MemorySegment.ofArray(new float[64]);
    assertThatThrownBy(() -> VectorMemory.at(heap, 0, 64))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("outside the heap");
  }

  @Test
  void refusesWhatLiesBetweenFloats() {
    MemorySegment odd = Floats.allocate(4).asSlice(2);
    assertThatThrownBy(() -> VectorMemory.at(odd, 0, 1))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("whole floats");
  }

  @Test
  void countsInFloatsFromAddressZero() {
    MemorySegment segment = Floats.of(1, 2, 3);
    long place = VectorMemory.at(segment, 1, 2);
    assertThat(Floats.read(VectorMemory.MEMORY, place)).isEqualTo(2);
    assertThatThrownBy(() -> VectorMemory.at(segment, 1, 3))
        .hasMessageContaining("no 3 floats from its 1th on");
    assertThatThrownBy(() -> VectorMemory.at(segment, -1, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(VectorMemory.span(0, 7, 3)).isZero();
    assertThat(VectorMemory.span(2, 7, 3)).isEqualTo(10);
  }
}
