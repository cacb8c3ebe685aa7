package io.headrace.ingest.mask;

import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RecordChunk.Fault;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/** Avro's binary encoding, whatever stands before a record. Not thread-safe. */
final class AvroFormat implements EachMasked {
  private final AvroHead head;
  private final Map<Schema, Codec> codecs = new HashMap<>();
  private @Nullable BinaryDecoder decoder;
  private @Nullable BinaryEncoder encoder;
  private @Nullable RecordChunk chunk;

  private record Codec(
      GenericDatumReader<GenericRecord> reader,
      GenericDatumWriter<GenericRecord> writer,
      AvroFields fields) {
    static Codec of(Schema schema) {
      return new Codec(
          new GenericDatumReader<>(schema), new GenericDatumWriter<>(schema), new AvroFields());
    }
  }

  AvroFormat(AvroHead head) {
    this.head = head;
  }

  @Override
  public void begin(RecordChunk records) {
    chunk = records;
  }

  @Override
  public void rewrite(RecordChunk records, RewrittenRecords into) {
    if (records.delimited()) {
      EachMasked.super.rewrite(records, into);
    } else {
      rewriteRun(records, into);
    }
  }

  @Override
  public void write(byte[] bytes, int start, int end, RewrittenRecords into)
      throws UnreadableRecordException {
    int begin = start + head.length();
    boolean whole = begin <= end && chunk != null;
    Schema schema =
        whole
            ? sound(head.schemas().apply(chunk, ByteBuffer.wrap(bytes, start, head.length())))
            : null;
    if (schema == null) {
      throw new UnreadableRecordException();
    }
    into.write(bytes, start, head.length());
    decoder = DecoderFactory.get().binaryDecoder(bytes, begin, end - begin, decoder);
    try {
      copy(schema, decoder, into);
      if (!decoder.isEnd()) {
        throw new UnreadableRecordException();
      }
    } catch (IOException e) {
      throw new UnreadableRecordException();
    }
  }

  private void copy(Schema schema, BinaryDecoder from, RewrittenRecords into)
      throws IOException, UnreadableRecordException {
    Codec codec = codecs.computeIfAbsent(schema, Codec::of);
    try {
      GenericRecord record = codec.reader().read(null, from);
      into.fields().begin(field -> codec.fields().value(record, field));
      codec.fields().mask(record, into.fields());
      encoder = EncoderFactory.get().binaryEncoder(into, encoder);
      codec.writer().write(record, encoder);
      encoder.flush();
    } catch (AvroRuntimeException | ClassCastException | IndexOutOfBoundsException e) {
      throw new UnreadableRecordException(); // told without its message, which may quote
    }
  }

  private static @Nullable Schema sound(@Nullable Schema schema) {
    return schema != null && schema.getType() == Schema.Type.RECORD ? schema : null;
  }

  /** Nobody can tell where the records behind one that cannot be read begin. */
  private void rewriteRun(RecordChunk run, RewrittenRecords into) {
    Schema schema = sound(run.writerSchema());
    var from =
        DecoderFactory.get()
            .directBinaryDecoder(new ByteArrayInputStream(run.bytes(), 0, run.filled()), null);
    for (int i = 0; i < run.count(); i++) {
      int begun = into.size();
      Fault fault = null;
      if (schema != null) {
        try {
          copy(schema, from, into);
          fault = into.sensitive();
        } catch (IOException | UnreadableRecordException e) {
          schema = null;
          into.cutTo(begun);
        }
      }
      if (i < run.skipped()) {
        into.cutTo(begun);
      } else {
        into.end(schema != null ? fault : into.unreadable(run.bytes(), 0, 0));
      }
    }
  }
}
