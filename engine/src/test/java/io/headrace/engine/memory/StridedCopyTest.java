package io.headrace.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StridedCopyTest {
  /** Counts below and above a window, strides of which few or too few fit into one. */
  @ParameterizedTest
  @CsvSource({
    "1,4", "63,3", "64,1", "65,4", "4095,4", "4096,4", "4097,4", "12000,3", "70,256", "70,257"
  })
  void copiesExactlyTheFloatsThatLieApart(int count, int stride) {
    var random = new Random(20260501);
    MemorySegment from = Floats.allocate((long) count * stride + 7);
    for (int i = 0; i < Floats.count(from); i++) {
      Floats.write(from, i, random.nextInt(3) == 0 ? 0 : random.nextFloat());
    }
    Floats.write(from, 7, -0.0f);
    for (boolean blank : new boolean[] {true, false}) {
      MemorySegment to = Floats.allocate(count + 10);
      Floats.write(to, 4, 4);
      Floats.write(to, count + 5, 5);
      for (int i = 0; !blank && i < count; i++) {
        Floats.write(to, 5 + i, random.nextBoolean() ? 1 : Floats.read(from, 7 + i * stride));
      }
      StridedCopy.copy(from, 7, stride, to, 5, count, blank);
      for (int i = 0; i < count; i++) {
        assertThat(Floats.readInt(to, 5 + i))
            .as("float %d, blank %s", i, blank)
            .isEqualTo(Floats.readInt(from, 7 + i * stride));
      }
      assertThat(Floats.read(to, 4)).isEqualTo(4);
      assertThat(Floats.read(to, count + 5)).isEqualTo(5);
    }
  }

  @ParameterizedTest
  @CsvSource({"10", "1000"})
  void doesNotWriteWhatIsThereAlready(int count) {
    MemorySegment from = Floats.allocate(4L * count);
    Floats.write(from, 8, 3);
    MemorySegment same = Floats.allocate(count);
    Floats.write(same, 2, 3);
    StridedCopy.copy(from, 0, 4, same.asReadOnly(), 0, count, false);
    Floats.write(from, 8, 0);
    StridedCopy.copy(from, 0, 4, Floats.allocate(count).asReadOnly(), 0, count, true);
    assertThat(Floats.read(same, 2)).isEqualTo(3);
  }
}
