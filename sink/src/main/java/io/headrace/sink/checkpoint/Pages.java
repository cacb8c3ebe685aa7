package io.headrace.sink.checkpoint;

import io.headrace.engine.memory.Zeros;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * Large tensors in pages of {@value #BYTES} bytes, the last one filled up with zeros: which of them
 * differ from a tensor before or from zeros, and how they are put back.
 */
final class Pages {
  static final int BYTES = 1 << 12;

  /** Bytes of a tensor from which on it is looked at by pages. */
  static final long LARGE_BYTES = 1L << 22;

  /** Pages that one thread hashes at a time. */
  private static final int SHARE = 1 << 10;

  private static final long BLANK = 0;
  private static final MemorySegment ZEROS = Zeros.allocate(BYTES);
  private static final ValueLayout.OfInt NUMBER =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Pages() {}

  static int count(MemorySegment data) {
    return Math.toIntExact(Math.ceilDiv(data.byteSize(), BYTES));
  }

  /**
   * 64 bits for each page, 0 for one of zeros. Two CRCs of unrelated polynomials are one of 64
   * bits: a change goes unseen once in 2^64.
   */
  static long[] hashes(MemorySegment data) {
    long[] hashes = new long[count(data)];
    int shares = Math.ceilDiv(hashes.length, SHARE);
    IntStream.range(0, shares).parallel().forEach(share -> hash(data, share * SHARE, hashes));
    return hashes;
  }

  /** Hashes a share of the pages. */
  private static void hash(MemorySegment data, int from, long[] hashes) {
    var one = new CRC32();
    var other = new CRC32C();
    int end = Math.min(hashes.length, from + SHARE);
    for (int page = from; page < end; page++) {
      MemorySegment bytes = page(data, page);
      if (isBlank(bytes)) {
        continue;
      }
      ByteBuffer buffer = bytes.asByteBuffer();
      one.reset();
      one.update(buffer);
      buffer.rewind();
      other.reset();
      other.update(buffer);
      long hash = one.getValue() << Integer.SIZE | other.getValue();
      hashes[page] = hash == BLANK ? 1 : hash;
    }
  }

  private static MemorySegment page(MemorySegment data, int page) {
    long from = (long) page * BYTES;
    return data.asSlice(from, Math.min(BYTES, data.byteSize() - from));
  }

  private static boolean isBlank(MemorySegment page) {
    long bytes = page.byteSize();
    return MemorySegment.mismatch(page, 0, bytes, ZEROS, 0, bytes) < 0;
  }

  /** Numbers of the pages whose hashes differ; those before may be fewer, for zeros behind them. */
  static int[] changed(long[] before, long[] now) {
    return IntStream.range(0, now.length)
        .filter(page -> now[page] != (page < before.length ? before[page] : BLANK))
        .toArray();
  }

  /** The pages of these ascending numbers one behind the other, pages in a row as one. */
  static Stream<MemorySegment> of(MemorySegment data, int[] numbers) {
    int[] starts =
        IntStream.range(0, numbers.length)
            .filter(i -> i == 0 || numbers[i] != numbers[i - 1] + 1)
            .toArray();
    Stream<MemorySegment> runs =
        IntStream.range(0, starts.length)
            .mapToObj(
                run -> {
                  int end = run + 1 < starts.length ? starts[run + 1] : numbers.length;
                  long from = (long) numbers[starts[run]] * BYTES;
                  long to = from + (long) (end - starts[run]) * BYTES;
                  return data.asSlice(from, Math.min(to, data.byteSize()) - from);
                });
    long rest = count(data) * (long) BYTES - data.byteSize();
    boolean cut = numbers.length > 0 && numbers[numbers.length - 1] == count(data) - 1;
    return cut ? Stream.concat(runs, Stream.of(ZEROS.asSlice(0, rest))) : runs;
  }

  /** The numbers as bytes. */
  static MemorySegment bytes(int[] numbers) {
    MemorySegment bytes = Zeros.allocate((long) numbers.length * Integer.BYTES);
    MemorySegment.copy(numbers, 0, bytes, NUMBER, 0, numbers.length);
    return bytes;
  }

  /**
   * Puts pages back.
   *
   * @param numbers as {@link #bytes} gave them
   * @return whether numbers, pages and tensor fit together; if not, some pages were not put back
   */
  static boolean putBack(MemorySegment numbers, MemorySegment pages, MemorySegment into) {
    int[] all = numbers.toArray(NUMBER);
    if (pages.byteSize() != (long) all.length * BYTES
        || Arrays.stream(all).anyMatch(page -> page < 0 || page >= count(into))) {
      return false;
    }
    for (int i = 0; i < all.length; i++) {
      MemorySegment target = page(into, all[i]);
      target.copyFrom(pages.asSlice((long) i * BYTES, target.byteSize()));
    }
    return true;
  }
}
