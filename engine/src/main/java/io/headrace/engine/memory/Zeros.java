package io.headrace.engine.memory;

import io.headrace.engine.error.HeadraceException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Off-heap memory that is all zeros at first, on 64-byte boundaries, and freed when nothing refers
 * to it any more. Large blocks take room only where they are written to, and cost nothing to
 * allocate: the system maps their pages to zeros until then. Thread-safe.
 */
public final class Zeros {
  private static final long ALIGNMENT_BYTES = 64;

  /**
   * From here on a block pays for the system calls. Below it is quickly filled; a larger one is
   * not, at the start of a JVM, which fills it word by word in a loop that is not compiled yet.
   */
  private static final long LARGE_BYTES = 1L << 22;

  private static final long MOST_BYTES_IN_LARGE_PAGES = 1L << 27;

  private static final long PAGE_BYTES = 1L << 12;
  private static final MemorySegment BLANK_PAGE =
      Arena.ofAuto().allocate(PAGE_BYTES, ALIGNMENT_BYTES).asReadOnly();

  private Zeros() {}

  /**
   * Allocates {@code bytes} zeros.
   *
   * @throws HeadraceException if the system has not as much memory
   */
  public static MemorySegment allocate(long bytes) {
    return bytes < LARGE_BYTES
        ? Arena.ofAuto().allocate(Math.max(bytes, 1), ALIGNMENT_BYTES).asSlice(0, bytes)
        : large(bytes, false);
  }

  private static MemorySegment large(long bytes, boolean inLargePages) {
    return Mapping.isOffered() ? FreshMemory.allocate(bytes, inLargePages) : Native.allocate(bytes);
  }

  /**
   * Allocates {@code bytes} zeros for a table, of which a sample needs a few floats anywhere: the
   * processor finds large pages more quickly. A large page takes room as a whole, so a table of
   * more than 128 MiB, which may stay empty for the most part, has small ones.
   *
   * @throws HeadraceException if the system has not as much memory
   */
  public static MemorySegment allocateTable(long bytes) {
    return areLargePages(bytes) ? large(bytes, true) : allocate(bytes);
  }

  private static boolean areLargePages(long bytes) {
    return bytes >= LARGE_BYTES && bytes <= MOST_BYTES_IN_LARGE_PAGES;
  }

  /**
   * Has a table in large pages take its room now, on a thread of its own: soon each of its pages is
   * written to, and the thread that learns would wait for the system to make room for it. Changes
   * nothing that is in it.
   */
  public static void takeRoom(MemorySegment table) {
    if (areLargePages(table.byteSize()) && Mapping.isOffered()) {
      Thread.ofPlatform().name("headrace-memory").daemon().start(() -> FreshMemory.takeRoom(table));
    }
  }

  /**
   * Copies bytes, but for pages that hold the same already: what was never written to in both stays
   * without room of its own.
   */
  public static void copyChanged(
      MemorySegment from, long fromByte, MemorySegment to, long toByte, long bytes) {
    for (long done = 0; done < bytes; done += PAGE_BYTES) {
      long source = fromByte + done;
      long target = toByte + done;
      long count = Math.min(PAGE_BYTES, bytes - done);
      if (MemorySegment.mismatch(from, source, source + count, to, target, target + count) >= 0) {
        MemorySegment.copy(from, source, to, target, count);
      }
    }
  }

  /** Copies bytes to where there are zeros, but for pages of zeros, which are not written to. */
  public static void copyOntoZeros(
      MemorySegment from, long fromByte, MemorySegment to, long toByte, long bytes) {
    for (long done = 0; done < bytes; done += PAGE_BYTES) {
      long source = fromByte + done;
      long count = Math.min(PAGE_BYTES, bytes - done);
      if (MemorySegment.mismatch(from, source, source + count, BLANK_PAGE, 0, count) >= 0) {
        MemorySegment.copy(from, source, to, toByte + done, count);
      }
    }
  }

  /** Where the system offers no fresh memory: the C library's calloc. */
  @SuppressWarnings("restricted") // the launcher enables native access
  private static final class Native {
    private static final MethodHandle CALLOC =
        CLibrary.function(
            "calloc",
            FunctionDescriptor.of(
                ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    private static final MethodHandle FREE =
        CLibrary.function("free", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));

    static MemorySegment allocate(long bytes) {
      MemorySegment block = calloc(bytes + ALIGNMENT_BYTES);
      if (block.address() == 0) {
        throw FreshMemory.refused(bytes);
      }
      MemorySegment freed =
          block.reinterpret(bytes + ALIGNMENT_BYTES, Arena.ofAuto(), Native::free);
      return freed.asSlice(-block.address() & (ALIGNMENT_BYTES - 1), bytes);
    }

    private static MemorySegment calloc(long bytes) {
      try {
        return (MemorySegment) CALLOC.invokeExact(bytes, 1L);
      } catch (Throwable e) {
        throw new IllegalStateException("calloc", e);
      }
    }

    private static void free(MemorySegment block) {
      try {
        FREE.invokeExact(block);
      } catch (Throwable e) {
        throw new IllegalStateException("free", e);
      }
    }
  }
}
