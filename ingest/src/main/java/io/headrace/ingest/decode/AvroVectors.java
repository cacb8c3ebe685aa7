package io.headrace.ingest.decode;

import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Steps that put vectors into dense inputs. Stateless. */
final class AvroVectors {
  private AvroVectors() {}

  /** The step for values of {@code schema}, which is no union; null if they hold no floats. */
  static @Nullable AvroStep of(Schema schema, int input) {
    return switch (schema.getType()) {
      case NULL -> (in, row) -> {};
      case BYTES -> (in, row) -> bytes(in, row.vector(input), in.readLength());
      case FIXED -> {
        int size = schema.getFixedSize();
        yield (in, row) -> {
          if (size > in.remaining()) {
            in.skip(size); // says what is wrong
          }
          bytes(in, row.vector(input), size);
        };
      }
      case ARRAY -> array(schema.getElementType(), input);
      default -> null;
    };
  }

  private static void bytes(AvroInput in, VectorWriter vector, int lengthBytes)
      throws MalformedRecordException {
    vector.start();
    vector.addBytes(in.bytes(), in.position(), lengthBytes);
    in.skip(lengthBytes);
  }

  private static @Nullable AvroStep array(Schema items, int input) {
    return switch (items.getType()) {
      case FLOAT -> (in, row) -> floatArray(in, row.vector(input));
      case DOUBLE ->
          numbers(items, input, (in, row) -> row.vector(input).add((float) in.readDouble()));
      case INT, LONG ->
          numbers(items, input, (in, row) -> row.vector(input).add((float) in.readLong()));
      case BOOLEAN ->
          numbers(items, input, (in, row) -> row.vector(input).add(in.readBoolean() ? 1 : 0));
      default -> null;
    };
  }

  private static AvroStep numbers(Schema items, int input, AvroStep item) {
    int least = AvroSkips.minBytes(items);
    return (in, row) -> {
      row.vector(input).start();
      for (long n = in.readBlockCount(least); n > 0; n = in.readBlockCount(least)) {
        for (long i = 0; i < n; i++) {
          item.run(in, row);
        }
      }
    };
  }

  /** An array's floats lie side by side as little-endian bytes: each block is copied in one go. */
  static void floatArray(AvroInput in, VectorWriter vector) throws MalformedRecordException {
    vector.start();
    for (long n = in.readBlockCount(Float.BYTES); n > 0; n = in.readBlockCount(Float.BYTES)) {
      int lengthBytes = (int) n * Float.BYTES;
      vector.addFloats(in.bytes(), in.position(), lengthBytes);
      in.skip(lengthBytes);
    }
  }
}
