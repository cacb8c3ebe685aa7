package io.headrace.ingest.mask;

import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.Rejections;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Records that are images, with the text of a label and a line feed before them if they are {@code
 * labelled}: the field {@code label}. An image is learned from as it is, and no dead letter has it:
 * nobody can tell what its file says besides its pixels. Immutable.
 */
record PictureFormat(boolean labelled) implements EachMasked {
  @Override
  public void write(byte[] bytes, int start, int end, RewrittenRecords into) {
    int content = labelled ? contentStart(bytes, start, end) : start;
    if (content > start) {
      String label = new String(bytes, start, content - 1 - start, StandardCharsets.UTF_8);
      RecordFields fields = into.fields();
      fields.begin(field -> field.equals("label") ? Optional.of(label) : Optional.empty());
      String now = fields.masked("label", label, Kind.TEXT);
      into.text(now == null ? "" : now.replace('\n', ' '));
      into.write('\n');
    }
    into.write(bytes, content, end - content);
  }

  /** Just behind the label's line feed, or the start if there is none. */
  private static int contentStart(byte[] bytes, int start, int end) {
    for (int i = start; i < end; i++) {
      if (bytes[i] == '\n') {
        return i + 1;
      }
    }
    return start;
  }

  @Override
  public Rejections withholding(Rejections to) {
    return (chunk, record, reason, detail) -> {
      long position = chunk.position(record);
      int start = chunk.start(record);
      int label = labelled ? contentStart(chunk.bytes(), start, chunk.end(record)) - start : 0;
      var kept = new RecordChunk(released -> {});
      kept.start(chunk.partition(), position);
      kept.add(chunk.bytes(), start, label, position, chunk.timestampMillis(record));
      boolean ofTheFile = reason == RejectionReason.MALFORMED; // whose reader may quote from it
      String told =
          ofTheFile ? "the record is no image that can be read; nothing of it is kept" : detail;
      to.reject(kept, 0, reason, told);
    };
  }
}
