package io.headrace.ingest.decode;

import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SparseColumn;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.Rejections;
import org.jspecify.annotations.Nullable;

/**
 * The row that a record is becoming: fields and vectors are put into it as they are met, and when
 * the record is at its end the row is committed to the block, or its record rejected. Not
 * thread-safe; one decoder owns it.
 */
final class SampleRow {
  private final FieldValues values;
  private final LabelReader label;
  private final @Nullable VectorWriter[] vectors;
  private final @Nullable SparseWriter[] sparse;
  private final @Nullable TokenWriter[] tokens;
  private final @Nullable DenseWriter[] denseFields;
  private final PairBuffer pairs = new PairBuffer();
  private @Nullable SampleBlock block;
  private @Nullable Fault fault;

  SampleRow(SampleMapping mapping, FieldTable table) {
    values = new FieldValues(table.slots());
    label = new LabelReader(mapping.label());
    int inputs = mapping.inputs().size();
    vectors = new VectorWriter[inputs];
    sparse = new SparseWriter[inputs];
    tokens = new TokenWriter[inputs];
    denseFields = new DenseWriter[inputs];
    for (int i = 0; i < inputs; i++) {
      switch (mapping.inputs().get(i)) {
        case InputMapping.SparseFields fields -> sparse[i] = new SparseWriter(fields, table);
        case InputMapping.DenseFields fields -> {
          vectors[i] = new VectorWriter(fields.name(), i, fields.spec().elements(), 1);
          denseFields[i] = new DenseWriter(fields, table);
        }
        case InputMapping.DenseVector field ->
            vectors[i] = new VectorWriter(field.name(), i, field.length(), 1);
        case InputMapping.Tokens text -> tokens[i] = new TokenWriter(text, table);
        case InputMapping.Image image ->
            vectors[i] =
                new VectorWriter(
                    image.name(), i, image.spec().elements(), VectorWriter.BRIGHTEST_PIXEL);
      }
    }
  }

  /** Turns to the next row of {@code block}. */
  void begin(SampleBlock block) {
    this.block = block;
    fault = null;
    values.clear();
    for (VectorWriter vector : vectors) {
      if (vector != null) {
        vector.begin(block);
      }
    }
  }

  /** Forgets what was put into the row. */
  void restart() {
    block().discardRow();
    begin(block());
  }

  FieldValues values() {
    return values;
  }

  /** The vector of a dense input. */
  VectorWriter vector(int input) {
    VectorWriter vector = vectors[input];
    if (vector == null) {
      throw new IllegalArgumentException("input " + input + " is not dense");
    }
    return vector;
  }

  /** The column of a sparse input. */
  SparseColumn sparse(int input) {
    return block().sparse(input);
  }

  /** Puts a text into the field of a tokens input. */
  void text(int input, byte[] bytes, int offset, int length) {
    TokenWriter writer = tokens[input];
    if (writer == null) {
      throw new IllegalArgumentException("input " + input + " takes no text");
    }
    values.text(writer.slot(), bytes, offset, length);
  }

  /** A place for pairs until both their halves are read. */
  PairBuffer pairs() {
    return pairs;
  }

  /** Remembers what is wrong with the row; the first fault counts. */
  void fault(RejectionReason reason, String detail) {
    if (fault == null) {
      fault = new Fault(reason, detail);
    }
  }

  /** Forgets the row without counting its record. */
  void forget() {
    block().discardRow();
  }

  /** Ends the row: record {@code record} of {@code from} is now a sample or rejected. */
  void end(RecordChunk from, int record, Rejections rejections) {
    SampleBlock into = block();
    Fault wrong = fault == null ? write(into) : fault;
    float weight = 1;
    if (wrong == null && values.kind(FieldTable.WEIGHT) != FieldValues.Kind.ABSENT) {
      weight = (float) values.number(FieldTable.WEIGHT);
      if (!(weight >= 0 && Float.isFinite(weight))) {
        wrong = fault("weight", FieldTable.WEIGHT, "not a finite number of at least 0");
      }
    }
    long time = from.timestampMillis(record);
    if (wrong == null && values.kind(FieldTable.EVENT_TIME) != FieldValues.Kind.ABSENT) {
      time = values.time(FieldTable.EVENT_TIME);
      if (time == EventTimeText.NONE) {
        wrong = fault("event time", FieldTable.EVENT_TIME, "neither milliseconds nor ISO 8601");
      }
    }
    if (wrong == null) {
      into.commitRow(label.label(), weight, time, from.position(record));
    } else {
      into.rejectRow(from.position(record));
      int shown = from.delimited() ? record : -1 - record;
      rejections.reject(from, shown, wrong.reason(), wrong.detail());
    }
  }

  /** Rejects record {@code record} of {@code from}, whatever the row holds so far. */
  void reject(RecordChunk from, int record, Fault why, Rejections rejections) {
    block().rejectRow(from.position(record));
    rejections.reject(from, from.delimited() ? record : -1 - record, why.reason(), why.detail());
  }

  private @Nullable Fault write(SampleBlock into) {
    Fault wrong = label.read(values, FieldTable.LABEL);
    for (int i = 0; i < sparse.length && wrong == null; i++) {
      SparseWriter pairWriter = sparse[i];
      TokenWriter tokenWriter = tokens[i];
      if (pairWriter != null) {
        wrong = pairWriter.write(values, into.sparse(i));
      } else if (tokenWriter != null) {
        wrong = tokenWriter.write(values, into.tokens(i), into.size());
      } else {
        VectorWriter vector = vector(i);
        DenseWriter fields = denseFields[i];
        wrong = fields == null || vector.started() ? vector.fault() : fields.write(values, vector);
      }
    }
    return wrong;
  }

  private Fault fault(String what, int slot, String problem) {
    return new Fault(
        RejectionReason.NOT_A_NUMBER, what + " is " + values.show(slot) + ", " + problem);
  }

  private SampleBlock block() {
    SampleBlock current = block;
    if (current == null) {
      throw new IllegalStateException("begin was not called");
    }
    return current;
  }
}
