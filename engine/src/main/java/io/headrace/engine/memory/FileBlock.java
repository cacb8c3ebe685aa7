package io.headrace.engine.memory;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A large block that lies in a file without a name: the system keeps as much of it in memory as
 * there is room for, and writes the rest to the disk. Its room on the disk is taken before it is
 * written to, so a full disk shows there and not in the middle of a write. Linux only. Freed when
 * nothing refers to its memory.
 *
 * <p>Its memory may be used by any thread; its methods are for one at a time, while nobody uses the
 * memory.
 */
public final class FileBlock {
  private final MemorySegment memory;
  private final int file;
  private boolean blank;

  private FileBlock(MemorySegment memory, int file) {
    this.memory = memory;
    this.file = file;
  }

  /**
   * Makes one that holds zeros, and takes no room yet.
   *
   * @param folder to lie in; made if it is not there
   * @return empty where the system does not offer that, the folder cannot be written to, or its
   *     disk has no room for it
   */
  public static Optional<FileBlock> create(Path folder, long bytes) {
    return Mapping.isOffered() ? Native.create(folder, bytes) : Optional.empty();
  }

  /** Takes room on the disk for all of it; false if there is not as much. */
  public boolean takeRoom() {
    blank = false;
    return Native.fallocate(file, 0, memory.byteSize()) == 0;
  }

  /** Makes it all zeros, and gives its room in memory and on the disk back. */
  public void clear() {
    if (!blank && Native.fallocate(file, Native.PUNCH_HOLE, memory.byteSize()) != 0) {
      memory.fill((byte) 0);
    }
    blank = true;
  }

  public MemorySegment memory() {
    return memory;
  }

  /** The system's calls, looked up once something large is asked for. */
  @SuppressWarnings("restricted") // the launcher enables native access
  private static final class Native {
    static final int PUNCH_HOLE = 3; // and keep the file's size

    private static final int READ_AND_WRITE_ALONE = 0x80002; // closed in processes that are begun
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final MethodHandle OPEN =
        CLibrary.function("open", FunctionDescriptor.of(INT, ValueLayout.ADDRESS, INT));
    private static final MethodHandle CLOSE =
        CLibrary.function("close", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle FALLOCATE =
        CLibrary.function("fallocate", FunctionDescriptor.of(INT, INT, INT, LONG, LONG));

    static Optional<FileBlock> create(Path folder, long bytes) {
      int file = open(folder);
      if (file < 0) {
        return Optional.empty();
      }
      if (fallocate(file, 0, bytes) == 0) {
        long address = Mapping.map(bytes, Mapping.SHARED, file);
        if (address != Mapping.REFUSED) {
          MemorySegment mapped =
              MemorySegment.ofAddress(address)
                  .reinterpret(
                      bytes,
                      Arena.ofAuto(),
                      _ -> {
                        Mapping.unmap(address, bytes);
                        close(file);
                      });
          var block = new FileBlock(mapped, file);
          block.clear();
          return Optional.of(block);
        }
      }
      close(file);
      return Optional.empty();
    }

    /** A new file that is gone from its folder; negative if there is none. */
    private static int open(Path folder) {
      try (Arena arena = Arena.ofConfined()) {
        Files.createDirectories(folder);
        Path path = Files.createTempFile(folder, "checkpoint-copy", ".tmp");
        try {
          MemorySegment name = arena.allocateFrom(path.toAbsolutePath().toString());
          return (int) OPEN.invokeExact(name, READ_AND_WRITE_ALONE);
        } finally {
          Files.deleteIfExists(path); // whoever tidies up may have been here
        }
      } catch (IOException _) {
        return -1;
      } catch (Throwable e) {
        throw new IllegalStateException("open", e);
      }
    }

    static int fallocate(int file, int mode, long bytes) {
      try {
        return (int) FALLOCATE.invokeExact(file, mode, 0L, bytes);
      } catch (Throwable e) {
        throw new IllegalStateException("fallocate", e);
      }
    }

    private static void close(int file) {
      try {
        int _ = (int) CLOSE.invokeExact(file);
      } catch (Throwable e) {
        throw new IllegalStateException("close", e);
      }
    }
  }
}
