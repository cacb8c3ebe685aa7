package io.headrace.ingest.decode;

import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Steps that put vectors into dense inputs. Stateless. */
final class AvroVectors {
  private AvroVectors() {}

  /**
   * The step for values written as {@code writer} and taken as {@code reader}, which Avro's
   * promotions lead to; neither is a union. Null if they hold no floats.
   */
  static @Nullable AvroStep of(Schema writer, Schema reader, int input) {
    return switch (reader.getType()) {
      case NULL -> (in, row) -> {};
      case BYTES -> (in, row) -> bytes(in, row.vector(input), in.readLength());
      case FIXED -> {
        int size = writer.getFixedSize();
        yield (in, row) -> {
          if (size > in.remaining()) {
            in.skip(size); // says what is wrong
          }
          bytes(in, row.vector(input), size);
        };
      }
      case ARRAY -> array(writer.getElementType(), reader.getElementType(), input);
      default -> null;
    };
  }

  /** Puts bytes that come next into the vector, as its input takes them. */
  static void bytes(AvroInput in, VectorWriter vector, int lengthBytes)
      throws MalformedRecordException {
    vector.start();
    vector.addBytes(in.bytes(), in.position(), lengthBytes);
    in.skip(lengthBytes);
  }

  private static @Nullable AvroStep array(Schema writer, Schema reader, int input) {
    return switch (writer.getType()) {
      case FLOAT -> isNumber(reader) ? (in, row) -> floatArray(in, row.vector(input)) : null;
      case DOUBLE ->
          numbers(writer, input, (in, row) -> row.vector(input).add((float) in.readDouble()));
      case INT, LONG -> isNumber(reader) ? wholes(writer, reader, input) : null;
      case BOOLEAN ->
          numbers(writer, input, (in, row) -> row.vector(input).add(in.readBoolean() ? 1 : 0));
      default -> null;
    };
  }

  /** A long that the reader takes as a double is rounded twice on its way to a float. */
  private static AvroStep wholes(Schema writer, Schema reader, int input) {
    return reader.getType() == Schema.Type.DOUBLE
        ? numbers(writer, input, (in, row) -> row.vector(input).add((float) (double) in.readLong()))
        : numbers(writer, input, (in, row) -> row.vector(input).add((float) in.readLong()));
  }

  private static boolean isNumber(Schema schema) {
    return switch (schema.getType()) {
      case INT, LONG, FLOAT, DOUBLE -> true;
      default -> false;
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
