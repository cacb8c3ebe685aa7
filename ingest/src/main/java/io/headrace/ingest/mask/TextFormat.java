package io.headrace.ingest.mask;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Records that are a label, a separator and a text: the fields {@code label} and {@code text}.
 * Immutable.
 */
record TextFormat(char separator) implements EachMasked {
  @Override
  public void write(byte[] bytes, int start, int end, RewrittenRecords into) {
    String record = new String(bytes, start, end - start, StandardCharsets.UTF_8);
    int at = record.indexOf(separator);
    String label = record.substring(0, Math.max(at, 0));
    String text = record.substring(at + 1);
    RecordFields fields = into.fields();
    fields.begin(
        field ->
            switch (field) {
              case "label" -> Optional.of(label);
              case "text" -> Optional.of(text);
              default -> Optional.empty();
            });
    if (at >= 0) {
      into.text(masked("label", label, fields));
      into.write(separator);
    }
    into.text(masked("text", text, fields));
  }

  private String masked(String field, String value, RecordFields fields) {
    String now = fields.masked(field, value, Kind.TEXT);
    return now == null ? "" : field.equals("label") ? now.replace(separator, ' ') : now;
  }
}
