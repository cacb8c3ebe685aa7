package io.headrace.ingest.decode;

import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.SampleDecoder;
import org.jspecify.annotations.Nullable;

/**
 * Decodes records that are a label's text, a separator and a content: the fields {@code label} and
 * {@code text}, or another that {@link Content} reads. Not thread-safe.
 */
final class LabelledDecoder extends EachRecord {
  /** Puts what stands behind the separator into the row. */
  @FunctionalInterface
  interface Content {
    /** Returns what is wrong with it, or null. */
    @Nullable Fault read(byte[] bytes, int offset, int length);
  }

  private final NamedFields fields;
  private final char separator;
  private final Content content;

  LabelledDecoder(NamedFields fields, SampleRow row, char separator, Content content) {
    super(row);
    this.fields = fields;
    this.separator = separator;
    this.content = content;
  }

  /** Decodes records whose content is the field {@code text}. */
  static SampleDecoder text(String format, char separator, FieldTable table, SampleRow row) {
    var fields = NamedFields.values(format, "text", table);
    return new LabelledDecoder(
        fields,
        row,
        separator,
        (bytes, offset, length) -> {
          for (int slot : fields.contents()) {
            row.values().text(slot, bytes, offset, length);
          }
          return null;
        });
  }

  @Override
  @Nullable Fault read(byte[] bytes, int start, int end) {
    int at = start;
    while (at < end && bytes[at] != separator) {
      at++;
    }
    if (at == end) {
      return fields.labels().length == 0
          ? content.read(bytes, start, end - start)
          : new Fault(
              RejectionReason.MALFORMED,
              separator == '\t'
                  ? "the record has no tab between its label and what is labelled: "
                      + TextPlace.show(bytes, start, start, end)
                  : "the record has no line feed between its label and what is labelled");
    }
    for (int slot : fields.labels()) {
      row.values().text(slot, bytes, start, at - start);
    }
    return content.read(bytes, at + 1, end - at - 1);
  }
}
