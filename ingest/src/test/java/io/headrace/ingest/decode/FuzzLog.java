package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.SampleDecoder;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decodes chunks of whatever and checks what must hold of any: nothing is thrown, each record is a
 * row or rejected once with a reason that a person can read, and memory is bounded by the bytes
 * that came. Not thread-safe.
 */
final class FuzzLog {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int DETAIL_CHARACTERS = 2000;
  private static final int CHUNK_MEMORY = 8 << 20;
  private static final int RECORD_MEMORY = 16 << 10;

  private final String name;
  private final int bytesPerByte;
  private final Map<String, Integer> reasons = new TreeMap<>();
  private String[] outcomes = new String[0];
  private int accepted;
  private long mostBytes;

  /**
   * @param bytesPerByte of memory that may be allocated for each byte of a record
   */
  FuzzLog(String name, int bytesPerByte) {
    this.name = name;
    this.bytesPerByte = bytesPerByte;
  }

  /** What this thread has allocated so far. */
  static long allocatedBytes() {
    return THREADS.getCurrentThreadAllocatedBytes();
  }

  /**
   * Decodes {@code chunk}.
   *
   * @return the rows, and in {@link #rejection} what became of the others
   */
  SampleBlock decode(SampleDecoder decoder, SampleMapping mapping, RecordChunk chunk) {
    int expected = chunk.count() - chunk.skipped();
    var block = new SampleBlock(mapping.schema(), Math.max(1, expected));
    block.start(chunk.partition(), chunk.firstPosition());
    outcomes = new String[chunk.count()];
    long before = allocatedBytes();
    try {
      decoder.decode(chunk, block, this::reject);
    } catch (RuntimeException | Error e) {
      throw new AssertionError(where(chunk) + " threw " + e + "\n" + shown(chunk), e);
    }
    long bytes = allocatedBytes() - before;
    mostBytes = Math.max(mostBytes, bytes);
    assertThat(bytes)
        .as("memory for %s %s", where(chunk), shown(chunk))
        .isLessThan(
            CHUNK_MEMORY + (long) RECORD_MEMORY * expected + (long) bytesPerByte * chunk.filled());
    int rejected = (int) Arrays.stream(outcomes).filter(outcome -> outcome != null).count();
    assertThat(block.rejected()).as(where(chunk)).isEqualTo(rejected);
    assertThat(block.size() + rejected).as(where(chunk)).isEqualTo(expected);
    accepted += block.size();
    return block;
  }

  private void reject(RecordChunk chunk, int record, RejectionReason reason, String detail) {
    int index = record >= 0 ? record : -1 - record;
    assertThat(outcomes[index]).as("told before of %s in %s", index, where(chunk)).isNull();
    assertThat(detail).isNotBlank().hasSizeLessThan(DETAIL_CHARACTERS);
    outcomes[index] = reason.code() + ": " + detail;
    reasons.merge(reason.code(), 1, Integer::sum);
  }

  /** Why record {@code index} of the last chunk was rejected; null if it is a row. */
  @Nullable String rejection(int index) {
    return outcomes[index];
  }

  private String where(RecordChunk chunk) {
    return "%s, seed %d, records from %d on"
        .formatted(name, FuzzSettings.SEED, chunk.firstPosition());
  }

  private static String shown(RecordChunk chunk) {
    var shown = new StringBuilder();
    HexFormat hex = HexFormat.of();
    for (int i = 0; chunk.delimited() && i < chunk.count(); i++) {
      shown
          .append(i)
          .append(' ')
          .append(hex.formatHex(chunk.bytes(), chunk.start(i), chunk.end(i)))
          .append('\n');
    }
    return shown.isEmpty() ? hex.formatHex(chunk.bytes(), 0, chunk.filled()) : shown.toString();
  }

  /** Prints the account and requires that records of both kinds came. */
  void finish() {
    System.out.printf(
        "fuzzed %s, seed %d: %d accepted, rejected %s, at most %,d bytes of memory for a chunk%n",
        name, FuzzSettings.SEED, accepted, reasons, mostBytes);
    assertThat(accepted).isPositive();
    assertThat(reasons).isNotEmpty();
  }
}
