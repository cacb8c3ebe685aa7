package io.headrace.ingest.mask;

import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.decode.WriterSchemas;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.BiFunction;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What stands before an Avro record and tells its schema.
 *
 * @param length bytes before the record
 * @param schemas by the chunk and those bytes; null where the schema is not known
 */
record AvroHead(int length, BiFunction<RecordChunk, ByteBuffer, @Nullable Schema> schemas) {
  /** The source tells the schema. */
  static AvroHead container() {
    return new AvroHead(0, (chunk, head) -> chunk.writerSchema());
  }

  static AvroHead bare(Schema schema) {
    return new AvroHead(0, (chunk, head) -> chunk.delimited() ? schema : chunk.writerSchema());
  }

  /** C3 01 and the schema's fingerprint, little-endian. */
  static AvroHead singleObject(WriterSchemas schemas) {
    return new AvroHead(
        2 + Long.BYTES,
        (chunk, head) ->
            head.order(ByteOrder.BIG_ENDIAN).getShort() == (short) 0xC301
                ? schemas.byFingerprint(head.order(ByteOrder.LITTLE_ENDIAN).getLong())
                : null);
  }

  /** A zero and the schema's id in a registry, big-endian. */
  static AvroHead confluent(WriterSchemas schemas) {
    return new AvroHead(
        1 + Integer.BYTES, (chunk, head) -> head.get() == 0 ? schemas.byId(head.getInt()) : null);
  }
}
