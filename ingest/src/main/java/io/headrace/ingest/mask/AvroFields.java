package io.headrace.ingest.mask;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/**
 * Masks the values of an Avro record within its schema. Where nothing may be left of a value, it is
 * null if its type allows that, else its type's zero: empty, 0, false, the first symbol. Dates and
 * timestamps are masked as ISO 8601 text. Immutable.
 */
final class AvroFields {
  private static final Object NOTHING = new Object();

  /** The value of a field by its dotted name, before it is masked. */
  Optional<String> value(GenericRecord record, String field) {
    Object value = record;
    for (String name : field.split("\\.", -1)) {
      if (!(value instanceof IndexedRecord inner)) {
        return Optional.empty();
      }
      Schema.Field named = inner.getSchema().getField(name);
      value = named == null ? null : inner.get(named.pos());
    }
    boolean scalar = value instanceof CharSequence || value instanceof Number;
    return scalar ? Optional.of(String.valueOf(value)) : Optional.empty();
  }

  void mask(IndexedRecord record, RecordFields fields) {
    mask(record, "", fields);
  }

  private static void mask(IndexedRecord record, String within, RecordFields fields) {
    for (Schema.Field field : record.getSchema().getFields()) {
      String name = within + field.name();
      record.put(field.pos(), masked(record.get(field.pos()), field.schema(), name, fields));
    }
  }

  private static @Nullable Object masked(
      @Nullable Object value, Schema declared, String field, RecordFields fields) {
    if (value == null) {
      return null;
    }
    Schema schema = declared;
    if (declared.isUnion()) {
      schema = declared.getTypes().get(GenericData.get().resolveUnion(declared, value));
    }
    Object now = fields.drops(field) ? NOTHING : maskedAs(value, schema, field, fields);
    return now == NOTHING ? zero(declared) : now;
  }

  private static Object maskedAs(Object value, Schema schema, String field, RecordFields fields) {
    return switch (value) {
      case IndexedRecord record -> {
        mask(record, field + ".", fields);
        yield record;
      }
      case Collection<?> items -> {
        List<@Nullable Object> all = new ArrayList<>(items.size());
        items.forEach(item -> all.add(masked(item, schema.getElementType(), field, fields)));
        yield all;
      }
      case Map<?, ?> map -> {
        Map<Object, @Nullable Object> all = new HashMap<>();
        map.forEach(
            (key, item) ->
                all.put(key, masked(item, schema.getValueType(), field + "." + key, fields)));
        yield all;
      }
      case Number number -> number(number, schema, field, fields);
      default -> text(value, schema, field, fields);
    };
  }

  private static Object text(Object value, Schema schema, String field, RecordFields fields) {
    if (value instanceof ByteBuffer || schema.getType() == Schema.Type.FIXED) {
      return fields.covers(field) ? NOTHING : value;
    }
    String text = value.toString();
    String now = fields.masked(field, text, Kind.TEXT);
    if (now == null || now.equals(text)) {
      return now == null ? NOTHING : value;
    }
    return switch (schema.getType()) {
      case STRING -> now;
      case ENUM -> schema.hasEnumSymbol(now) ? new GenericData.EnumSymbol(schema, now) : NOTHING;
      default -> NOTHING; // a flag that became something else
    };
  }

  private static Object number(Number value, Schema schema, String field, RecordFields fields) {
    LogicalType time = schema.getLogicalType();
    String type = time == null ? "" : time.getName();
    String text =
        switch (type) {
          case "date" -> LocalDate.ofEpochDay(value.longValue()).toString();
          case "timestamp-millis" -> Instant.ofEpochMilli(value.longValue()).toString();
          case "timestamp-micros" ->
              Instant.EPOCH.plus(value.longValue(), ChronoUnit.MICROS).toString();
          default -> String.valueOf(value);
        };
    Kind kind =
        switch (schema.getType()) {
          case INT -> Kind.INT;
          case LONG -> Kind.LONG;
          default -> Kind.REAL;
        };
    String now = fields.masked(field, text, kind);
    if (now == null || now.equals(text)) {
      return now == null ? NOTHING : value;
    }
    try {
      return switch (type) {
        case "date" -> (int) LocalDate.parse(now).toEpochDay();
        case "timestamp-millis" -> Instant.parse(now).toEpochMilli();
        case "timestamp-micros" -> ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(now));
        default -> plain(new BigDecimal(now), schema.getType());
      };
    } catch (RuntimeException e) { // a time that became something else, or too large a number
      return NOTHING;
    }
  }

  private static Object plain(BigDecimal number, Schema.Type type) {
    return switch (type) {
      case INT -> number.setScale(0, RoundingMode.FLOOR).intValueExact();
      case LONG -> number.setScale(0, RoundingMode.FLOOR).longValueExact();
      case FLOAT -> number.floatValue();
      default -> number.doubleValue();
    };
  }

  private static @Nullable Object zero(Schema schema) {
    return switch (schema.getType()) {
      case NULL -> null;
      case UNION -> schema.isNullable() ? null : zero(schema.getTypes().getFirst());
      case STRING -> "";
      case BYTES -> ByteBuffer.allocate(0);
      case FIXED -> new GenericData.Fixed(schema, new byte[schema.getFixedSize()]);
      case ENUM -> new GenericData.EnumSymbol(schema, schema.getEnumSymbols().getFirst());
      case INT -> 0;
      case LONG -> 0L;
      case FLOAT -> 0f;
      case DOUBLE -> 0d;
      case BOOLEAN -> false;
      case ARRAY -> List.of();
      case MAP -> Map.of();
      case RECORD -> {
        var record = new GenericData.Record(schema);
        schema.getFields().forEach(field -> record.put(field.pos(), zero(field.schema())));
        yield record;
      }
    };
  }
}
