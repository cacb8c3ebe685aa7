package io.headrace.ingest.decode;

import io.headrace.ingest.RecordChunk;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Tells the records of a run apart, for those who need single records before they are decoded. Not
 * thread-safe.
 */
public final class AvroRuns {
  private final AvroInput in = new AvroInput();
  private @Nullable Schema schema;
  private AvroStep skip = (from, row) -> {};
  private int[] ends = new int[0];

  /** Bytes that a record of {@code schema} takes at least. */
  public static int leastBytes(Schema schema) {
    return AvroSkips.minBytes(schema);
  }

  /** Makes separate records of a chunk that is a run; others are as they should be. */
  public void delimit(RecordChunk chunk) {
    Schema writer = chunk.writerSchema();
    if (chunk.delimited() || writer == null) {
      return;
    }
    if (!writer.equals(schema)) {
      skip = new AvroSkips().of(writer);
      schema = writer;
    }
    ends = ends.length < chunk.count() ? new int[chunk.count()] : ends;
    in.reset(chunk.bytes(), 0, chunk.filled());
    for (int i = 0; i < chunk.count(); i++) {
      try {
        skipRecord();
        if (i == chunk.count() - 1 && in.remaining() > 0) {
          throw new MalformedRecordException(
              in.remaining() + " bytes are left behind the block's last record");
        }
      } catch (MalformedRecordException e) {
        String detail =
            "record " + (i + 1) + " of " + chunk.count() + " in the block: " + e.detail();
        chunk.delimit(ends, i, detail);
        return;
      }
      ends[i] = in.position();
    }
    chunk.delimit(ends, chunk.count(), "");
  }

  @SuppressWarnings("NullAway") // reading over a value touches no row
  private void skipRecord() throws MalformedRecordException {
    skip.run(in, null);
  }
}
