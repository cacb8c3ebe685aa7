package io.headrace.ingest.decode;

import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Tells by what stands before a record which schema it was written in, and has the plan for it at
 * hand. Not thread-safe.
 */
abstract sealed class AvroFraming {
  private final int headBytes;
  private final Map<Schema, AvroPlan> plans = new HashMap<>();
  final Function<Schema, AvroPlan> compiler;

  private AvroFraming(int headBytes, Function<Schema, AvroPlan> compiler) {
    this.headBytes = headBytes;
    this.compiler = compiler;
  }

  /** Bytes before the record itself. */
  int headBytes() {
    return headBytes;
  }

  /** The plan for record {@code record}; null if {@link #fault} tells why there is none. */
  abstract @Nullable AvroPlan plan(RecordChunk chunk, int record);

  /** Why {@link #plan} gave none. */
  abstract Fault fault(RecordChunk chunk, int record);

  AvroPlan compiled(Schema schema) {
    return plans.computeIfAbsent(schema, compiler);
  }

  static String hex(RecordChunk chunk, int record, int count) {
    var hex = new StringBuilder();
    int end = Math.min(chunk.end(record), chunk.start(record) + count);
    for (int i = chunk.start(record); i < end; i++) {
      hex.append(hex.isEmpty() ? "" : " ").append("%02X".formatted(chunk.bytes()[i]));
    }
    return hex.isEmpty() ? "nothing" : hex.toString();
  }

  /** No head: every record in the one schema of the job. */
  static final class Bare extends AvroFraming {
    private final AvroPlan plan;

    Bare(Schema schema, Function<Schema, AvroPlan> compiler) {
      super(0, compiler);
      plan = compiler.apply(schema);
    }

    AvroPlan plan() {
      return plan;
    }

    @Override
    AvroPlan plan(RecordChunk chunk, int record) {
      return plan;
    }

    @Override
    Fault fault(RecordChunk chunk, int record) {
      throw new IllegalStateException("there is always a plan");
    }
  }

  /** No head: the source knows the schema, as that of a container file. */
  static final class Container extends AvroFraming {
    private @Nullable Schema last;
    private @Nullable AvroPlan lastPlan;

    Container(Function<Schema, AvroPlan> compiler) {
      super(0, compiler);
    }

    @Override
    @Nullable AvroPlan plan(RecordChunk chunk, int record) {
      Schema schema = chunk.writerSchema();
      if (schema != null && !sameAsLast(schema)) {
        last = schema;
        lastPlan = compiled(schema);
      }
      return schema == null ? null : lastPlan;
    }

    private boolean sameAsLast(Schema schema) {
      @SuppressWarnings("ReferenceEquality") // a shortcut: equal schemas lead to the same plan
      boolean same = schema == last;
      return same;
    }

    @Override
    Fault fault(RecordChunk chunk, int record) {
      return new Fault(
          RejectionReason.WRONG_SCHEMA,
          "the source gives no schema with its records, as framing container needs. Set framing to "
              + "single-object, confluent or bare, as the producer writes");
    }
  }

  /** Avro's single-object encoding: C3 01 and the schema's fingerprint, little-endian. */
  static final class SingleObject extends AvroFraming {
    private static final VarHandle LONG =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private final WriterSchemas schemas;
    private long last;
    private @Nullable AvroPlan lastPlan;

    SingleObject(WriterSchemas schemas, Function<Schema, AvroPlan> compiler) {
      super(2 + Long.BYTES, compiler);
      this.schemas = schemas;
    }

    @Override
    @Nullable AvroPlan plan(RecordChunk chunk, int record) {
      if (!marked(chunk, record)) {
        return null;
      }
      long fingerprint = fingerprint(chunk, record);
      if (lastPlan != null && fingerprint == last) {
        return lastPlan;
      }
      Schema schema = schemas.byFingerprint(fingerprint);
      if (schema == null) {
        return null;
      }
      last = fingerprint;
      lastPlan = compiled(schema);
      return lastPlan;
    }

    private boolean marked(RecordChunk chunk, int record) {
      int start = chunk.start(record);
      byte[] bytes = chunk.bytes();
      return chunk.end(record) - start >= headBytes()
          && bytes[start] == (byte) 0xC3
          && bytes[start + 1] == 1;
    }

    private static long fingerprint(RecordChunk chunk, int record) {
      return (long) LONG.get(chunk.bytes(), chunk.start(record) + 2);
    }

    @Override
    Fault fault(RecordChunk chunk, int record) {
      String detail =
          marked(chunk, record)
              ? "the record was written in the schema of fingerprint %016x; known: %s"
                  .formatted(fingerprint(chunk, record), schemas.known())
              : "the record begins with "
                  + hex(chunk, record, headBytes())
                  + ", not with C3 01 and 8 bytes of fingerprint as single-object encoding does";
      return new Fault(RejectionReason.WRONG_SCHEMA, detail);
    }
  }

  /** Confluent's: a zero and the schema's id in the registry, big-endian. */
  static final class Confluent extends AvroFraming {
    private static final VarHandle INT =
        MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private final WriterSchemas schemas;
    private int last;
    private @Nullable AvroPlan lastPlan;

    Confluent(WriterSchemas schemas, Function<Schema, AvroPlan> compiler) {
      super(1 + Integer.BYTES, compiler);
      this.schemas = schemas;
    }

    @Override
    @Nullable AvroPlan plan(RecordChunk chunk, int record) {
      if (!marked(chunk, record)) {
        return null;
      }
      int id = id(chunk, record);
      if (lastPlan != null && id == last) {
        return lastPlan;
      }
      Schema schema = schemas.byId(id);
      if (schema == null) {
        return null;
      }
      last = id;
      lastPlan = compiled(schema);
      return lastPlan;
    }

    private boolean marked(RecordChunk chunk, int record) {
      int start = chunk.start(record);
      return chunk.end(record) - start >= headBytes() && chunk.bytes()[start] == 0;
    }

    private static int id(RecordChunk chunk, int record) {
      return (int) INT.get(chunk.bytes(), chunk.start(record) + 1);
    }

    @Override
    Fault fault(RecordChunk chunk, int record) {
      String detail =
          marked(chunk, record)
              ? "the record was written in the schema of id "
                  + id(chunk, record)
                  + "; "
                  + schemas.unknown(id(chunk, record))
              : "the record begins with "
                  + hex(chunk, record, headBytes())
                  + ", not with 00 and 4 bytes of schema id as Confluent framing does";
      return new Fault(RejectionReason.WRONG_SCHEMA, detail);
    }
  }
}
