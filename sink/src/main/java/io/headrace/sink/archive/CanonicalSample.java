package io.headrace.sink.archive;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.Column;
import io.headrace.engine.sample.DenseColumn;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SparseColumn;
import io.headrace.engine.sample.TokenColumn;
import io.headrace.schemas.Sample;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.io.Encoder;

/**
 * Writes rows of a block as canonical samples: dense inputs as bytes of floats, sparse ones packed
 * or as ids and values, with fields where the model tells these apart, tokens as ids, class labels
 * by name. Not thread-safe.
 */
public final class CanonicalSample {
  private static final Schema SCHEMA = Sample.getClassSchema();
  private static final Schema INPUTS = SCHEMA.getField("inputs").schema().getValueType();
  private static final int BYTES = INPUTS.getIndexNamed("bytes");
  private static final int SPARSE_IDS = INPUTS.getIndexNamed("io.headrace.schemas.SparseIds");
  private static final Schema LABEL = SCHEMA.getField("label").schema();
  private static final int TEXT = LABEL.getIndexNamed("string");
  private static final int NUMBER = LABEL.getIndexNamed("double");

  private final SampleSchema schema;
  private final List<String> classes;
  private final boolean packed;
  private ByteBuffer bytes = ByteBuffer.allocate(0);

  /**
   * Writes sparse inputs as ids and values, which any reader of Avro shows.
   *
   * @param schema of the blocks whose rows are written
   */
  public CanonicalSample(SampleSchema schema) {
    this(schema, false);
  }

  /**
   * @param packed whether sparse inputs without fields are written as bytes, which are read faster
   */
  public CanonicalSample(SampleSchema schema, boolean packed) {
    this.schema = schema;
    this.packed = packed;
    classes = schema.label() instanceof LabelSpec.Classes(List<String> names) ? names : List.of();
  }

  /** Writes the fields of row {@code row}, in the order of the schema. */
  public void write(SampleBlock block, int row, Encoder out) throws IOException {
    out.writeIndex(0); // no id
    float label = block.labels()[row];
    if (classes.isEmpty()) {
      out.writeIndex(NUMBER);
      out.writeDouble(label);
    } else {
      out.writeIndex(TEXT);
      out.writeString(classes.get((int) label));
    }
    out.writeFloat(block.weights()[row]);
    long time = block.eventTimes()[row];
    out.writeIndex(time == 0 ? 0 : 1);
    if (time != 0) {
      out.writeLong(time);
    }
    out.writeMapStart();
    out.setItemCount(schema.inputs().size());
    for (int input = 0; input < schema.inputs().size(); input++) {
      out.startItem();
      out.writeString(schema.inputs().get(input).name());
      write(block.column(input), row, out);
    }
    out.writeMapEnd();
  }

  private void write(Column column, int row, Encoder out) throws IOException {
    switch (column) {
      case DenseColumn dense -> {
        out.writeIndex(BYTES);
        writeDense(dense, row, out);
      }
      case SparseColumn sparse when packed && !sparse.byField() -> {
        out.writeIndex(BYTES);
        writePacked(sparse, row, out);
      }
      case SparseColumn sparse -> {
        out.writeIndex(SPARSE_IDS);
        writeSparse(sparse, row, out);
      }
      case TokenColumn tokens -> {
        out.writeIndex(SPARSE_IDS);
        int from = row * tokens.maxLength();
        writeInts(tokens.ids(), from, from + tokens.length(row), out);
        writeNone(out);
        writeNone(out);
      }
    }
  }

  private void writeDense(DenseColumn dense, int row, Encoder out) throws IOException {
    makeRoom(dense.width() * Float.BYTES);
    for (int k = 0; k < dense.width(); k++) {
      bytes.putFloat(Floats.read(dense.values(), dense.start(row) + k));
    }
    out.writeBytes(bytes.flip());
  }

  private void writePacked(SparseColumn sparse, int row, Encoder out) throws IOException {
    int from = sparse.start(row);
    int to = sparse.start(row + 1);
    makeRoom((to - from) * (Integer.BYTES + Float.BYTES));
    for (int k = from; k < to; k++) {
      bytes.putInt(sparse.ids()[k]);
    }
    for (int k = from; k < to; k++) {
      bytes.putFloat(sparse.values()[k]);
    }
    out.writeBytes(bytes.flip());
  }

  private void makeRoom(int count) {
    if (bytes.capacity() < count) {
      bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    }
    bytes.clear();
  }

  private static void writeSparse(SparseColumn sparse, int row, Encoder out) throws IOException {
    int from = sparse.start(row);
    int to = sparse.start(row + 1);
    writeInts(sparse.ids(), from, to, out);
    out.writeArrayStart();
    out.setItemCount(to - from);
    for (int k = from; k < to; k++) {
      out.startItem();
      out.writeFloat(sparse.values()[k]);
    }
    out.writeArrayEnd();
    if (sparse.byField()) {
      writeInts(sparse.fields(), from, to, out);
    } else {
      writeNone(out);
    }
  }

  private static void writeInts(int[] numbers, int from, int to, Encoder out) throws IOException {
    out.writeArrayStart();
    out.setItemCount(to - from);
    for (int k = from; k < to; k++) {
      out.startItem();
      out.writeInt(numbers[k]);
    }
    out.writeArrayEnd();
  }

  private static void writeNone(Encoder out) throws IOException {
    out.writeArrayStart();
    out.setItemCount(0);
    out.writeArrayEnd();
  }
}
