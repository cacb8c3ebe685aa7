package io.headrace.pipeline.job;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.Column;
import io.headrace.engine.sample.DenseColumn;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SparseColumn;
import io.headrace.engine.sample.TokenColumn;
import io.headrace.schemas.Sample;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/**
 * An Avro container of canonical samples, being written: dense inputs as bytes of floats, sparse
 * ones as ids and values, with fields where the model tells these apart, class labels by name. Not
 * compressed, because it is for reading fast. Not thread-safe; whoever makes it closes it.
 */
final class CanonicalFile implements Closeable {
  /** Of a block, which is the unit of decoding in parallel. */
  private static final int BLOCK_BYTES = 256 << 10;

  private static final Schema SCHEMA = Sample.getClassSchema();
  private static final Schema INPUTS = SCHEMA.getField("inputs").schema().getValueType();
  private static final int BYTES = INPUTS.getIndexNamed("bytes");
  private static final int SPARSE_IDS = INPUTS.getIndexNamed("io.headrace.schemas.SparseIds");
  private static final Schema LABEL = SCHEMA.getField("label").schema();
  private static final int TEXT = LABEL.getIndexNamed("string");
  private static final int NUMBER = LABEL.getIndexNamed("double");

  private final SampleSchema schema;
  private final List<String> classes;
  private final DataFileWriter<Object> file =
      new DataFileWriter<>(new GenericDatumWriter<>(SCHEMA));
  private final ByteArrayOutputStream row = new ByteArrayOutputStream();
  private final BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(row, null);
  private ByteBuffer floats = ByteBuffer.allocate(0);

  /** Begins a file, in place of one that is there; no input may be tokens. */
  CanonicalFile(Path path, SampleSchema schema) throws IOException {
    this.schema = schema;
    classes = schema.label() instanceof LabelSpec.Classes(List<String> names) ? names : List.of();
    file.setSyncInterval(BLOCK_BYTES);
    file.create(SCHEMA, path.toFile());
  }

  /** Adds the rows of a block. */
  void add(SampleBlock block) throws IOException {
    for (int i = 0; i < block.size(); i++) {
      row.reset();
      write(block, i);
      out.flush();
      file.appendEncoded(ByteBuffer.wrap(row.toByteArray()));
    }
  }

  /** The fields in the order of the schema. */
  private void write(SampleBlock block, int i) throws IOException {
    out.writeIndex(0); // no id
    float label = block.labels()[i];
    if (classes.isEmpty()) {
      out.writeIndex(NUMBER);
      out.writeDouble(label);
    } else {
      out.writeIndex(TEXT);
      out.writeString(classes.get((int) label));
    }
    out.writeFloat(block.weights()[i]);
    long time = block.eventTimes()[i];
    out.writeIndex(time == 0 ? 0 : 1);
    if (time != 0) {
      out.writeLong(time);
    }
    out.writeMapStart();
    out.setItemCount(schema.inputs().size());
    for (int input = 0; input < schema.inputs().size(); input++) {
      out.startItem();
      out.writeString(schema.inputs().get(input).name());
      write(block.column(input), i);
    }
    out.writeMapEnd();
  }

  private void write(Column column, int i) throws IOException {
    switch (column) {
      case DenseColumn dense -> {
        out.writeIndex(BYTES);
        writeDense(dense, i);
      }
      case SparseColumn sparse -> {
        out.writeIndex(SPARSE_IDS);
        writeSparse(sparse, i);
      }
      case TokenColumn _ -> throw new IllegalStateException("tokens were refused");
    }
  }

  private void writeDense(DenseColumn dense, int i) throws IOException {
    int bytes = dense.width() * Float.BYTES;
    if (floats.capacity() < bytes) {
      floats = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
    floats.clear();
    for (int k = 0; k < dense.width(); k++) {
      floats.putFloat(Floats.read(dense.values(), dense.start(i) + k));
    }
    out.writeBytes(floats.flip());
  }

  private void writeSparse(SparseColumn sparse, int i) throws IOException {
    int from = sparse.start(i);
    int to = sparse.start(i + 1);
    writeInts(sparse.ids(), from, to);
    out.writeArrayStart();
    out.setItemCount(to - from);
    for (int k = from; k < to; k++) {
      out.startItem();
      out.writeFloat(sparse.values()[k]);
    }
    out.writeArrayEnd();
    writeInts(sparse.fields(), from, sparse.byField() ? to : from);
  }

  private void writeInts(int[] numbers, int from, int to) throws IOException {
    out.writeArrayStart();
    out.setItemCount(to - from);
    for (int k = from; k < to; k++) {
      out.startItem();
      out.writeInt(numbers[k]);
    }
    out.writeArrayEnd();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
