package io.headrace.engine.memory;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Memory that Linux maps for reading and writing, by its address. Thread-safe. */
final class Mapping {
  /** In place of an address. */
  static final long REFUSED = -1;

  /** Blank, for this process alone; with -1 for a file. */
  static final int PRIVATE_AND_OF_NO_FILE = 0x22;

  /** What is written goes to the file. */
  static final int SHARED = 1;

  private static final int READABLE_AND_WRITABLE = 3;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final MethodHandle MMAP =
      CLibrary.function("mmap", FunctionDescriptor.of(LONG, LONG, LONG, INT, INT, INT, LONG));

  private Mapping() {}

  /** Looked up once something is freed. */
  private static final class Unmapping {
    static final MethodHandle MUNMAP =
        CLibrary.function("munmap", FunctionDescriptor.of(INT, LONG, LONG));
  }

  /** Whether this system has it. */
  static boolean isOffered() {
    return System.getProperty("os.name").equals("Linux");
  }

  /** Gives the address of a page; {@link #REFUSED} if the system has not as much memory. */
  static long map(long bytes, int how, int file) {
    try {
      return (long) MMAP.invokeExact(0L, bytes, READABLE_AND_WRITABLE, how, file, 0L);
    } catch (Throwable e) {
      throw new IllegalStateException("mmap", e);
    }
  }

  static void unmap(long address, long bytes) {
    try {
      int _ = (int) Unmapping.MUNMAP.invokeExact(address, bytes);
    } catch (Throwable e) {
      throw new IllegalStateException("munmap", e);
    }
  }
}
