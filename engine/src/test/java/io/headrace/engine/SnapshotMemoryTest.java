package io.headrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.state.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SnapshotMemoryTest {
  private final SnapshotMemory memory = new SnapshotMemory(CopyRoom.MEMORY);

  private CopyPlace place(int floats) {
    return memory.place("table", TensorType.F32, new long[] {floats}, true);
  }

  @Test
  void memoryThatWasReservedAndNotWrittenToIsBlank() {
    MemorySegment reserved = place(4).memory();
    memory.forgetUnwritten();
    memory.clear();
    CopyPlace place = place(4);
    assertThat(place.blank()).isTrue();
    assertThat(place.memory().address()).isEqualTo(reserved.address());
  }

  /** Or zeros would not be copied over what is left of the copy before. */
  @Test
  void memoryThatWasGivenOutIsNotBlankTheNextTime() {
    MemorySegment ones = Floats.of(1, 1, 1, 1);
    MemorySegment zeros = Floats.allocate(4);
    memory.tensor("table", TensorType.F32, new long[] {4}, ones);
    memory.clear();
    assertThat(place(4).blank()).isFalse();
    memory.clear();
    memory.tensor("table", TensorType.F32, new long[] {4}, zeros);
    assertThat(Floats.toArray(Objects.requireNonNull(memory.tensors().get("table")).data()))
        .containsOnly(0);
    memory.forgetUnwritten(); // a second reserving does not make it blank again
    assertThat(place(4).blank()).isFalse();
  }

  @Test
  void memoryOfAnotherSizeIsBlankAtFirst() {
    memory.tensor("table", TensorType.F32, new long[] {4}, Floats.of(1, 1, 1, 1));
    memory.clear();
    assertThat(place(8).blank()).isTrue();
    memory.clear();
    assertThat(place(8).blank()).isFalse();
  }
}
