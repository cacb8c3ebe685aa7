package io.headrace.ingest.decode;

import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.text.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Decodes windows over a text: the last character is the field {@code label}, the name of its own
 * class, and those before it are the field {@code text}. Not thread-safe.
 */
final class NextCharacterDecoder extends EachRecord {
  private final NamedFields fields;

  NextCharacterDecoder(FieldTable table, SampleRow row) {
    super(row);
    this.fields = NamedFields.values("text-window", "text", table);
  }

  @Override
  @Nullable Fault read(byte[] bytes, int start, int end) {
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
