package io.headrace.ingest.decode;

import io.headrace.ingest.RejectionReason;
import java.util.IdentityHashMap;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;

/** Compiles steps that read over values. Not thread-safe; the steps are. */
final class AvroSkips {
  private static final AvroStep NOTHING = (in, row) -> {};
  private static final AvroStep NUMBER = (in, row) -> in.readLong();
  private static final AvroStep BYTES = (in, row) -> in.skip(in.readLength());

  /** Lower bounds need not be larger than this. */
  private static final int ENOUGH = 1 << 20;

  private final IdentityHashMap<Schema, Nested> records = new IdentityHashMap<>();

  /** A record's steps, which may lead to the record again. */
  private static final class Nested implements AvroStep {
    private AvroStep fields = NOTHING;

    @Override
    public void run(AvroInput in, SampleRow row) throws MalformedRecordException {
      in.enter();
      fields.run(in, row);
      in.leave();
    }
  }

  AvroStep of(Schema schema) {
    return switch (schema.getType()) {
      case NULL -> NOTHING;
      case BOOLEAN -> fixed(1);
      case FLOAT -> fixed(Float.BYTES);
      case DOUBLE -> fixed(Double.BYTES);
      case FIXED -> fixed(schema.getFixedSize());
      case INT, LONG, ENUM -> NUMBER;
      case STRING, BYTES -> BYTES;
      case UNION ->
          AvroStep.union(schema.getTypes().stream().map(this::of).toArray(AvroStep[]::new));
      case ARRAY -> blocks(of(schema.getElementType()), minBytes(schema.getElementType()));
      case MAP ->
          blocks(
              AvroStep.all(BYTES, of(schema.getValueType())), 1 + minBytes(schema.getValueType()));
      case RECORD -> record(schema);
    };
  }

  /** Reads over a value and faults the row: its writer's schema does not fit. */
  AvroStep faulting(Schema schema, String problem) {
    AvroStep skip = of(schema);
    return (in, row) -> {
      row.fault(RejectionReason.WRONG_SCHEMA, problem);
      skip.run(in, row);
    };
  }

  private AvroStep record(Schema schema) {
    Nested known = records.get(schema);
    if (known != null) {
      return known;
    }
    var nested = new Nested();
    records.put(schema, nested);
    nested.fields =
        AvroStep.all(
            schema.getFields().stream().map(Field::schema).map(this::of).toArray(AvroStep[]::new));
    return nested;
  }

  private static AvroStep fixed(int bytes) {
    return (in, row) -> in.skip(bytes);
  }

  private static AvroStep blocks(AvroStep item, int minItemBytes) {
    return (in, row) -> {
      for (long n = in.readBlockCount(minItemBytes); n > 0; n = in.readBlockCount(minItemBytes)) {
        for (long i = 0; i < n && minItemBytes > 0; i++) {
          item.run(in, row);
        }
      }
    };
  }

  /** Bytes that a value takes at least; 0 only if it takes none ever. */
  static int minBytes(Schema schema) {
    return minBytes(schema, new IdentityHashMap<>());
  }

  private static int minBytes(Schema schema, IdentityHashMap<Schema, Integer> known) {
    return switch (schema.getType()) {
      case NULL -> 0;
      case FLOAT -> Float.BYTES;
      case DOUBLE -> Double.BYTES;
      case FIXED -> Math.min(schema.getFixedSize(), ENOUGH);
      case BOOLEAN, INT, LONG, ENUM, STRING, BYTES, UNION, ARRAY, MAP -> 1;
      case RECORD -> {
        Integer before = known.putIfAbsent(schema, 0);
        if (before != null) {
          yield before;
        }
        int least = 0;
        for (Field field : schema.getFields()) {
          least = Math.min(least + minBytes(field.schema(), known), ENOUGH);
        }
        known.put(schema, least);
        yield least;
      }
    };
  }
}
