package io.headrace.ingest.mask;

import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The records of a chunk as they are written anew. Not thread-safe. */
final class RewrittenRecords extends ByteArrayOutputStream {
  private final RecordFields fields;
  private final Unreadable unreadable;
  private IntPredicate masked = i -> false;
  private int[] ends = new int[256];
  private final List<@Nullable Fault> faults = new ArrayList<>();

  RewrittenRecords(RecordFields fields, Unreadable unreadable) {
    super(1 << 16);
    this.fields = fields;
    this.unreadable = unreadable;
  }

  /** Says which records of the next chunk are taken as they are. */
  void passOver(IntPredicate alreadyMasked) {
    masked = alreadyMasked;
  }

  RecordFields fields() {
    return fields;
  }

  void text(String text) {
    writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds record {@code i} of a chunk, or its fault. */
  void add(RecordChunk chunk, int i, EachMasked format) {
    Fault fault = chunk.fault(i);
    int begun = count;
    if (masked.test(i)) {
      write(chunk.bytes(), chunk.start(i), chunk.end(i) - chunk.start(i));
    } else if (fault == null) {
      try {
        format.write(chunk.bytes(), chunk.start(i), chunk.end(i), this);
        fault = sensitive();
      } catch (UnreadableRecordException e) {
        count = begun;
        fault = unreadable(chunk.bytes(), chunk.start(i), chunk.end(i));
      }
    }
    end(fault);
  }

  /** Ends the record just written. */
  void end(@Nullable Fault fault) {
    if (faults.size() == ends.length) {
      ends = Arrays.copyOf(ends, 2 * ends.length);
    }
    ends[faults.size()] = count;
    faults.add(fault);
  }

  /** Forgets what was written since a record ended at {@code length}. */
  void cutTo(int length) {
    count = length;
  }

  /** Why nothing is to be learned from the record just written. */
  @Nullable Fault sensitive() {
    String why = fields.rejected();
    return why == null ? null : new Fault(RejectionReason.SENSITIVE, why);
  }

  /** Writes what may be kept of a record that cannot be read; nothing of it is said. */
  Fault unreadable(byte[] bytes, int start, int end) {
    String kept = unreadable.kept(bytes, start, end);
    text(kept);
    return new Fault(
        RejectionReason.MALFORMED,
        "the record's %d bytes cannot be read, so that its fields cannot be masked%s"
            .formatted(
                end - start,
                kept.isEmpty() ? "; nothing is kept of it" : "; what was found in it is"));
  }

  /** Puts the records into the chunk, and begins anew. */
  void moveTo(RecordChunk chunk) {
    chunk.rewrite(toByteArray(), ends, faults);
    reset();
    faults.clear();
  }
}
