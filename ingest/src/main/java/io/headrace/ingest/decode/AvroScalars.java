package io.headrace.ingest.decode;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Steps that put single values into slots. Stateless. */
final class AvroScalars {
  private static final long DAY_MILLIS = 86_400_000;
  private static final int MAX_LONG_BYTES = 8;

  private AvroScalars() {}

  /**
   * The step for values written as {@code writer} and taken as {@code reader}, which Avro's
   * promotions lead to: their logical type is the reader's. Neither is a union, and enums are the
   * same. Null if they are no single value.
   *
   * @param time whether whole numbers become milliseconds, whatever unit their logical type says
   */
  static @Nullable AvroStep of(Schema writer, Schema reader, int slot, boolean time) {
    if (reader.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
      return decimal(writer, decimal.getScale(), slot);
    }
    return switch (reader.getType()) {
      case NULL -> (in, row) -> row.values().clear(slot);
      case BOOLEAN -> (in, row) -> row.values().flag(slot, in.readBoolean());
      case INT, LONG -> time ? time(reader, slot) : whole(writer, slot);
      case FLOAT -> real(writer, slot);
      case DOUBLE -> wide(writer, slot);
      case STRING, BYTES -> (in, row) -> text(in, row, in.readLength(), slot);
      case FIXED -> {
        int size = writer.getFixedSize();
        yield (in, row) -> {
          requireBytes(in, size);
          text(in, row, size, slot);
        };
      }
      case ENUM -> {
        byte[][] symbols = symbols(reader);
        yield (in, row) -> {
          int index = in.readIndex(symbols.length);
          row.values().symbol(slot, symbols[index], index);
        };
      }
      case ARRAY, MAP, RECORD, UNION -> null;
    };
  }

  /** The symbols of an enum as text. */
  static byte[][] symbols(Schema schema) {
    return schema.getEnumSymbols().stream()
        .map(symbol -> symbol.getBytes(StandardCharsets.UTF_8))
        .toArray(byte[][]::new);
  }

  private static AvroStep whole(Schema writer, int slot) {
    return writer.getType() == Schema.Type.INT
        ? (in, row) -> row.values().integer(slot, in.readInt())
        : (in, row) -> row.values().integer(slot, in.readLong());
  }

  private static AvroStep real(Schema writer, int slot) {
    return switch (writer.getType()) {
      case INT -> (in, row) -> row.values().real(slot, (float) in.readInt());
      case LONG -> (in, row) -> row.values().real(slot, (float) in.readLong());
      default -> (in, row) -> row.values().real(slot, in.readFloat());
    };
  }

  private static AvroStep wide(Schema writer, int slot) {
    return switch (writer.getType()) {
      case INT -> (in, row) -> row.values().real(slot, in.readInt());
      case LONG -> (in, row) -> row.values().real(slot, (double) in.readLong());
      case FLOAT -> (in, row) -> row.values().real(slot, in.readFloat());
      default -> (in, row) -> row.values().real(slot, in.readDouble());
    };
  }

  /** Milliseconds of an event time, whatever unit its logical type says. */
  private static AvroStep time(Schema schema, int slot) {
    LogicalType logical = schema.getLogicalType();
    String unit = logical == null ? "" : logical.getName();
    if (unit.equals("date")) {
      return (in, row) -> row.values().integer(slot, in.readInt() * DAY_MILLIS);
    }
    long divisor = unit.endsWith("-micros") ? 1_000 : unit.endsWith("-nanos") ? 1_000_000 : 1;
    return (in, row) -> row.values().integer(slot, Math.floorDiv(in.readLong(), divisor));
  }

  private static void text(AvroInput in, SampleRow row, int length, int slot)
      throws MalformedRecordException {
    row.values().text(slot, in.bytes(), in.position(), length);
    in.skip(length);
  }

  private static AvroStep decimal(Schema schema, int scale, int slot) {
    int size = schema.getType() == Schema.Type.FIXED ? schema.getFixedSize() : -1;
    double divisor = Math.pow(10, scale);
    return (in, row) -> {
      int length = size >= 0 ? size : in.readLength();
      requireBytes(in, length);
      row.values().real(slot, unscaled(in.bytes(), in.position(), length) / divisor);
      in.skip(length);
    };
  }

  private static void requireBytes(AvroInput in, int length) throws MalformedRecordException {
    if (length > in.remaining()) {
      in.skip(length); // says what is wrong
    }
  }

  /** Two's complement, big-endian. */
  private static double unscaled(byte[] bytes, int offset, int length) {
    if (length > MAX_LONG_BYTES) {
      return new BigInteger(Arrays.copyOfRange(bytes, offset, offset + length)).doubleValue();
    }
    long value = length > 0 && bytes[offset] < 0 ? -1 : 0;
    for (int i = offset; i < offset + length; i++) {
      value = (value << Byte.SIZE) | (bytes[i] & 0xff);
    }
    return value;
  }
}
