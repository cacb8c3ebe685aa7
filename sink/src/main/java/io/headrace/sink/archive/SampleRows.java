package io.headrace.sink.archive;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.Column;
import io.headrace.engine.sample.DenseColumn;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SparseColumn;
import io.headrace.engine.sample.TokenColumn;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Makes rows of archived samples, with the bits that they had. Not thread-safe. */
public final class SampleRows {
  private final SampleSchema schema;
  private final List<String> classes;
  private final SampleBlock row;

  /**
   * @param schema of the blocks that the samples were rows of
   */
  public SampleRows(SampleSchema schema) {
    this.schema = schema;
    classes = schema.label() instanceof LabelSpec.Classes(List<String> names) ? names : List.of();
    row = new SampleBlock(schema, 1);
  }

  /**
   * Appends a row to a block that has room for it.
   *
   * @throws HeadraceException if the sample does not fit the schema
   */
  public void append(ArchivedSample archived, SampleBlock to) {
    row.start(archived.partition(), archived.position());
    GenericRecord sample = archived.sample();
    try {
      Map<String, Object> inputs = new HashMap<>();
      ((Map<?, ?>) sample.get("inputs")).forEach((k, v) -> inputs.put(k.toString(), v));
      for (int i = 0; i < schema.inputs().size(); i++) {
        read(inputs.get(schema.inputs().get(i).name()), row.column(i));
      }
      Object time = sample.get("eventTime");
      row.commitRow(
          label(sample.get("label")),
          (Float) sample.get("weight"),
          time == null ? 0 : (Long) time,
          archived.position());
    } catch (RuntimeException e) { // of whatever is not as it was written
      throw new HeadraceException(
          "Position %,d of %s was archived by a job with other inputs or another label: %s. Replay it with the job that archived it."
              .formatted(archived.position(), archived.partition(), e),
          e);
    }
    to.appendRows(row, 0, 1);
  }

  private float label(Object label) {
    if (classes.isEmpty()) {
      return ((Double) label).floatValue();
    }
    int index = classes.indexOf(label.toString());
    if (index < 0) {
      throw new IllegalArgumentException("no class " + label);
    }
    return index;
  }

  private static void read(@Nullable Object value, Column column) {
    if (value == null) {
      throw new IllegalArgumentException("an input is missing");
    }
    switch (column) {
      case DenseColumn dense -> readDense((ByteBuffer) value, dense);
      case SparseColumn sparse -> readSparse((GenericRecord) value, sparse);
      case TokenColumn tokens ->
          ((List<?>) ((GenericRecord) value).get("ids")).forEach(id -> tokens.add(0, (Integer) id));
    }
  }

  private static void readDense(ByteBuffer value, DenseColumn dense) {
    ByteBuffer floats = value.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    if (floats.remaining() != dense.width() * Float.BYTES) {
      throw new IllegalArgumentException(
          floats.remaining() / Float.BYTES + " numbers, not " + dense.width());
    }
    for (int i = 0; i < dense.width(); i++) {
      Floats.write(dense.values(), i, floats.getFloat());
    }
  }

  private static void readSparse(GenericRecord value, SparseColumn sparse) {
    var ids = (List<?>) value.get("ids");
    var values = (List<?>) value.get("values");
    var fields = (List<?>) value.get("fields");
    for (int i = 0; i < ids.size(); i++) {
      int field = sparse.byField() ? (Integer) fields.get(i) : 0;
      sparse.add((Integer) ids.get(i), (Float) values.get(i), field);
    }
  }
}
