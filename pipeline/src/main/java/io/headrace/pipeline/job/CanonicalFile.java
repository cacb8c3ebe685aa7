package io.headrace.pipeline.job;

import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.schemas.Sample;
import io.headrace.sink.archive.CanonicalSample;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/**
 * An Avro container of canonical samples, being written. Not compressed, and sparse inputs packed,
 * because it is for reading fast. Not thread-safe; whoever makes it closes it.
 */
final class CanonicalFile implements Closeable {
  /** Of a block, which is the unit of decoding in parallel. */
  private static final int BLOCK_BYTES = 256 << 10;

  private static final Schema SCHEMA = Sample.getClassSchema();

  private final CanonicalSample samples;
  private final DataFileWriter<Object> file =
      new DataFileWriter<>(new GenericDatumWriter<>(SCHEMA));
  private final ByteArrayOutputStream row = new ByteArrayOutputStream();
  private final BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(row, null);

  /** Begins a file, in place of one that is there; no input may be tokens. */
  CanonicalFile(Path path, SampleSchema schema) throws IOException {
    samples = new CanonicalSample(schema, true);
    file.setSyncInterval(BLOCK_BYTES);
    file.create(SCHEMA, path.toFile());
  }

  /** Adds the rows of a block. */
  void add(SampleBlock block) throws IOException {
    for (int i = 0; i < block.size(); i++) {
      row.reset();
      samples.write(block, i, out);
      out.flush();
      file.appendEncoded(ByteBuffer.wrap(row.toByteArray()));
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
