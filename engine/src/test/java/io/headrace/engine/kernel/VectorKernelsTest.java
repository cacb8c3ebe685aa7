package io.headrace.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class VectorKernelsTest {
  private static final int[] SIZES = {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65, 100};

  /** Sums may be rounded otherwise; everything else has the same bits as the scalar twin. */
  private static final Set<String> SUMS =
      Set.of(
          "addProduct",
          "addProduct of a transpose",
          "product on a row for all",
          "product by panels",
          "rowDots",
          "weightedRowSum",
          "addRows",
          "standardiseRows",
          "standardiseRowsGradient");

  private static final List<String> PRODUCTS =
      List.of(
          "addProduct",
          "addProduct of a transpose",
          "product on a row for all",
          "product by panels");

  private static final Map<Integer, Kernels> KERNELS =
      Map.of(
          128, VectorWidths.kernels(128),
          256, VectorWidths.kernels(256),
          512, VectorWidths.kernels(512));

  static Stream<Arguments> widthsAndSizes() {
    return VectorWidths.BITS.stream()
        .flatMap(bits -> IntStream.of(SIZES).mapToObj(size -> Arguments.of(bits, size)));
  }

  @ParameterizedTest
  @MethodSource("widthsAndSizes")
  void agreesWithTheScalarTwin(int bits, int n) {
    Kernels vector = Objects.requireNonNull(KERNELS.get(bits));
    KernelCalls.all(n)
        .forEach(
            (name, call) -> {
              List<MemorySegment> ours = operands(n);
              List<MemorySegment> twins = operands(n);
              call.on(vector, ours.get(0), ours.get(1), ours.get(2), ours.get(3));
              call.on(new ScalarKernels(), twins.get(0), twins.get(1), twins.get(2), twins.get(3));
              for (int i = 0; i < ours.size(); i++) {
                assertAlike(name, n, ours.get(i), twins.get(i));
              }
            });
  }

  /** A row of a product is the same in whatever tile it is, and tiles go by the width. */
  @ParameterizedTest
  @MethodSource("widthsAndSizes")
  void productsHaveTheSameBitsAtEveryWidth(int bits, int n) {
    for (String name : PRODUCTS) {
      List<MemorySegment> ours = operands(n);
      List<MemorySegment> others = operands(n);
      KernelCalls.Call call = Objects.requireNonNull(KernelCalls.all(n).get(name));
      Kernels widest = Objects.requireNonNull(KERNELS.get(512));
      call.on(
          Objects.requireNonNull(KERNELS.get(bits)),
          ours.get(0),
          ours.get(1),
          ours.get(2),
          ours.get(3));
      call.on(widest, others.get(0), others.get(1), others.get(2), others.get(3));
      assertThat(ours.getFirst().mismatch(others.getFirst())).as(name).isEqualTo(-1);
    }
  }

  private static List<MemorySegment> operands(int n) {
    return List.of(
        KernelCalls.operand(n, 1, false),
        KernelCalls.operand(n, 2, false),
        KernelCalls.operand(n, 3, false),
        KernelCalls.operand(n, 4, true));
  }

  private static void assertAlike(
      String name, int n, MemorySegment actual, MemorySegment expected) {
    if (!SUMS.contains(name)) {
      assertThat(Floats.toArray(actual))
          .as("%s of %d", name, n)
          .isEqualTo(Floats.toArray(expected));
      return;
    }
    Offset<Float> tolerance = Offset.offset(4e-7f * (2 + n));
    for (int i = 0; i < Floats.count(expected); i++) {
      assertThat(Floats.read(actual, i))
          .as("%s of %d at %d", name, n, i)
          .isCloseTo(Floats.read(expected, i), tolerance);
    }
  }

  /** A row must not know in which company it is computed: the trainer's cuts rely on it. */
  @ParameterizedTest
  @MethodSource("widthsAndSizes")
  void givesARowTheSameBitsInAnyCut(int bits, int n) {
    Kernels kernels = Objects.requireNonNull(KERNELS.get(bits));
    int columns = Kernels.padded(n);
    MemorySegment x = KernelCalls.operand(n, 1, false);
    MemorySegment w = KernelCalls.operand(n, 2, false);
    MemorySegment whole = Floats.allocate((long) n * columns + n);
    MemorySegment parts = Floats.allocate((long) n * columns + n);
    kernels.addProduct(n, columns, n, x, 0, n, 1, w, 0, columns, whole, 0, columns);
    kernels.rowDots(n, n, x, 0, n, w, 0, 1, whole, (long) n * columns);
    kernels.tanh(n, whole, (long) n * columns, whole, (long) n * columns);
    for (int row = 0; row < n; row++) {
      long at = (long) row * columns;
      long dot = (long) n * columns + row;
      kernels.addProduct(1, columns, n, x, (long) row * n, n, 1, w, 0, columns, parts, at, columns);
      kernels.rowDots(1, n, x, (long) row * n, n, w, 0, 1, parts, dot);
      kernels.tanh(1, parts, dot, parts, dot);
    }
    assertThat(parts.mismatch(whole)).isEqualTo(-1);
  }
}
