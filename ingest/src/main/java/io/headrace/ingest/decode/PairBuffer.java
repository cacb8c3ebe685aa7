package io.headrace.ingest.decode;

import io.headrace.engine.sample.SparseColumn;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Ids and values that come one list after the other. Grows as needed. Not thread-safe. */
final class PairBuffer {
  /** Of a packed pair: an id and a value. */
  static final int PACKED_BYTES = Integer.BYTES + Float.BYTES;

  private int[] ids = new int[64];
  private float[] values = new float[64];
  private int idCount;
  private int valueCount;
  private int[] fields = {};
  private int fieldCount;

  void clear() {
    idCount = 0;
    fieldCount = 0;
    valueCount = 0;
  }

  /** Reads {@code count} ids. */
  void addIds(AvroInput from, int count) throws MalformedRecordException {
    makeRoomForIds(count);
    from.readInts(count, ids, idCount);
    idCount += count;
  }

  /** Reads {@code count} packed pairs: all their ids, then all their values. */
  void addPacked(AvroInput from, int count) throws MalformedRecordException {
    makeRoomForIds(count);
    from.readWords(count, ids, idCount);
    idCount += count;
    addValues(from, count);
  }

  private void makeRoomForIds(int count) {
    if (idCount + count > ids.length) {
      ids = Arrays.copyOf(ids, Math.max(idCount + count, ids.length * 2));
    }
  }

  /** Reads {@code count} values. */
  void addValues(AvroInput from, int count) throws MalformedRecordException {
    if (valueCount + count > values.length) {
      values = Arrays.copyOf(values, Math.max(valueCount + count, values.length * 2));
    }
    from.readFloats(count, values, valueCount);
    valueCount += count;
  }

  /** Reads the fields of {@code count} pairs. */
  void addFields(AvroInput from, int count) throws MalformedRecordException {
    if (fieldCount + count > fields.length) {
      fields = Arrays.copyOf(fields, Math.max(fieldCount + count, fields.length * 2));
    }
    from.readInts(count, fields, fieldCount);
    fieldCount += count;
  }

  void addId(int id) {
    if (idCount == ids.length) {
      ids = Arrays.copyOf(ids, idCount * 2);
    }
    ids[idCount++] = id;
  }

  void addValue(float value) {
    if (valueCount == values.length) {
      values = Arrays.copyOf(values, valueCount * 2);
    }
    values[valueCount++] = value;
  }

  /** Adds the pairs to a row; returns what is wrong with them, or null. */
  @Nullable Fault writeTo(SparseColumn column, InputMapping.SparseFields mapping, int mask) {
    String input = mapping.name();
    if (valueCount != 0 && valueCount != idCount) {
      return new Fault(
          RejectionReason.WRONG_LENGTH,
          "input " + input + " has " + idCount + " features and " + valueCount + " values");
    }
    if (valueCount == 0) {
      for (int i = 0; i < idCount; i++) {
        addValue(1);
      }
    }
    for (int i = 0; i < idCount; i++) {
      if (!Float.isFinite(values[i])) {
        return new Fault(
            RejectionReason.NOT_A_NUMBER, "input " + input + ": value " + i + " is " + values[i]);
      }
    }
    if (mapping.byField()) {
      return writeByField(column, mapping, mask);
    }
    column.add(ids, values, idCount, mask);
    return null;
  }

  private @Nullable Fault writeByField(
      SparseColumn column, InputMapping.SparseFields mapping, int mask) {
    if (fieldCount != idCount) {
      return new Fault(
          RejectionReason.WRONG_LENGTH,
          "input %s has %d features and the fields of %d, of which the model needs each"
              .formatted(mapping.name(), idCount, fieldCount));
    }
    int known = mapping.spec().fields();
    for (int i = 0; i < idCount; i++) {
      if (fields[i] < 0 || fields[i] >= known) {
        return new Fault(
            RejectionReason.MALFORMED,
            "input %s: feature %d is of field %d, but the job names %d, from 0"
                .formatted(mapping.name(), i, fields[i], known));
      }
      column.add(ids[i] & mask, values[i], fields[i]);
    }
    return null;
  }
}
