package io.headrace.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZerosTest {
  private static final long LARGE = 1L << 22;

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 4_097, LARGE - 1, LARGE, LARGE + 1_000_003})
  void areZerosOnABoundaryThatMayBeWrittenTo(long bytes) {
    for (MemorySegment block :
        new MemorySegment[] {Zeros.allocate(bytes), Zeros.allocateTable(bytes)}) {
      assertThat(block.byteSize()).isEqualTo(bytes);
      assertThat(block.address() % 64).isZero();
      assertThat(isZero(block)).isTrue();
      block.fill((byte) 7);
      assertThat(bytes == 0 || !isZero(block)).isTrue();
    }
  }

  @Test
  void tablesAreInLargePagesUnlessMostOfThemMayStayEmpty() throws IOException {
    assumeThat(Path.of("/sys/kernel/mm/transparent_hugepage/enabled")).exists();
    assertThat(flags(Zeros.allocateTable(8 * LARGE))).contains(" hg");
    assertThat(flags(Zeros.allocate(8 * LARGE))).doesNotContain(" hg");
    assertThat(flags(Zeros.allocateTable((1L << 27) + 4))).doesNotContain(" hg");
  }

  @Test
  void aTableTakesItsRoomAndKeepsWhatIsInIt() throws Exception {
    MemorySegment table = Zeros.allocateTable(8 * LARGE);
    table.set(ValueLayout.JAVA_BYTE, 5 * LARGE, (byte) 7);
    FreshMemory.takeRoom(table);
    assertThat(table.get(ValueLayout.JAVA_BYTE, 5 * LARGE)).isEqualTo((byte) 7);
    table.set(ValueLayout.JAVA_BYTE, 5 * LARGE, (byte) 0);
    assertThat(isZero(table)).isTrue();
    assumeThat(System.getProperty("os.version")).as("knows how").matches("([6-9]|5\\.1[4-9]).*");
    assertThat(residentKib(table)).isGreaterThanOrEqualTo(8 * LARGE / 1024);
  }

  private static long residentKib(MemorySegment block) throws IOException {
    String line = said(block, "Rss:");
    return Long.parseLong(line.replaceAll("[^0-9]", ""));
  }

  /** What the system says of the pages in the midst of a block. */
  private static String flags(MemorySegment block) throws IOException {
    return said(block, "VmFlags:");
  }

  private static String said(MemorySegment block, String what) throws IOException {
    long middle = block.address() + block.byteSize() / 2;
    boolean here = false;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
        int dash = line.indexOf('-');
        long from = Long.parseUnsignedLong(line, 0, dash, 16);
        long to = Long.parseUnsignedLong(line, dash + 1, line.indexOf(' '), 16);
        here = Long.compareUnsigned(from, middle) <= 0 && Long.compareUnsigned(middle, to) < 0;
      } else if (here && line.startsWith(what)) {
        return line;
      }
    }
    throw new IllegalStateException("no mapping holds " + block);
  }

  private static boolean isZero(MemorySegment block) {
    return block.asByteBuffer().mismatch(ByteBuffer.allocate((int) block.byteSize())) < 0;
  }
}
