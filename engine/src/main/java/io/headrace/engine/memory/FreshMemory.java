package io.headrace.engine.memory;

import io.headrace.engine.error.HeadraceException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Memory as Linux gives it: zeros that take no room until they are written to, and back to the
 * system when nothing refers to them any more. The C library would use freed blocks again and fill
 * them with zeros, all of which then take room. Thread-safe.
 */
@SuppressWarnings("restricted") // the launcher enables native access
final class FreshMemory {
  private static final long LARGE_PAGE_BYTES = 1L << 21;

  private static final int IN_LARGE_PAGES = 14; // MADV_HUGEPAGE
  private static final int FOR_WRITING = 23; // MADV_POPULATE_WRITE, since Linux 5.14

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final MethodHandle MADVISE =
      CLibrary.function(
          "madvise", FunctionDescriptor.of(INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, INT));

  private FreshMemory() {}

  /**
   * Allocates zeros, at the start of a page.
   *
   * @param inLargePages whether to ask for large ones; a system that has none gives small ones
   * @throws HeadraceException if the system has not as much memory
   */
  static MemorySegment allocate(long bytes, boolean inLargePages) {
    long all = inLargePages ? bytes + LARGE_PAGE_BYTES : bytes;
    long address = Mapping.map(all, Mapping.PRIVATE_AND_OF_NO_FILE, -1);
    if (address == Mapping.REFUSED) {
      throw refused(bytes);
    }
    MemorySegment mapped =
        MemorySegment.ofAddress(address)
            .reinterpret(all, Arena.ofAuto(), _ -> Mapping.unmap(address, all));
    if (!inLargePages) {
      return mapped;
    }
    MemorySegment block = mapped.asSlice(-address & (LARGE_PAGE_BYTES - 1), bytes);
    advise(block, IN_LARGE_PAGES);
    return block;
  }

  static HeadraceException refused(long bytes) {
    return new HeadraceException(
        "The system refuses %,d bytes of memory. Give it more, or the job fewer weights: fewer bits of its sparse input, or an optimizer that keeps less beside each weight."
            .formatted(bytes));
  }

  /** Has the system make room for all of a block now; what is in it stays. Older systems do not. */
  static void takeRoom(MemorySegment block) {
    // One at a time: who asks for memory or ends the process meanwhile waits for no more than that.
    for (long done = 0; done < block.byteSize(); done += LARGE_PAGE_BYTES) {
      advise(block.asSlice(done, Math.min(LARGE_PAGE_BYTES, block.byteSize() - done)), FOR_WRITING);
    }
  }

  /** What is refused changes nothing. */
  private static void advise(MemorySegment pages, int what) {
    try {
      int _ = (int) MADVISE.invokeExact(pages, pages.byteSize(), what);
    } catch (Throwable e) {
      throw new IllegalStateException("madvise", e);
    }
  }
}
