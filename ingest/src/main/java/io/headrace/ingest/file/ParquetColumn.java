package io.headrace.ingest.file;

import dev.hardwood.metadata.LogicalType;
import dev.hardwood.reader.ColumnReader;
import dev.hardwood.reader.Validity;
import dev.hardwood.schema.ColumnSchema;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryData;

/**
 * A column of a Parquet file as a field of Avro records.
 *
 * @param schema that of the field
 * @param opener takes the values of the batch that a reader is at
 */
record ParquetColumn(String name, Schema schema, Function<ColumnReader, Values> opener) {
  private static final long JULIAN_DAY_OF_1970 = 2_440_588;
  private static final int LONGEST_NUMBER = 10;
  private static final int LONGEST_UUID = 1 + 36;

  /** The values of one batch, which may be null. */
  interface Values {
    /** Writes a row's value in Avro's binary encoding; returns how many bytes that were. */
    int write(int row, byte[] to, int at);

    /** How many bytes a row's value takes at most. */
    default int most(int row) {
      return LONGEST_NUMBER;
    }
  }

  /** The field that {@code column} becomes, which is not nested. */
  static ParquetColumn of(ColumnSchema column) {
    ParquetColumn values = present(column);
    return column.maxDefinitionLevel() == 0
        ? values
        : new ParquetColumn(
            values.name(),
            Schema.createUnion(Schema.create(Schema.Type.NULL), values.schema()),
            reader -> nullable(reader.getLeafValidity(), values.opener().apply(reader)));
  }

  /** A union of null, branch 0, and the values, branch 1. */
  private static Values nullable(Validity validity, Values values) {
    boolean nulls = validity.hasNulls();
    return new Values() {
      @Override
      public int write(int row, byte[] to, int at) {
        if (nulls && validity.isNull(row)) {
          to[at] = 0;
          return 1;
        }
        to[at] = 2;
        return 1 + values.write(row, to, at + 1);
      }

      @Override
      public int most(int row) {
        return 1 + (nulls && validity.isNull(row) ? 0 : values.most(row));
      }
    };
  }

  private static ParquetColumn present(ColumnSchema column) {
    return switch (column.type()) {
      case BOOLEAN ->
          column(
              column,
              Schema.create(Schema.Type.BOOLEAN),
              reader -> {
                boolean[] flags = reader.getBooleans();
                return (row, to, at) -> BinaryData.encodeBoolean(flags[row], to, at);
              });
      case INT32 -> ofInts(column);
      case INT64 -> ofLongs(column);
      case INT96 -> column(column, timestamp(TimeUnit.MICROSECONDS), ParquetColumn::days);
      case FLOAT ->
          column(
              column,
              Schema.create(Schema.Type.FLOAT),
              reader -> {
                float[] numbers = reader.getFloats();
                return (row, to, at) -> BinaryData.encodeFloat(numbers[row], to, at);
              });
      case DOUBLE ->
          column(
              column,
              Schema.create(Schema.Type.DOUBLE),
              reader -> {
                double[] numbers = reader.getDoubles();
                return (row, to, at) -> BinaryData.encodeDouble(numbers[row], to, at);
              });
      case BYTE_ARRAY, FIXED_LEN_BYTE_ARRAY -> ofBytes(column);
    };
  }

  private static ParquetColumn column(
      ColumnSchema column, Schema schema, Function<ColumnReader, Values> opener) {
    return new ParquetColumn(column.name(), schema, opener);
  }

  private static ParquetColumn ofInts(ColumnSchema column) {
    LogicalType type = column.logicalType();
    if (type instanceof LogicalType.DecimalType decimal) {
      return column(
          column,
          decimal(decimal),
          reader -> {
            int[] unscaled = reader.getInts();
            return (row, to, at) -> bigEndian(unscaled[row], to, at);
          });
    }
    if (type instanceof LogicalType.IntType whole && !whole.isSigned()) {
      return column(
          column,
          Schema.create(Schema.Type.LONG),
          reader -> {
            int[] numbers = reader.getInts();
            return (row, to, at) ->
                BinaryData.encodeLong(Integer.toUnsignedLong(numbers[row]), to, at);
          });
    }
    Schema schema = Schema.create(Schema.Type.INT);
    return column(
        column,
        type instanceof LogicalType.DateType ? LogicalTypes.date().addToSchema(schema) : schema,
        reader -> {
          int[] numbers = reader.getInts();
          return (row, to, at) -> BinaryData.encodeInt(numbers[row], to, at);
        });
  }

  private static ParquetColumn ofLongs(ColumnSchema column) {
    LogicalType type = column.logicalType();
    boolean unsigned = type instanceof LogicalType.IntType whole && !whole.isSigned();
    if (unsigned || type instanceof LogicalType.DecimalType) {
      Schema schema =
          type instanceof LogicalType.DecimalType decimal
              ? decimal(decimal)
              : LogicalTypes.decimal(20).addToSchema(Schema.create(Schema.Type.BYTES));
      return column(
          column,
          schema,
          reader -> {
            long[] unscaled = reader.getLongs();
            return (row, to, at) -> bigEndian(unscaled[row], unsigned, to, at);
          });
    }
    return column(
        column,
        type instanceof LogicalType.TimestampType time
            ? timestamp(unit(time.unit()))
            : Schema.create(Schema.Type.LONG),
        reader -> {
          long[] numbers = reader.getLongs();
          return (row, to, at) -> BinaryData.encodeLong(numbers[row], to, at);
        });
  }

