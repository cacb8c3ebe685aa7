package io.headrace.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CopyApartTest {
  private static final List<Kernels> BOTH = List.of(new VectorKernels(), new ScalarKernels());

  /** Counts below, of and above what is looked at at once. */
  @ParameterizedTest
  @CsvSource({
    "1,4", "63,3", "64,1", "65,4", "1023,4", "1024,4", "1025,3", "2048,2", "12000,3", "70,257"
  })
  void copiesExactlyTheFloatsThatLieApart(int count, int stride) {
    var random = new Random(20260501);
    MemorySegment from = Floats.allocate((long) count * stride + 7);
    for (int i = 0; i < Floats.count(from); i++) {
      Floats.write(from, i, random.nextInt(3) == 0 ? 0 : random.nextFloat());
    }
    Floats.write(from, 7, -0.0f);
    for (int run = 0; run < 4; run++) {
      boolean blank = run % 2 == 0;
      MemorySegment to = Floats.allocate(count + 10);
      Floats.write(to, 4, 4);
      Floats.write(to, count + 5, 5);
      for (int i = 0; !blank && i < count; i++) {
        Floats.write(to, 5 + i, random.nextBoolean() ? 1 : Floats.read(from, 7 + i * stride));
      }
      BOTH.get(run / 2).copyApart(count, from, 7, stride, to, 5, blank);
      for (int i = 0; i < count; i++) {
        assertThat(Floats.readInt(to, 5 + i))
            .as("float %d, blank %s", i, blank)
            .isEqualTo(Floats.readInt(from, 7 + i * stride));
      }
      assertThat(Floats.read(to, 4)).isEqualTo(4);
      assertThat(Floats.read(to, count + 5)).isEqualTo(5);
    }
  }

  /** Memory that is written to takes room: a float that was not looked at shows that none was. */
  @ParameterizedTest
  @CsvSource({"10", "1000"})
  void doesNotWriteZerosToWhereTheyAreExpected(int count) {
    MemorySegment zeros = Floats.allocate(4L * count);
    for (Kernels kernels : BOTH) {
      MemorySegment to = Floats.allocate(count);
      Floats.write(to, 2, 3);
      kernels.copyApart(count, zeros, 0, 4, to, 0, true);
      assertThat(Floats.read(to, 2)).as(kernels.description()).isEqualTo(3);
    }
  }
}
