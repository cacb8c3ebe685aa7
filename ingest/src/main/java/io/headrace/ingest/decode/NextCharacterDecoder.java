package io.headrace.ingest.decode;

import io.headrace.engine.sample.SampleBlock;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.Rejections;
import io.headrace.ingest.SampleDecoder;
import io.headrace.ingest.text.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Decodes windows over a text: the last character is the field {@code label}, the name of its own
 * class, and those before it are the field {@code text}. Not thread-safe.
 */
final class NextCharacterDecoder implements SampleDecoder {
  private final NamedFields fields;
  private final SampleRow row;

  NextCharacterDecoder(FieldTable table, SampleRow row) {
    this.fields = NamedFields.values("text-window", "text", table);
    this.row = row;
  }

  @Override
  public void decode(RecordChunk from, SampleBlock into, Rejections rejections) {
    for (int i = 0; i < from.count(); i++) {
      row.begin(into);
      Fault fault = from.fault(i);
      if (fault == null) {
        fault = read(from.bytes(), from.start(i), from.end(i));
      }
      if (fault == null) {
        row.end(from, i, rejections);
      } else {
        row.reject(from, i, fault, rejections);
      }
    }
  }

  private @Nullable Fault read(byte[] bytes, int start, int end) {
    if (start == end) {
      return new Fault(RejectionReason.MALFORMED, "the record has no characters");
    }
    int last = start;
    int length = Utf8.length(bytes, start, end);
    while (last + length < end) {
      last += length;
      length = Utf8.length(bytes, last, end);
    }
    for (int slot : fields.labels()) {
      row.values().symbol(slot, bytes, last, length, Utf8.codePoint(bytes, last, length));
    }
    for (int slot : fields.contents()) {
      row.values().text(slot, bytes, start, last - start);
    }
    return null;
  }
}
