package io.headrace.ingest.decode;

import io.headrace.engine.sample.SparseColumn;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Ids and values that come one list after the other. Grows as needed. Not thread-safe. */
final class PairBuffer {
  private int[] ids = new int[64];
  private float[] values = new float[64];
  private int idCount;
  private int valueCount;

  void clear() {
    idCount = 0;
    valueCount = 0;
  }

  /** Reads {@code count} ids. */
  void addIds(AvroInput from, int count) throws MalformedRecordException {
    if (idCount + count > ids.length) {
      ids = Arrays.copyOf(ids, Math.max(idCount + count, ids.length * 2));
    }
    from.readInts(count, ids, idCount);
    idCount += count;
  }

  /** Reads {@code count} values. */
  void addValues(AvroInput from, int count) throws MalformedRecordException {
    if (valueCount + count > values.length) {
      values = Arrays.copyOf(values, Math.max(valueCount + count, values.length * 2));
    }
    from.readFloats(count, values, valueCount);
    valueCount += count;
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
  @Nullable Fault writeTo(SparseColumn column, String input, int mask) {
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
    column.add(ids, values, idCount, mask);
    return null;
  }
}
