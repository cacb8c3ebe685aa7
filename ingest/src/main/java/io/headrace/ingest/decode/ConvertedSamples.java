package io.headrace.ingest.decode;

import io.headrace.engine.sample.SparseColumn;
import io.headrace.schemas.Sample;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.avro.Schema;

/**
 * Reads canonical samples as {@code headrace convert} writes them: in this version's schema, with a
 * label, all inputs sparse or dense ones that the job knows, and nothing wrong. Such a record goes
 * to its columns in one method, its floats and pairs straight from the bytes. Any other one is left
 * to the general steps, from its start on: nothing is said here of what is wrong with it.
 */
final class ConvertedSamples implements AvroStep {
  private static final Schema SCHEMA = Sample.getClassSchema();
  private static final Schema LABEL = SCHEMA.getField("label").schema();
  private static final int LABELS = LABEL.getTypes().size();
  private static final int WHOLE = LABEL.getIndexNamed("int");
  private static final int REAL = LABEL.getIndexNamed("double");
  private static final int TEXT = LABEL.getIndexNamed("string");
  private static final Schema INPUT = SCHEMA.getField("inputs").schema().getValueType();
  private static final int KINDS = INPUT.getTypes().size();
  private static final int BYTES = INPUT.getIndexNamed("bytes");
  private static final int FLOATS = INPUT.getIndexNamed("array");
  private static final int SPARSE_IDS = INPUT.getIndexNamed("io.headrace.schemas.SparseIds");

  private final AvroStep general;
  private final byte[][] names;
  private final boolean[] dense;
  private final int[] masks;

  /**
   * @param masks of the ids of inputs that are not dense
   */
  private ConvertedSamples(AvroStep general, byte[][] names, boolean[] dense, int[] masks) {
    this.general = general;
    this.names = names;
    this.dense = dense;
    this.masks = masks;
  }

  /** Tries this before {@code general}, where it can read anything. */
  static AvroStep before(AvroStep general, Schema writer, SampleMapping mapping) {
    int count = mapping.inputs().size();
    byte[][] names = new byte[count][];
    boolean[] dense = new boolean[count];
    int[] masks = new int[count];
    for (int i = 0; i < count; i++) {
      switch (mapping.inputs().get(i)) {
        case InputMapping.SparseFields sparse when !sparse.byField() ->
            masks[i] = (int) ((1L << sparse.bits()) - 1);
        case InputMapping.DenseVector _, InputMapping.DenseFields _ -> dense[i] = true;
        default -> {
          return general;
        }
      }
      names[i] = mapping.inputs().get(i).name().getBytes(StandardCharsets.UTF_8);
    }
    return writer.equals(SCHEMA) ? new ConvertedSamples(general, names, dense, masks) : general;
  }

  @Override
  public void run(AvroInput in, SampleRow row) throws MalformedRecordException {
    int start = in.position();
    if (!isRead(in, row)) {
      in.position(start);
      row.restart();
      general.run(in, row);
    }
  }

  private boolean isRead(AvroInput in, SampleRow row) {
    try {
      if (in.readIndex(2) != 0 || !isLabelRead(in, row.values())) { // an id, or no label
        return false;
      }
      row.values().real(FieldTable.WEIGHT, in.readFloat());
      if (in.readIndex(2) == 1) {
        row.values().integer(FieldTable.EVENT_TIME, in.readLong());
      }
      return areInputsRead(in, row);
    } catch (MalformedRecordException _) {
      return false;
    }
  }

  private static boolean isLabelRead(AvroInput in, FieldValues values)
      throws MalformedRecordException {
    int kind = in.readIndex(LABELS);
    if (kind == TEXT) {
      int length = in.readLength();
      values.text(FieldTable.LABEL, in.bytes(), in.position(), length);
      in.skip(length);
    } else if (kind == REAL) {
      values.real(FieldTable.LABEL, in.readDouble());
    } else if (kind == WHOLE) {
      values.integer(FieldTable.LABEL, in.readInt());
    } else {
      return false;
    }
    return true;
  }

  private boolean areInputsRead(AvroInput in, SampleRow row) throws MalformedRecordException {
    for (long n = in.readBlockCount(1); n > 0; n = in.readBlockCount(1)) {
      for (long i = 0; i < n; i++) {
        int input = CanonicalSteps.readName(in, names);
        if (input < 0 || !isInputRead(in, row, input)) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean isInputRead(AvroInput in, SampleRow row, int input)
      throws MalformedRecordException {
    int kind = in.readIndex(KINDS);
    if (dense[input]) {
      return isVectorRead(in, kind, row.vector(input));
    }
    return kind == BYTES
        ? isPackedRead(in, row.sparse(input), masks[input])
        : kind == SPARSE_IDS && arePairsRead(in, row.sparse(input), masks[input]);
  }

  private static boolean isVectorRead(AvroInput in, int kind, VectorWriter to)
      throws MalformedRecordException {
    if (kind == BYTES) {
      AvroVectors.bytes(in, to, in.readLength());
    } else if (kind == FLOATS) {
      AvroVectors.floatArray(in, to);
    }
    return kind == BYTES || kind == FLOATS;
  }

  private static boolean isPackedRead(AvroInput in, SparseColumn to, int mask)
      throws MalformedRecordException {
    int length = in.readLength();
    if (length % PairBuffer.PACKED_BYTES != 0) {
      return false;
    }
    int count = length / PairBuffer.PACKED_BYTES;
    int at = to.reserve(count);
    in.readWords(count, to.ids(), at);
    in.readFloats(count, to.values(), at);
    return to.addReserved(count, mask);
  }

  private static boolean arePairsRead(AvroInput in, SparseColumn to, int mask)
      throws MalformedRecordException {
    int count = (int) in.readBlockCount(1);
    int at = to.reserve(count);
    if (count > 0) {
      in.readInts(count, to.ids(), at);
      if (in.readBlockCount(1) != 0) {
        return false;
      }
    }
    long values = in.readBlockCount(Float.BYTES);
    if (values == 0) {
      Arrays.fill(to.values(), at, at + count, 1);
    } else if (values == count) {
      in.readFloats(count, to.values(), at);
      if (in.readBlockCount(Float.BYTES) != 0) {
        return false;
      }
    } else {
      return false;
    }
    return in.readBlockCount(1) == 0 && to.addReserved(count, mask);
  }
}
