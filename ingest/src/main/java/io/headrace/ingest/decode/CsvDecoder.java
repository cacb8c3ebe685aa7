package io.headrace.ingest.decode;

import io.headrace.engine.sample.SampleBlock;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.Rejections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes CSV as RFC 4180 has it, one record of it a raw record, in UTF-8. Fields are taken from
 * the bytes as they lie there; an empty one is absent. Not thread-safe.
 */
final class CsvDecoder extends EachRecord {
  private final FieldTable table;
  private final byte delimiter;
  private final @Nullable CsvColumns configured;
  private final ByteScratch unquoted = new ByteScratch();
  private @Nullable CsvColumns columns;
  private int recordStart;
  private int recordEnd;

  CsvDecoder(FieldTable table, SampleRow row, List<String> columns, char delimiter) {
    super(row);
    this.table = table;
    this.delimiter = (byte) delimiter;
    this.configured = columns.isEmpty() ? null : CsvColumns.of(columns, table);
  }

  @Override
  public void decode(RecordChunk from, SampleBlock into, Rejections rejections) {
    columns = columns(from.header());
    super.decode(from, into, rejections);
  }

  private @Nullable CsvColumns columns(@Nullable List<String> header) {
    if (configured != null || header == null) {
      return configured;
    }
    return columns != null && columns.names().equals(header)
        ? columns
        : CsvColumns.of(header, table);
  }

  /** Just past the text, without the line's break. */
  @Override
  int end(RecordChunk chunk, int record) {
    int end = chunk.end(record);
    int start = chunk.start(record);
    if (end > start && chunk.bytes()[end - 1] == '\n') {
      end--;
    }
    return end > start && chunk.bytes()[end - 1] == '\r' ? end - 1 : end;
  }

  @Override
  @Nullable Fault read(byte[] bytes, int start, int end) {
    CsvColumns wanted = columns;
    if (wanted == null) {
      return new Fault(
          RejectionReason.WRONG_SCHEMA,
          "the names of the columns are not known: the source has no header line. Set columns");
    }
    if (wanted.problem().isPresent()) {
      return new Fault(RejectionReason.WRONG_SCHEMA, wanted.problem().get());
    }
    unquoted.clear();
    recordStart = start;
    recordEnd = end;
    try {
      int column = 0;
      int at = start;
      int surplus = end;
      do {
        if (column == wanted.slots().length) {
          surplus = at;
        }
        int[] slots = column < wanted.slots().length ? wanted.slots()[column] : NO_SLOTS;
        boolean quoted = at < end && bytes[at] == '"';
        at = quoted ? readQuoted(bytes, at + 1, end, slots) : readPlain(bytes, at, end, slots);
        column++;
      } while (at++ < end);
      return column == wanted.slots().length
          ? null
          : malformed(
              placed("has " + column + " fields, not " + wanted.slots().length, bytes, surplus));
    } catch (MalformedRecordException e) {
      return malformed(e.detail());
    }
  }

  private static final int[] NO_SLOTS = {};

  /** Says what is wrong, and from where on. */
  private String placed(String problem, byte[] bytes, int at) {
    return problem + ": " + TextPlace.show(bytes, recordStart, at, recordEnd);
  }

  private static Fault malformed(String problem) {
    return new Fault(RejectionReason.MALFORMED, "the record " + problem);
  }

  /** Reads up to the next delimiter, whose index it returns. */
  private int readPlain(byte[] bytes, int start, int end, int[] slots)
      throws MalformedRecordException {
    int i = start;
    while (i < end && bytes[i] != delimiter) {
      if (bytes[i] == '\n' || bytes[i] == '\r') {
        throw new MalformedRecordException(placed("has more than one line", bytes, i));
      }
      i++;
    }
    put(bytes, start, i, slots);
    return i;
  }

  /** Reads up to the closing quote and returns the index of the delimiter behind it. */
  private int readQuoted(byte[] bytes, int start, int end, int[] slots)
      throws MalformedRecordException {
    int i = start;
    while (i < end && bytes[i] != '"') {
      i++;
    }
    if (i + 1 < end && bytes[i + 1] == '"') {
      i = readDoubled(bytes, start, end, slots);
    } else {
      put(bytes, start, i, slots);
    }
    if (i >= end) {
      throw new MalformedRecordException(
          placed("opens a quote that is never closed", bytes, start - 1));
    }
    if (i + 1 < end && bytes[i + 1] != delimiter) {
      throw new MalformedRecordException(
          placed("has text between a closing quote and the delimiter", bytes, i + 1));
    }
    return i + 1;
  }

  /** Reads quoted text in which two quotes stand for one; returns the closing quote's index. */
  private int readDoubled(byte[] bytes, int start, int end, int[] slots) {
    unquoted.reserve(end - start);
    int from = unquoted.position();
    int i = start;
    for (; i < end; i++) {
      if (bytes[i] == '"') {
        if (i + 1 == end || bytes[i + 1] != '"') {
          break;
        }
        i++;
      }
      unquoted.add(bytes[i]);
    }
    put(unquoted.bytes(), from, unquoted.position(), slots);
    return i;
  }

  private void put(byte[] bytes, int start, int end, int[] slots) {
    if (start < end) {
      for (int slot : slots) {
        row.values().untyped(slot, bytes, start, end - start);
      }
    }
  }
}
