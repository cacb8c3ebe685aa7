package io.headrace.ingest.file;

import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleSourceContract.Seen;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;

/** Writes small Avro containers and reads the runs that sources make of them. */
final class AvroFiles {
  static final Schema SCHEMA =
      SchemaBuilder.record("Row").fields().requiredInt("id").requiredString("note").endRecord();

  private AvroFiles() {}

  static String note(int id) {
    return "note of " + id + " " + "x".repeat(id % 13);
  }

  /** Writes rows 0 to {@code rows}; a block is closed after every {@code perBlock} of them. */
  static Path write(Path file, CodecFactory codec, int rows, int perBlock) throws IOException {
    try (var writer = new DataFileWriter<>(new GenericDatumWriter<GenericRecord>())) {
      writer.setCodec(codec);
      writer.create(SCHEMA, file.toFile());
      for (int i = 0; i < rows; i++) {
        var row = new GenericData.Record(SCHEMA);
        row.put("id", i);
        row.put("note", note(i));
        writer.append(row);
        if ((i + 1) % perBlock == 0) {
          writer.sync();
        }
      }
    }
    return file;
  }

  /** The records of a run that are to be delivered; as many as can be decoded. */
  static List<Seen> read(RecordChunk run) {
    var reader = new GenericDatumReader<GenericRecord>(run.writerSchema());
    var decoder = DecoderFactory.get().binaryDecoder(run.bytes(), 0, run.filled(), null);
    List<Seen> seen = new ArrayList<>();
    try {
      for (int i = 0; i < run.count(); i++) {
        GenericRecord row = reader.read(null, decoder);
        if (i >= run.skipped()) {
          seen.add(new Seen(run.position(i), row.get("id") + "=" + row.get("note")));
        }
      }
    } catch (IOException | AvroRuntimeException e) {
      seen.add(new Seen(run.nextPosition() - 1, "cannot be decoded"));
    }
    return seen;
  }
}