  private static ParquetColumn ofBytes(ColumnSchema column) {
    return switch (column.logicalType()) {
      case LogicalType.DecimalType decimal -> column(column, decimal(decimal), Pieces::new);
      case LogicalType.StringType _, LogicalType.EnumType _, LogicalType.JsonType _ ->
          column(column, Schema.create(Schema.Type.STRING), Pieces::new);
      case LogicalType.UuidType _ ->
          column(column, Schema.create(Schema.Type.STRING), ParquetColumn::uuids);
      case LogicalType.Float16Type _ ->
          column(column, Schema.create(Schema.Type.FLOAT), ParquetColumn::halves);
      case null, default -> column(column, Schema.create(Schema.Type.BYTES), Pieces::new);
    };
  }

  private static Values uuids(ColumnReader reader) {
    ByteBuffer bytes = ByteBuffer.wrap(reader.getBinaryValues());
    int[] offsets = reader.getBinaryOffsets();
    return new Values() {
      @Override
      public int write(int row, byte[] to, int at) {
        int from = offsets[row];
        String text = new UUID(bytes.getLong(from), bytes.getLong(from + Long.BYTES)).toString();
        byte[] characters = text.getBytes(StandardCharsets.US_ASCII);
        int head = BinaryData.encodeInt(characters.length, to, at);
        System.arraycopy(characters, 0, to, at + head, characters.length);
        return head + characters.length;
      }

      @Override
      public int most(int row) {
        return LONGEST_UUID;
      }
    };
  }

  private static Values halves(ColumnReader reader) {
    ByteBuffer bytes = ByteBuffer.wrap(reader.getBinaryValues()).order(ByteOrder.LITTLE_ENDIAN);
    int[] offsets = reader.getBinaryOffsets();
    return (row, to, at) ->
        BinaryData.encodeFloat(Float.float16ToFloat(bytes.getShort(offsets[row])), to, at);
  }

  /** Nanoseconds within a day, 8 bytes, and the Julian day, 4 bytes, as microseconds since 1970. */
  private static Values days(ColumnReader reader) {
    ByteBuffer bytes = ByteBuffer.wrap(reader.getBinaryValues()).order(ByteOrder.LITTLE_ENDIAN);
    int[] offsets = reader.getBinaryOffsets();
    return (row, to, at) -> {
      long nanos = bytes.getLong(offsets[row]);
      long day = bytes.getInt(offsets[row] + Long.BYTES) - JULIAN_DAY_OF_1970;
      return BinaryData.encodeLong(
          TimeUnit.DAYS.toMicros(day) + Math.floorDiv(nanos, 1000L), to, at);
    };
  }

  private static int bigEndian(int unscaled, byte[] to, int at) {
    int head = BinaryData.encodeInt(Integer.BYTES, to, at);
    ByteBuffer.wrap(to).putInt(at + head, unscaled);
    return head + Integer.BYTES;
  }

  /** Two's complement, with a byte of 0 in front where the number has no sign. */
  private static int bigEndian(long unscaled, boolean unsigned, byte[] to, int at) {
    int sign = unsigned ? 1 : 0;
    int head = BinaryData.encodeInt(sign + Long.BYTES, to, at);
    to[at + head] = 0;
    ByteBuffer.wrap(to).putLong(at + head + sign, unscaled);
    return head + sign + Long.BYTES;
  }

  private static Schema decimal(LogicalType.DecimalType decimal) {
    return LogicalTypes.decimal(decimal.precision(), decimal.scale())
        .addToSchema(Schema.create(Schema.Type.BYTES));
  }

  private static Schema timestamp(TimeUnit unit) {
    Schema schema = Schema.create(Schema.Type.LONG);
    return switch (unit) {
      case MILLISECONDS -> LogicalTypes.timestampMillis().addToSchema(schema);
      case MICROSECONDS -> LogicalTypes.timestampMicros().addToSchema(schema);
      default -> LogicalTypes.timestampNanos().addToSchema(schema);
    };
  }

  private static TimeUnit unit(LogicalType.TimeUnit unit) {
    return switch (unit) {
      case MILLIS -> TimeUnit.MILLISECONDS;
      case MICROS -> TimeUnit.MICROSECONDS;
      case NANOS -> TimeUnit.NANOSECONDS;
    };
  }

  /** Values of any length. */
  private static final class Pieces implements Values {
    private final byte[] bytes;
    private final int[] offsets;

    Pieces(ColumnReader reader) {
      bytes = reader.getBinaryValues();
      offsets = reader.getBinaryOffsets();
    }

    @Override
    public int write(int row, byte[] to, int at) {
      int length = offsets[row + 1] - offsets[row];
      int head = BinaryData.encodeInt(length, to, at);
      System.arraycopy(bytes, offsets[row], to, at + head, length);
      return head + length;
    }

    @Override
    public int most(int row) {
      return LONGEST_NUMBER + offsets[row + 1] - offsets[row];
    }
  }
}
